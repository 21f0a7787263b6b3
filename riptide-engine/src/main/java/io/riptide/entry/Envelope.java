package io.riptide.entry;

import io.riptide.entry.Opening.Damaged;
import io.riptide.entry.Opening.Opened;
import io.riptide.entry.Opening.OtherKey;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * An entry as it lies in every store. Numbers are big-endian.
 *
 * <pre>
 * at     bytes  what
 *  0     4      magic: "RTEV"
 *  4     1      version of this format: 1
 *  5     1      flags: bits 0 to 2 the codec (0 none, 1 LZ4 block, 2 Zstandard frame, 3 Zstandard frame that
 *               names the dictionary it needs, by the number in its header; 4 to 7 reserved),
 *               bit 3 whether it is encrypted, bits 4 to 7 reserved; a reserved one that is set is damage
 *  6     4      length of the head, h
 * 10     h      head, as {@code HeadSection} lays it out; its stored length is the length of these bytes, n
 * 10+h   n-14-h payload: the value, compressed as the codec says
 * n-4    4      CRC32C (RFC 3720, appendix B.4) of the store key's text in ASCII, then of all bytes before this field
 *
 * Where it is encrypted:
 * 10     h      the head's part in clear, as {@code SealedHead} lays it out
 * 10+h   4      number of the data key
 * 14+h   12     nonce
 * 26+h   …      ciphertext of the head's sealed part and, right behind it, the payload
 * n-20   16     tag; it binds the byte "e", the flags, the store key's text, and the part in clear but for the end
 * n-4    4      CRC32C as above
 * </pre>
 *
 * <p>The store key stands under the checksum, so that bytes which a fault moved to another key or tenant do not open. A
 * checksum is no signature: who can write to the store can forge one, and every length is checked again behind it.
 *
 * <p>Pure functions; any number of threads at once. A reader takes every version up to its own.
 */
public final class Envelope {
    private static final int MAGIC = 0x52544556;
    private static final int FORMAT = 1;
    private static final int CODEC_BITS = 0b111;
    private static final int ENCRYPTED = 0b1000;
    private static final int FLAGS_AT = 5;
    private static final int HEAD_AT = 10;
    private static final int CHECKSUM_BYTES = 4;
    private static final int MIN_BYTES = HEAD_AT + HeadSection.MIN_BYTES + CHECKSUM_BYTES;

    private Envelope() {}

    /**
     * Seals a value. Throws {@code IllegalArgumentException} where a part is out of {@link Head}'s bounds or a text
     * is not well-formed.
     *
     * @param at where it will lie; the store key of the head's key
     * @param head all that is known of it but the lengths, which are filled in
     * @param value the value; neither kept nor changed
     * @param compressor decides whether it is compressed
     */
    public static Sealed seal(StoreKey at, Head head, byte[] value, Compressor compressor) {
        return seal(at, head, value, compressor, EntryCipher.NONE);
    }

    /**
     * The same for a tenant that may be encrypted.
     *
     * @param cipher the tenant's; what it throws is thrown
     */
    public static Sealed seal(StoreKey at, Head head, byte[] value, Compressor compressor, EntryCipher cipher) {
        HeadSection section = new HeadSection(head);
        if (value.length > Head.MAX_VALUE_BYTES) {
            throw new IllegalArgumentException(
                    "value length: " + value.length + " (expected: 0 to " + Head.MAX_VALUE_BYTES + ")");
        }
        Compressor.Payload payload = compressor.compress(value);
        if (cipher.encrypts()) {
            return encrypt(at, head.lengths(value.length, 0), section, payload, cipher);
        }
        int total = HEAD_AT + section.length() + payload.length() + CHECKSUM_BYTES;
        Head whole = head.lengths(value.length, total);
        ByteBuffer out = ByteBuffer.allocate(total);
        out.putInt(MAGIC).put((byte) FORMAT).put((byte) payload.codec().id()).putInt(section.length());
        section.write(out, whole);
        out.put(payload.bytes(), 0, payload.length());
        out.putInt(checksum(at, out.array()));
        return new Sealed(whole, out.array());
    }

    private static Sealed encrypt(
            StoreKey at, Head head, HeadSection section, Compressor.Payload payload, EntryCipher cipher) {
        byte[] text = new byte[SealedHead.secretLength(section) + payload.length()];
        ByteBuffer secret = ByteBuffer.wrap(text);
        SealedHead.secret(secret, section, head.expiresMillis());
        secret.put(payload.bytes(), 0, payload.length());
        int clearBytes = SealedHead.clear(head).length;
        int total = HEAD_AT + clearBytes + EntryCipher.moreBytes() + text.length + CHECKSUM_BYTES;
        Head whole = head.lengths(head.valueBytes(), total);
        byte flags = (byte) (payload.codec().id() | ENCRYPTED);
        ByteBuffer out = ByteBuffer.allocate(total);
        out.putInt(MAGIC).put((byte) FORMAT).put(flags).putInt(clearBytes).put(SealedHead.clear(whole));
        byte[] bound = bound(at, out.array(), HEAD_AT + clearBytes);
        cipher.seal(head.createdMillis(), bound, text, out.array(), HEAD_AT + clearBytes + Integer.BYTES);
        out.putInt(total - CHECKSUM_BYTES, checksum(at, out.array()));
        return new Sealed(whole, out.array());
    }

    private static byte[] bound(StoreKey at, byte[] bytes, int clearEnd) {
        return SealedHead.bound('e', bytes[FLAGS_AT], at, bytes, HEAD_AT, clearEnd - HEAD_AT);
    }

    /**
     * A sealed value.
     *
     * @param head what is known of it; its {@code storedBytes} is the length of the bytes
     * @param bytes the envelope; the receiver's own
     */
    public record Sealed(Head head, byte[] bytes) {}

    /**
     * Opens what lies at a store key. Takes any bytes and never throws for them; allocates no more than their own
     * length and a value length that is within {@link Head#MAX_VALUE_BYTES} and that the payload's length can stand
     * for.
     *
     * @param at where it lay
     * @param key the full key that is asked for
     * @param bytes what lay there; neither kept nor changed
     * @param dictionaries those of its tenant's namespace; one that is missing is damage, and what it throws is
     *     thrown
     */
    public static Opening open(StoreKey at, String key, byte[] bytes, DictionarySource dictionaries) {
        return open(at, key, bytes, dictionaries, EntryCipher.NONE);
    }

    /**
     * The same for a tenant that may be encrypted; what is encrypted and should not be is damage, and the other way
     * round.
     *
     * @param cipher the tenant's; what it throws is thrown
     */
    public static Opening open(
            StoreKey at, String key, byte[] bytes, DictionarySource dictionaries, EntryCipher cipher) {
        if (bytes.length < MIN_BYTES) {
            return new Damaged("too short");
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        if (in.getInt() != MAGIC) {
            return new Damaged("not an envelope");
        }
        if (in.get() != FORMAT) {
            return new Damaged("unknown version");
        }
        int end = bytes.length - CHECKSUM_BYTES;
        if (in.getInt(end) != checksum(at, bytes)) {
            return new Damaged("checksum differs");
        }
        int flags = in.get();
        Codec codec = Codec.byId(flags & CODEC_BITS);
        if (codec == null || (flags & ~(CODEC_BITS | ENCRYPTED)) != 0) {
            return new Damaged("unknown flags");
        }
        int headBytes = in.getInt();
        if (headBytes < 0 || headBytes > end - HEAD_AT) {
            return new Damaged("head length");
        }
        boolean encrypted = (flags & ENCRYPTED) != 0;
        if (encrypted != cipher.encrypts()) {
            return new Damaged(encrypted ? "encrypted" : "not encrypted");
        }
        int headEnd = HEAD_AT + headBytes;
        if (encrypted) {
            return decrypt(at, key, bytes, headEnd, codec, cipher);
        }
        Head head = HeadSection.read(bytes, HEAD_AT, headEnd);
        return opened(head, key, bytes, new Payload(codec, bytes, headEnd, end), dictionaries);
    }

    private static Opening decrypt(
            StoreKey at, String key, byte[] bytes, int clearEnd, Codec codec, EntryCipher cipher) {
        if (SealedHead.clearLength(bytes, HEAD_AT, clearEnd) != clearEnd - HEAD_AT) {
            return new Damaged("head");
        }
        byte[] text = cipher.open(bound(at, bytes, clearEnd), bytes, clearEnd, bytes.length - CHECKSUM_BYTES);
        if (text == null) {
            return new Damaged("ciphertext");
        }
        ByteBuffer secret = ByteBuffer.wrap(text);
        Head head = SealedHead.join(ByteBuffer.wrap(bytes, HEAD_AT, clearEnd - HEAD_AT), secret);
        Payload payload = new Payload(codec, text, secret.position(), text.length);
        return opened(head, key, bytes, payload, DictionarySource.NONE);
    }

    /** Where a payload lies: {@code bytes[from, to)}. */
    private record Payload(Codec codec, byte[] bytes, int from, int to) {}

    private static Opening opened(
            @Nullable Head head, String key, byte[] bytes, Payload payload, DictionarySource dictionaries) {
        if (head == null || head.storedBytes() != bytes.length) {
            return new Damaged("head");
        }
        if (!head.key().equals(key)) {
            return new OtherKey();
        }
        Codec codec = payload.codec();
        int length = payload.to() - payload.from();
        if (!codec.mayExpand(length, head.valueBytes())) {
            return new Damaged("value length");
        }
        Dictionary dictionary = null;
        if (codec == Codec.ZSTD_DICTIONARY) {
            dictionary = dictionaries.find(ZstdFrame.dictionaryId(payload.bytes(), payload.from(), payload.to()));
            if (dictionary == null) {
                return new Damaged("no dictionary");
            }
        }
        byte[] value = new byte[head.valueBytes()];
        return codec.expand(payload.bytes(), payload.from(), length, value, dictionary)
                ? new Opened(new Entry(head, value))
                : new Damaged("payload");
    }

    /**
     * The same entry, ended at an instant where it does not end before it, of the same length; null where the bytes are
     * not the envelope that the head belongs to, or where nothing of it is kept beyond its end.
     */
    public static @Nullable Sealed endedAt(StoreKey at, Head head, byte[] bytes, long millis) {
        if (head.keptMillis() == head.expiresMillis()
                || bytes.length != head.storedBytes()
                || bytes.length < MIN_BYTES) {
            return null;
        }
        if ((bytes[FLAGS_AT] & ENCRYPTED) != 0) {
            return endedEncrypted(at, head, bytes, millis);
        }
        int headBytes = new HeadSection(head).length();
        boolean whole = bytes.length >= HEAD_AT + headBytes + CHECKSUM_BYTES
                && ByteBuffer.wrap(bytes).getInt(bytes.length - CHECKSUM_BYTES) == checksum(at, bytes)
                && head.equals(HeadSection.read(bytes, HEAD_AT, HEAD_AT + headBytes));
        if (!whole) {
            return null;
        }
        Head ended = head.endedAt(millis);
        byte[] copy = bytes.clone();
        new HeadSection(ended).write(ByteBuffer.wrap(copy, HEAD_AT, headBytes), ended);
        ByteBuffer.wrap(copy).putInt(copy.length - CHECKSUM_BYTES, checksum(at, copy));
        return new Sealed(ended, copy);
    }

    /** Needs no key: the end is not bound to what is sealed. */
    private static @Nullable Sealed endedEncrypted(StoreKey at, Head head, byte[] bytes, long millis) {
        byte[] clear = SealedHead.clear(head);
        int clearEnd = HEAD_AT + clear.length;
        boolean whole = bytes.length >= clearEnd + CHECKSUM_BYTES
                && ByteBuffer.wrap(bytes).getInt(bytes.length - CHECKSUM_BYTES) == checksum(at, bytes)
                && Arrays.equals(bytes, HEAD_AT, clearEnd, clear, 0, clear.length);
        if (!whole) {
            return null;
        }
        Head ended = head.endedAt(millis);
        byte[] copy = bytes.clone();
        SealedHead.end(copy, HEAD_AT, ended.expiresMillis());
        ByteBuffer.wrap(copy).putInt(copy.length - CHECKSUM_BYTES, checksum(at, copy));
        return new Sealed(ended, copy);
    }

    private static int checksum(StoreKey at, byte[] bytes) {
        CRC32C crc = new CRC32C();
        byte[] text = at.bytes();
        crc.update(text, 0, text.length);
        crc.update(bytes, 0, bytes.length - CHECKSUM_BYTES);
        return (int) crc.getValue();
    }
}
