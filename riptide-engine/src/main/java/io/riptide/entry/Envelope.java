package io.riptide.entry;

import io.riptide.entry.Opening.Damaged;
import io.riptide.entry.Opening.Opened;
import io.riptide.entry.Opening.OtherKey;
import java.nio.ByteBuffer;
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
 *               bit 3 the cipher (reserved), bits 4 to 7 reserved; a reserved one that is set is damage
 *  6     4      length of the head, h
 * 10     h      head, as {@code HeadSection} lays it out; its stored length is the length of these bytes, n
 * 10+h   n-14-h payload: the value, compressed as the codec says
 * n-4    4      CRC32C (RFC 3720, appendix B.4) of the store key's text in ASCII, then of all bytes before this field
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
        HeadSection section = new HeadSection(head);
        if (value.length > Head.MAX_VALUE_BYTES) {
            throw new IllegalArgumentException(
                    "value length: " + value.length + " (expected: 0 to " + Head.MAX_VALUE_BYTES + ")");
        }
        Compressor.Payload payload = compressor.compress(value);
        int total = HEAD_AT + section.length() + payload.length() + CHECKSUM_BYTES;
        Head whole = head.lengths(value.length, total);
        ByteBuffer out = ByteBuffer.allocate(total);
        out.putInt(MAGIC).put((byte) FORMAT).put((byte) payload.codec().id()).putInt(section.length());
        section.write(out, whole);
        out.put(payload.bytes(), 0, payload.length());
        out.putInt(checksum(at, out.array()));
        return new Sealed(whole, out.array());
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
        if (codec == null || (flags & ~CODEC_BITS) != 0) {
            return new Damaged("unknown flags");
        }
        int headBytes = in.getInt();
        if (headBytes < 0 || headBytes > end - HEAD_AT) {
            return new Damaged("head length");
        }
        int payloadAt = HEAD_AT + headBytes;
        Head head = HeadSection.read(bytes, HEAD_AT, payloadAt);
        if (head == null || head.storedBytes() != bytes.length) {
            return new Damaged("head");
        }
        if (!head.key().equals(key)) {
            return new OtherKey();
        }
        int payloadBytes = end - payloadAt;
        if (!codec.mayExpand(payloadBytes, head.valueBytes())) {
            return new Damaged("value length");
        }
        Dictionary dictionary = null;
        if (codec == Codec.ZSTD_DICTIONARY) {
            dictionary = dictionaries.find(ZstdFrame.dictionaryId(bytes, payloadAt, end));
            if (dictionary == null) {
                return new Damaged("no dictionary");
            }
        }
        byte[] value = new byte[head.valueBytes()];
        return codec.expand(bytes, payloadAt, payloadBytes, value, dictionary)
                ? new Opened(new Entry(head, value))
                : new Damaged("payload");
    }

    /**
     * The same entry, ended at an instant where it does not end before it, of the same length; null where the bytes are
     * not the envelope that the head belongs to, or where nothing of it is kept beyond its end.
     */
    public static @Nullable Sealed endedAt(StoreKey at, Head head, byte[] bytes, long millis) {
        if (head.keptMillis() == head.expiresMillis() || bytes.length != head.storedBytes()) {
            return null;
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

    private static int checksum(StoreKey at, byte[] bytes) {
        CRC32C crc = new CRC32C();
        byte[] text = at.bytes();
        crc.update(text, 0, text.length);
        crc.update(bytes, 0, bytes.length - CHECKSUM_BYTES);
        return (int) crc.getValue();
    }
}
