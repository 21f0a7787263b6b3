package io.riptide.entry;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.entry.Envelope.Sealed;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class EntryCipherTest {
    private static final AesGcm GCM = new AesGcm(new SecureRandom());
    private static final EntryCipher CIPHER = cipher(1, 7);
    private static final String KEY = "/articles/secret-key";
    private static final StoreKey AT = CIPHER.storeKey("acme", "pages", KEY);
    private static final byte[] VALUE =
            "a value that nobody is to read ".repeat(50).getBytes(StandardCharsets.UTF_8);
    private static final Head HEAD =
            new Head(KEY, "text/secret", 1_000, 5_000, 9_000, 42, 0, 0, List.of("secret-tag", "ü"), List.of(3L));

    private static byte[] bytes(int seed) {
        byte[] bytes = new byte[32];
        Arrays.fill(bytes, (byte) seed);
        return bytes;
    }

    /** Of a tenant with these two secrets; its data key has the number 5. */
    static EntryCipher cipher(int nameSeed, int keySeed) {
        DataKey key = new DataKey(5, bytes(keySeed));
        Map<Integer, DataKey> all = Map.of(5, key);
        return EntryCipher.of(GCM, bytes(nameSeed), new DataKeys() {
            @Override
            public DataKey toSealWith(long nowMillis) {
                return key;
            }

            @Override
            public DataKey byNumber(int number) {
                return all.get(number);
            }
        });
    }

    private static Sealed seal(Compressor compressor) {
        return Envelope.seal(AT, HEAD, VALUE, compressor, CIPHER);
    }

    private static Opening open(byte[] bytes) {
        return Envelope.open(AT, KEY, bytes, Inputs.DICTIONARIES, CIPHER);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    @Test
    void whatWasSealedOpensAsItWasAndShowsNothingOfItself() {
        for (Compressor compressor : List.of(Compressor.NONE, new Compressor(Codec.LZ4, 0))) {
            Sealed sealed = seal(compressor);
            Entry entry = EnvelopeTest.opened(open(sealed.bytes()));
            assertThat(entry.toByteArray()).isEqualTo(VALUE);
            assertThat(entry.head())
                    .isEqualTo(sealed.head())
                    .isEqualTo(HEAD.lengths(VALUE.length, sealed.bytes().length));
            byte[] row = CIPHER.sealHead(AT, sealed.head());
            assertThat(CIPHER.openHead(AT, row)).isEqualTo(sealed.head());
            assertThat(EntryCipher.isSealed(row)).isTrue();
            assertThat(text(sealed.bytes()) + text(row)).doesNotContain("secret", "nobody");
        }
        Sealed plain = Envelope.seal(AT, HEAD, VALUE, Compressor.NONE);
        assertThat(text(plain.bytes()) + text(HEAD.encode()))
                .contains("secret-key", "secret-tag", "text/secret", "nobody");
    }

    @Test
    void theSameIsNeverSealedAlike() {
        assertThat(seal(Compressor.NONE).bytes())
                .isNotEqualTo(seal(Compressor.NONE).bytes());
        assertThat(CIPHER.sealHead(AT, HEAD)).isNotEqualTo(CIPHER.sealHead(AT, HEAD));
    }

    @Test
    void namesAreHmacsUnderTheTenantsSecret() {
        // RFC 4231 has no case of a 32-byte key of ones: computed with openssl over the kind and the text.
        assertThat(HexFormat.of()
                        .formatHex(new KeyedHash("Jefe".getBytes(StandardCharsets.US_ASCII))
                                .of('w', "hat do ya want for nothing?".getBytes(StandardCharsets.US_ASCII))))
                .as("RFC 4231, case 2")
                .isEqualTo("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
        assertThat(AT.hash())
                .hasSize(32)
                .isNotEqualTo(StoreKey.of("acme", "pages", KEY).hash());
        assertThat(cipher(2, 7).storeKey("acme", "pages", KEY)).isNotEqualTo(AT);
        assertThat(CIPHER.tagName("a"))
                .isNotEqualTo(Tag.hash("a"))
                .isEqualTo(cipher(1, 9).tagName("a"));
        assertThat(CIPHER.tagName(KEY)).as("a tag and a key alike").isNotEqualTo(AT.hash());
        assertThat(EntryCipher.NONE.tagName("a")).isEqualTo(Tag.hash("a"));
        assertThat(EntryCipher.NONE.storeKey("acme", "pages", KEY)).isEqualTo(StoreKey.of("acme", "pages", KEY));
    }

    @Test
    void wordsAreVeiledAlikeAndFoundAgain() {
        for (String word : List.of("secret-word", "ü", "w".repeat(1024), "a:b c")) {
            String veiled = CIPHER.veil(word);
            assertThat(veiled).matches("[A-Za-z0-9_-]+").isEqualTo(cipher(1, 9).veil(word));
            assertThat(CIPHER.unveil(veiled)).isEqualTo(word);
            assertThat(cipher(2, 7).unveil(veiled)).isNull();
            assertThat(EntryCipher.NONE.veil(word)).isEqualTo(word);
        }
        assertThat(CIPHER.unveil("not base64!")).isNull();
        assertThat(CIPHER.unveil("AAAA")).isNull();
        assertThat(CIPHER.veil("secret-word")).doesNotContain("secret");
    }

    @Test
    void movedToAnotherKeyNamespaceOrTenantItDoesNotOpen() {
        byte[] bytes = seal(Compressor.NONE).bytes();
        byte[] row = CIPHER.sealHead(AT, HEAD);
        for (StoreKey other : List.of(
                new StoreKey("acme", "pages", "0".repeat(32)),
                new StoreKey("acme", "other", AT.hash()),
                new StoreKey("acme2", "pages", AT.hash()))) {
            byte[] checked = EnvelopeTest.withRightChecksum(other, bytes.clone());
            assertThat(Envelope.open(other, KEY, checked, Inputs.DICTIONARIES, CIPHER))
                    .isEqualTo(new Opening.Damaged("ciphertext"));
            assertThat(CIPHER.openHead(other, row)).isNull();
        }
        assertThat(Envelope.open(AT, KEY, bytes, Inputs.DICTIONARIES, cipher(1, 8)))
                .as("another tenant's key of the same number")
                .isEqualTo(new Opening.Damaged("ciphertext"));
    }

    @Test
    void whatIsInClearIsNotTakenOfAnEncryptedTenantNorTheOtherWayRound() {
        byte[] plain = Envelope.seal(AT, HEAD, VALUE, Compressor.NONE).bytes();
        assertThat(open(plain)).isEqualTo(new Opening.Damaged("not encrypted"));
        assertThat(Envelope.open(AT, KEY, seal(Compressor.NONE).bytes(), Inputs.DICTIONARIES))
                .isEqualTo(new Opening.Damaged("encrypted"));
        assertThat(CIPHER.openHead(AT, HEAD.encode())).isNull();
        assertThat(EntryCipher.NONE.openHead(AT, CIPHER.sealHead(AT, HEAD))).isNull();
        Ciphers ciphers = tenant -> tenant.equals("acme") ? CIPHER : EntryCipher.NONE;
        assertThat(ciphers.head(AT, HEAD.encode())).isEqualTo(HEAD);
        assertThat(ciphers.ownHead(AT, HEAD.encode()))
                .as("put there by another")
                .isNull();
        assertThat(ciphers.ownHead(AT, CIPHER.sealHead(AT, HEAD))).isEqualTo(HEAD);
    }

    @Test
    void aRemovalEndsItSoonerWithoutAKeyAndNobodyLater() {
        Sealed sealed = seal(Compressor.NONE);
        Sealed ended = Envelope.endedAt(AT, sealed.head(), sealed.bytes(), 2_000);
        assertThat(ended).isNotNull();
        assertThat(EnvelopeTest.opened(open(ended.bytes())).head()).isEqualTo(ended.head());
        assertThat(ended.head().expiresMillis()).isEqualTo(2_000);
        byte[] later = sealed.bytes().clone();
        SealedHead.end(later, 10, 5_001);
        assertThat(open(EnvelopeTest.withRightChecksum(AT, later))).isEqualTo(new Opening.Damaged("head"));
        byte[] row = CIPHER.sealHead(AT, sealed.head());
        SealedHead.end(row, 0, 5_001);
        assertThat(CIPHER.openHead(AT, HeadTest.withRightChecksum(row))).isNull();
        SealedHead.end(row, 0, 4_999);
        assertThat(CIPHER.openHead(AT, HeadTest.withRightChecksum(row))).isNotNull();
    }

    @Test
    void aKeyThatIsNotThereIsDamage() {
        byte[] bytes = seal(Compressor.NONE).bytes();
        ByteBuffer.wrap(bytes).putInt(10 + 50, 6);
        assertThat(open(EnvelopeTest.withRightChecksum(AT, bytes))).isEqualTo(new Opening.Damaged("ciphertext"));
    }

    @Property(tries = 2000)
    void aFlippedBitIsFoundWhateverTheChecksumSays(@ForAll @IntRange(min = 0, max = 1 << 20) int where) {
        Sealed sealed = seal(Compressor.NONE);
        byte[] bytes = flipped(sealed.bytes(), where, 4);
        Opening opening = open(EnvelopeTest.withRightChecksum(AT, bytes));
        if (opening instanceof Opening.Opened opened) {
            // An end that is sooner: as good as a deletion, which who writes to the store can do too.
            assertThat(opened.entry().head().expiresMillis()).isLessThan(HEAD.expiresMillis());
            assertThat(opened.entry().toByteArray()).isEqualTo(VALUE);
        } else {
            assertThat(opening).isInstanceOf(Opening.Damaged.class);
        }
        byte[] row = flipped(CIPHER.sealHead(AT, sealed.head()), where, 4);
        Head head = CIPHER.openHead(AT, HeadTest.withRightChecksum(row));
        if (head != null) {
            assertThat(head.expiresMillis()).isLessThan(HEAD.expiresMillis());
        }
    }

    private static byte[] flipped(byte[] bytes, int where, int butLast) {
        byte[] copy = bytes.clone();
        int bit = where % ((bytes.length - butLast) * 8);
        copy[bit / 8] ^= (byte) (1 << bit % 8);
        return copy;
    }

    @Property(tries = 1000)
    void whateverBytesThereAreNothingIsThrown(@ForAll @Size(max = 200) byte[] bytes) {
        assertThat(open(bytes)).isInstanceOf(Opening.Damaged.class);
        assertThat(CIPHER.openHead(AT, bytes)).isNull();
        byte[] row = Arrays.copyOf(bytes, bytes.length + 60);
        row[0] = SealedHead.FORMAT;
        assertThat(CIPHER.openHead(AT, HeadTest.withRightChecksum(row))).isNull();
    }
}
