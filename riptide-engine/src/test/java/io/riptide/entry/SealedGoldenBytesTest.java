package io.riptide.entry;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.entry.Envelope.Sealed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What {@link GoldenBytesTest} holds for entries in clear, for encrypted ones: with these keys and nonces, these bytes.
 * They open for ever; a new version adds files and keeps these.
 */
class SealedGoldenBytesTest {
    private static final byte[] NAME_SECRET = counting(0x40, 32);
    private static final int KEY_NUMBER = 0x01020304;
    private static final DataKey DATA_KEY = new DataKey(KEY_NUMBER, counting(0x80, 32));
    private static final byte[] TEXT =
            "The tide rises, the tide falls. ".repeat(8).getBytes(StandardCharsets.UTF_8);

    private static final String VEILED = "0WawNevjUItPFgDpiI1QMokOnwiPv0q-6lyI-RXNyAcxXvY";
    private static final int HEAD_AT = 10;

    /** What was sealed, and the file that holds what it became. */
    record Golden(String file, Codec codec, Head head, byte[] value) {
        StoreKey at() {
            return cipher().storeKey("acme", "pages", head.key());
        }

        @Override
        public String toString() {
            return file;
        }
    }

    static Stream<Golden> version1() {
        byte[] json = "{\"a\":1}".getBytes(StandardCharsets.UTF_8);
        return Stream.of(
                golden("none", Codec.NONE, "/index.html", "text/html", 0, List.of(), List.of(), TEXT),
                golden("lz4", Codec.LZ4, "/index.html", "text/html", 0, List.of(), List.of(), TEXT),
                golden("zstd", Codec.ZSTD, "/index.html", "text/html", 0, List.of(), List.of(), TEXT),
                golden(
                        "tags",
                        Codec.NONE,
                        "/a/1",
                        "application/json",
                        0,
                        List.of("news", "straße"),
                        List.of(1L, -2L, Long.MAX_VALUE),
                        json),
                golden("kept", Codec.NONE, "/a/1", "text/html", 86_400_000, List.of("news"), List.of(7L), TEXT),
                golden("untyped", Codec.NONE, "k", "", 0, List.of(), List.of(), new byte[] {0, -1, 127, -128}),
                golden("unicode", Codec.NONE, "/łódź/潮汐/🌊", "text/plain", 0, List.of(), List.of(), new byte[0]));
    }

    private static Golden golden(
            String name,
            Codec codec,
            String key,
            String contentType,
            long keptMillis,
            List<String> tags,
            List<Long> generations,
            byte[] value) {
        long expires = 1_793_003_600_000L;
        Head head = new Head(
                key,
                contentType,
                1_793_000_000_000L,
                expires,
                expires + keptMillis,
                0x0102030405060708L,
                value.length,
                0,
                tags,
                generations);
        return new Golden("sealed-1-" + name, codec, head, value);
    }

    private static byte[] counting(int from, int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (from + i);
        }
        return bytes;
    }

    /** Of a tenant with these two secrets; its first nonce is 00 01 … 0b, its second one 0c 0d … 17. */
    private static EntryCipher cipher() {
        AesGcm gcm = new AesGcm(new SecureRandom() {
            @Override
            public void nextBytes(byte[] bytes) {
                System.arraycopy(counting(0, bytes.length), 0, bytes, 0, bytes.length);
            }
        });
        return EntryCipher.of(gcm, NAME_SECRET, new DataKeys() {
            @Override
            public DataKey toSealWith(long nowMillis) {
                return DATA_KEY;
            }

            @Override
            public @Nullable DataKey byNumber(int number) {
                return number == KEY_NUMBER ? DATA_KEY : null;
            }
        });
    }

    private static Opening open(Golden golden, byte[] bytes) {
        return Envelope.open(golden.at(), golden.head.key(), bytes, DictionarySource.NONE, cipher());
    }

    @ParameterizedTest
    @MethodSource("version1")
    void everyEnvelopeOpens(Golden golden) throws IOException {
        byte[] bytes = GoldenBytesTest.bytes(golden.file);

        Entry entry = EnvelopeTest.opened(open(golden, bytes));

        assertThat(entry.head()).isEqualTo(golden.head.lengths(golden.value.length, bytes.length));
        assertThat(entry.toByteArray()).isEqualTo(golden.value);
    }

    @ParameterizedTest
    @MethodSource("version1")
    void everyHeadOpensThatLiesAlone(Golden golden) throws IOException {
        byte[] bytes = GoldenBytesTest.bytes(golden.file);
        byte[] row = GoldenBytesTest.bytes(headFile(golden));

        assertThat(cipher().openHead(golden.at(), row))
                .isEqualTo(golden.head.lengths(golden.value.length, bytes.length));
    }

    private static String headFile(Golden golden) {
        return golden.file.replace("sealed-1", "sealed-head-1");
    }

    @ParameterizedTest
    @MethodSource("version1")
    void sealingGivesTheSameBytesAgain(Golden golden) throws IOException {
        EntryCipher cipher = cipher();
        Sealed sealed = Envelope.seal(golden.at(), golden.head, golden.value, new Compressor(golden.codec, 0), cipher);
        byte[] row = cipher.sealHead(golden.at(), sealed.head());

        // What a codec's library makes of a value may change with the library, and the seal with it.
        if (golden.codec == Codec.NONE) {
            assertThat(sealed.bytes()).isEqualTo(GoldenBytesTest.bytes(golden.file));
            assertThat(row).isEqualTo(GoldenBytesTest.bytes(headFile(golden)));
        } else {
            assertThat(EnvelopeTest.opened(open(golden, sealed.bytes())).toByteArray())
                    .isEqualTo(golden.value);
        }
    }

    @Test
    void whatARemovalEndedSoonerOpensToo() throws IOException {
        Golden golden =
                version1().filter(one -> one.file.endsWith("kept")).findFirst().orElseThrow();
        byte[] whole = GoldenBytesTest.bytes(golden.file);
        byte[] ended = GoldenBytesTest.bytes("sealed-1-ended");
        long end = golden.head.createdMillis() + 1_000;
        Head head = golden.head.lengths(golden.value.length, whole.length);

        Entry entry = EnvelopeTest.opened(open(golden, ended));

        assertThat(entry.head()).isEqualTo(head.endedAt(end));
        assertThat(entry.toByteArray()).isEqualTo(golden.value);
        assertThat(Envelope.endedAt(golden.at(), head, whole, end))
                .usingRecursiveComparison()
                .isEqualTo(new Sealed(head.endedAt(end), ended));
    }

    /** With the JDK alone, by what {@link Envelope} and {@link SealedHead} say of the bytes. */
    @Test
    void theBytesLieAsTheyAreDescribed() throws Exception {
        byte[] bytes = GoldenBytesTest.bytes("sealed-1-tags");
        int clearBytes = SealedHead.CLEAR_BYTES + 3 * Long.BYTES;
        int clearEnd = HEAD_AT + clearBytes;
        assertThat(ByteBuffer.wrap(bytes).getInt(clearEnd)).isEqualTo(KEY_NUMBER);
        String key = "riptide:tenant:acme:pages:" + hmac("k/a/1");
        byte[] clear = Arrays.copyOfRange(bytes, HEAD_AT, clearEnd);
        Arrays.fill(clear, 9, 17, (byte) 0);

        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(
                Cipher.DECRYPT_MODE,
                new SecretKeySpec(counting(0x80, 32), "AES"),
                new GCMParameterSpec(128, bytes, clearEnd + 4, 12));
        cipher.updateAAD(new byte[] {'e', 0b1000});
        cipher.updateAAD(key.getBytes(StandardCharsets.US_ASCII));
        cipher.updateAAD(clear);
        ByteBuffer text =
                ByteBuffer.wrap(cipher.doFinal(bytes, clearEnd + 4 + 12, bytes.length - 4 - (clearEnd + 4 + 12)));

        assertThat(text.getLong()).isEqualTo(1_793_003_600_000L);
        assertThat(new String(text.array(), text.position(), text.remaining(), StandardCharsets.UTF_8))
                .isEqualTo("\0\4/a/1\20application/json\2\4news\7straße{\"a\":1}");
    }

    private static String hmac(String text) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(NAME_SECRET, "HmacSHA256"));
        byte[] hash = mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(hash, 0, 16);
    }

    /** Made by another program. What lies under a name is lost where it changes. */
    @Test
    void namesAndVeiledWordsStayAsTheyAre() {
        EntryCipher cipher = cipher();
        assertThat(cipher.storeKey("acme", "pages", "/a/1").hash()).isEqualTo("29b6e1e220188ac08e3d7efc8f32cab2");
        assertThat(cipher.tagName("straße")).isEqualTo("1542cbc4077d961c73c0860c2eb8ee6b");
        assertThat(cipher.veil("straße")).isEqualTo(VEILED);
        assertThat(cipher.unveil(VEILED)).isEqualTo("straße");
    }
}
