package io.riptide.entry;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.zip.CRC32C;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * How one tenant's bytes lie in a store: in clear, or encrypted. Of an encrypted one
 *
 * <ul>
 *   <li>keys and tags have as their names HMAC-SHA-256 with the tenant's secret, which never changes;
 *   <li>heads and envelopes are sealed with AES-256-GCM and a data key that changes now and then, bound to the store
 *       key under which they lie, so that moved to another key or tenant they do not open;
 *   <li>the words of removals that are not worked off are veiled: sealed too, but the same word always as the same
 *       text, so that a later removal of the same kind finds it.
 * </ul>
 *
 * <p>The head of an encrypted entry where it lies alone. Numbers are big-endian.
 *
 * <pre>
 * …   part in clear, as {@code SealedHead} lays it out
 * …   4   number of the data key
 * …   sealed part: nonce (12), ciphertext, tag (16)
 * …   4   CRC32C (RFC 3720, appendix B.4) of everything before it
 * </pre>
 *
 * <p>Immutable; any number of threads.
 */
public final class EntryCipher {
    /** In clear. */
    public static final EntryCipher NONE = new EntryCipher(null);

    private static final int NAME_BYTES = 16;
    private static final int NONCE_BYTES = 12;
    private static final int CHECKSUM_BYTES = 4;
    private static final char HEAD = 'h';
    private static final byte[] WORD = {'w'};

    private final @Nullable Secrets secrets;

    private record Secrets(AesGcm gcm, KeyedHash names, SecretKeySpec words, DataKeys keys) {}

    private EntryCipher(@Nullable Secrets secrets) {
        this.secrets = secrets;
    }

    /**
     * An encrypted tenant's.
     *
     * @param nameSecret 32 bytes that never change
     */
    public static EntryCipher of(AesGcm gcm, byte[] nameSecret, DataKeys keys) {
        KeyedHash names = new KeyedHash(nameSecret);
        SecretKeySpec words = new SecretKeySpec(names.of('s', WORD), "AES");
        return new EntryCipher(new Secrets(gcm, names, words, keys));
    }

    /** Whether it encrypts. */
    public boolean encrypts() {
        return secrets != null;
    }

    /** Whether bytes that stand for a head are those of an encrypted entry. */
    public static boolean isSealed(byte[] row) {
        return row.length > 0 && row[0] == SealedHead.FORMAT;
    }

    /** The store key of a caller's key, which is checked. */
    public StoreKey storeKey(String tenantId, String namespace, String key) {
        return secrets == null
                ? StoreKey.of(tenantId, namespace, key)
                : new StoreKey(tenantId, namespace, name(secrets, 'k', StoreKey.utf8(key)));
    }

    /** The name of a tag in an index: 32 lower-case hex digits. */
    public String tagName(String tag) {
        byte[] bytes = Utf8.encode(tag);
        return secrets == null || bytes == null ? Tag.hash(tag) : name(secrets, 't', bytes);
    }

    private static String name(Secrets secrets, char kind, byte[] text) {
        return HexFormat.of().formatHex(secrets.names().of(kind, text), 0, NAME_BYTES);
    }

    /** A word of a removal as it may lie in a store: the word itself, or base64 without padding. */
    public String veil(String word) {
        if (secrets == null) {
            return word;
        }
        byte[] text = word.getBytes(StandardCharsets.UTF_8);
        byte[] out = new byte[text.length + AesGcm.MORE_BYTES];
        // Its nonce is a hash of the word: no two words have one, and the same word has the same.
        System.arraycopy(secrets.names().of('w', text), 0, out, 0, NONCE_BYTES);
        secrets.gcm().sealWithNonce(secrets.words(), WORD, text, out, 0);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(out);
    }

    /** What {@link #veil} was given, or null for anything else. */
    public @Nullable String unveil(String veiled) {
        if (secrets == null) {
            return veiled;
        }
        byte[] sealed;
        try {
            sealed = Base64.getUrlDecoder().decode(veiled);
        } catch (IllegalArgumentException e) {
            return null;
        }
        byte[] text = secrets.gcm().open(secrets.words(), WORD, sealed);
        return text == null ? null : Utf8.decode(text, 0, text.length);
    }

    /** A head as it lies in a store beside its envelope. */
    public byte[] sealHead(StoreKey at, Head head) {
        if (secrets == null) {
            return head.encode();
        }
        HeadSection section = new HeadSection(head);
        byte[] clear = SealedHead.clear(head);
        byte[] text = new byte[SealedHead.secretLength(section)];
        SealedHead.secret(ByteBuffer.wrap(text), section, head.expiresMillis());
        int sealedAt = clear.length + Integer.BYTES;
        int end = sealedAt + text.length + AesGcm.MORE_BYTES;
        byte[] out = Arrays.copyOf(clear, end + CHECKSUM_BYTES);
        seal(
                secrets,
                head.createdMillis(),
                SealedHead.bound(HEAD, (byte) 0, at, clear, 0, clear.length),
                text,
                out,
                sealedAt);
        ByteBuffer.wrap(out).putInt(end, checksum(out, end));
        return out;
    }

    /** Opens what {@link #sealHead} gave for this key; null for anything else. */
    public @Nullable Head openHead(StoreKey at, byte[] row) {
        if (secrets == null) {
            return Head.parse(row).orElse(null);
        }
        int end = row.length - CHECKSUM_BYTES;
        int clear = end < 0 ? 0 : SealedHead.clearLength(row, 0, end);
        if (clear == 0 || end - clear < Integer.BYTES || ByteBuffer.wrap(row).getInt(end) != checksum(row, end)) {
            return null;
        }
        byte[] text = open(SealedHead.bound(HEAD, (byte) 0, at, row, 0, clear), row, clear, end);
        ByteBuffer in = text == null ? null : ByteBuffer.wrap(text);
        Head head = in == null ? null : SealedHead.join(ByteBuffer.wrap(row), in);
        return in == null || in.hasRemaining() ? null : head;
    }

    /** By how much what is sealed with a data key's number before it is longer than the text. */
    static int moreBytes() {
        return Integer.BYTES + AesGcm.MORE_BYTES;
    }

    /** Seals a text to {@code out} from there on, the number of the data key right before it. */
    void seal(long nowMillis, byte[] bound, byte[] text, byte[] out, int at) {
        if (secrets == null) {
            throw new IllegalStateException("this tenant is not encrypted");
        }
        seal(secrets, nowMillis, bound, text, out, at);
    }

    private static void seal(Secrets secrets, long nowMillis, byte[] bound, byte[] text, byte[] out, int at) {
        DataKey key = secrets.keys().toSealWith(nowMillis);
        ByteBuffer.wrap(out).putInt(at - Integer.BYTES, key.number());
        secrets.gcm().seal(key.key(), bound, text, out, at);
    }

    /** Opens {@code bytes[from, to)}, which begins with the number of the data key; null where it does not open. */
    byte @Nullable [] open(byte[] bound, byte[] bytes, int from, int to) {
        if (secrets == null || to - from < moreBytes()) {
            return null;
        }
        DataKey key = secrets.keys().byNumber(ByteBuffer.wrap(bytes).getInt(from));
        return key == null ? null : secrets.gcm().open(key.key(), bound, bytes, from + Integer.BYTES, to);
    }

    private static int checksum(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }
}
