package io.riptide.entry;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * How a {@link Head} is written, in an envelope and, with a checksum behind it, alone. Numbers are big-endian; texts
 * are UTF-8 without a terminator.
 *
 * <pre>
 * at   bytes  what
 *  0   1      version of this section's format: 1, or 2 where the entry is kept beyond its end
 *  1   8      created, epoch milliseconds
 *  9   8      expires, epoch milliseconds
 * 17   8      version of the entry
 * 25   4      length of the value, 0 to 64 MiB
 * 29   4      length of the whole envelope, at least 0
 * 33   2      length of the key, 1 to 1,024
 * 35   1      length of the content type, 0 to 255
 * 36   1      number of tags, 0 to 16
 * 37   1      number of generations, 0 to 32
 * 38   8      until when it is kept, epoch milliseconds, after expires; in format 2 alone
 *  …   8 each generations
 *  …          key
 *  …          content type
 *  …          tags, each: length (1 byte, 1 to 128), then the text
 * alone only:
 *  …   4      CRC32C (RFC 3720, appendix B.4) of everything before it
 * </pre>
 *
 * <p>Alone it carries its own checksum because storage is accounted and listed from heads without their envelopes,
 * and not every store checks what it reads; it costs 4 bytes.
 */
final class HeadSection {
    /** The shortest section: a key of one byte and nothing else. */
    static final int MIN_BYTES = 39;

    private static final int FORMAT = 1;
    private static final int FORMAT_KEPT = 2;
    private static final int FIXED_BYTES = 38;
    private static final int CHECKSUM_BYTES = 4;

    private final byte[] key;
    private final byte[] contentType;
    private final byte[][] tags;
    private final boolean kept;
    private final int length;

    /**
     * Checks and encodes the parts of variable length; throws {@code IllegalArgumentException} where one is out of
     * bounds.
     */
    HeadSection(Head head) {
        List<String> tags = head.tags();
        List<Long> generations = head.generations();
        this.key = text("key", head.key(), 1, StoreKey.MAX_KEY_BYTES);
        this.contentType = text("content type", head.contentType(), 0, Head.MAX_CONTENT_TYPE_BYTES);
        require("number of tags", tags.size(), 0, Head.MAX_TAGS);
        require("number of generations", generations.size(), 0, Head.MAX_GENERATIONS);
        this.tags = new byte[tags.size()][];
        this.kept = head.keptMillis() != head.expiresMillis();
        int sum = FIXED_BYTES
                + Long.BYTES * (generations.size() + (kept ? 1 : 0))
                + this.key.length
                + this.contentType.length;
        for (int i = 0; i < this.tags.length; i++) {
            this.tags[i] = text("tag", tags.get(i), 1, Head.MAX_TAG_BYTES);
            sum += 1 + this.tags[i].length;
        }
        this.length = sum;
    }

    byte[] key() {
        return key;
    }

    byte[] contentType() {
        return contentType;
    }

    byte[][] tags() {
        return tags;
    }

    /** How many bytes {@link #write} takes. */
    int length() {
        return length;
    }

    /** Writes the section of the head that this was made from, which may by now know its lengths. */
    void write(ByteBuffer out, Head head) {
        require("value length", head.valueBytes(), 0, Head.MAX_VALUE_BYTES);
        require("stored length", head.storedBytes(), 0, Integer.MAX_VALUE);
        out.put((byte) (kept ? FORMAT_KEPT : FORMAT));
        out.putLong(head.createdMillis()).putLong(head.expiresMillis()).putLong(head.version());
        out.putInt(head.valueBytes()).putInt(head.storedBytes());
        out.putShort((short) key.length).put((byte) contentType.length);
        out.put((byte) tags.length).put((byte) head.generations().size());
        if (kept) {
            out.putLong(head.keptMillis());
        }
        for (long generation : head.generations()) {
            out.putLong(generation);
        }
        out.put(key).put(contentType);
        for (byte[] tag : tags) {
            out.put((byte) tag.length).put(tag);
        }
    }

    /** A head as it stands alone. */
    static byte[] encode(Head head) {
        HeadSection section = new HeadSection(head);
        ByteBuffer out = ByteBuffer.allocate(section.length + CHECKSUM_BYTES);
        section.write(out, head);
        out.putInt(checksum(out.array(), section.length));
        return out.array();
    }

    /** What {@link #encode} wrote, or null. */
    static @Nullable Head decode(byte[] bytes) {
        int end = bytes.length - CHECKSUM_BYTES;
        if (end < MIN_BYTES || ByteBuffer.wrap(bytes).getInt(end) != checksum(bytes, end)) {
            return null;
        }
        return read(bytes, 0, end);
    }

    /** Reads the section that fills {@code bytes[from, to)}; null where anything else stands there. */
    static @Nullable Head read(byte[] bytes, int from, int to) {
        if (to - from < MIN_BYTES || (bytes[from] != FORMAT && bytes[from] != FORMAT_KEPT)) {
            return null;
        }
        int keptBytes = bytes[from] == FORMAT_KEPT ? Long.BYTES : 0;
        ByteBuffer in = ByteBuffer.wrap(bytes, from + 1, to - from - 1);
        long created = in.getLong();
        long expires = in.getLong();
        long version = in.getLong();
        int valueBytes = in.getInt();
        int storedBytes = in.getInt();
        int keyBytes = in.getShort() & 0xffff;
        int typeBytes = in.get() & 0xff;
        int tagCount = in.get() & 0xff;
        int generationCount = in.get() & 0xff;
        boolean plausible = valueBytes >= 0
                && valueBytes <= Head.MAX_VALUE_BYTES
                && storedBytes >= 0
                && keyBytes >= 1
                && keyBytes <= StoreKey.MAX_KEY_BYTES
                && tagCount <= Head.MAX_TAGS
                && generationCount <= Head.MAX_GENERATIONS;
        if (!plausible || in.remaining() < keptBytes + Long.BYTES * generationCount + keyBytes + typeBytes) {
            return null;
        }
        long kept = keptBytes == 0 ? expires : in.getLong();
        if (keptBytes != 0 && kept <= expires) {
            return null;
        }
        List<Long> generations = new ArrayList<>(generationCount);
        for (int i = 0; i < generationCount; i++) {
            generations.add(in.getLong());
        }
        String key = text(bytes, in, keyBytes);
        String contentType = text(bytes, in, typeBytes);
        List<String> tags = tags(bytes, in, tagCount);
        if (key == null || contentType == null || tags == null || in.hasRemaining()) {
            return null;
        }
        return new Head(key, contentType, created, expires, kept, version, valueBytes, storedBytes, tags, generations);
    }

    private static @Nullable List<String> tags(byte[] bytes, ByteBuffer in, int count) {
        List<String> tags = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int length = in.hasRemaining() ? in.get() & 0xff : 0;
            if (length < 1 || length > Head.MAX_TAG_BYTES || length > in.remaining()) {
                return null;
            }
            String tag = text(bytes, in, length);
            if (tag == null) {
                return null;
            }
            tags.add(tag);
        }
        return tags;
    }

    private static @Nullable String text(byte[] bytes, ByteBuffer in, int length) {
        int from = in.position();
        in.position(from + length);
        return Utf8.decode(bytes, from, from + length);
    }

    private static byte[] text(String what, String text, int min, int max) {
        byte[] bytes = Utf8.encode(text);
        if (bytes == null) {
            throw new IllegalArgumentException(what + ": an unpaired surrogate (expected: well-formed text)");
        }
        require(what + " in bytes", bytes.length, min, max);
        return bytes;
    }

    private static void require(String what, int found, int min, int max) {
        if (found < min || found > max) {
            throw new IllegalArgumentException(what + ": " + found + " (expected: " + min + " to " + max + ")");
        }
    }

    private static int checksum(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }
}
