package io.riptide.entry;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the {@link Head} of an encrypted entry is divided. Numbers are big-endian; texts are UTF-8.
 *
 * <pre>
 * In clear:
 *  0    1   format: 3
 *  1    8   created, epoch milliseconds
 *  9    8   expires, epoch milliseconds
 * 17    8   until when it is kept, epoch milliseconds
 * 25    8   version of the entry
 * 33    4   length of the value
 * 37    4   length of the whole envelope
 * 41    1   number of generations, 0 to 32
 * 42    8   each generation
 *
 * Sealed:
 *  0    8   expires as it was written
 *  8    2   length of the key, 1 to 1,024
 *  …        key
 *  …    1   length of the content type, 0 to 255
 *  …        content type
 *  …    1   number of tags, 0 to 16
 *  …        tags, each: length (1 byte, 1 to 128), then the text
 * </pre>
 *
 * <p>All that is in clear is bound to what is sealed but for the end: a removal that makes an entry stale writes an
 * earlier one without the key. Who can write to the store can end an entry so, as by deleting it; a later end than the
 * sealed one is damage.
 */
final class SealedHead {
    static final byte FORMAT = 3;
    static final int CLEAR_BYTES = 42;

    private static final int EXPIRES_AT = 9;
    private static final int COUNT_AT = 41;

    private SealedHead() {}

    /** The part in clear. */
    static byte[] clear(Head head) {
        List<Long> generations = head.generations();
        ByteBuffer out = ByteBuffer.allocate(CLEAR_BYTES + Long.BYTES * generations.size());
        out.put(FORMAT).putLong(head.createdMillis()).putLong(head.expiresMillis());
        out.putLong(head.keptMillis()).putLong(head.version());
        out.putInt(head.valueBytes()).putInt(head.storedBytes()).put((byte) generations.size());
        generations.forEach(out::putLong);
        return out.array();
    }

    /** How long the part in clear is that begins there; 0 where none fits before {@code to}. */
    static int clearLength(byte[] bytes, int from, int to) {
        if (to - from < CLEAR_BYTES || bytes[from] != FORMAT) {
            return 0;
        }
        int count = bytes[from + COUNT_AT] & 0xff;
        int length = CLEAR_BYTES + Long.BYTES * count;
        return count <= Head.MAX_GENERATIONS && length <= to - from ? length : 0;
    }

    /** Writes another end into a part in clear. */
    static void end(byte[] bytes, int from, long expiresMillis) {
        ByteBuffer.wrap(bytes).putLong(from + EXPIRES_AT, expiresMillis);
    }

    /** What a seal binds: what it is, an envelope's flags, where it lies, and the part in clear without its end. */
    static byte[] bound(char kind, byte flags, StoreKey at, byte[] bytes, int from, int length) {
        byte[] place = at.bytes();
        byte[] bound = new byte[2 + place.length + length];
        bound[0] = (byte) kind;
        bound[1] = flags;
        System.arraycopy(place, 0, bound, 2, place.length);
        System.arraycopy(bytes, from, bound, 2 + place.length, length);
        end(bound, 2 + place.length, 0);
        return bound;
    }

    /** How long the part is that is to be sealed. */
    static int secretLength(HeadSection section) {
        int length = Long.BYTES + Short.BYTES + section.key().length + 1 + section.contentType().length + 1;
        for (byte[] tag : section.tags()) {
            length += 1 + tag.length;
        }
        return length;
    }

    /** Writes the part that is to be sealed. */
    static void secret(ByteBuffer out, HeadSection section, long expiresMillis) {
        out.putLong(expiresMillis);
        out.putShort((short) section.key().length).put(section.key());
        out.put((byte) section.contentType().length).put(section.contentType());
        out.put((byte) section.tags().length);
        for (byte[] tag : section.tags()) {
            out.put((byte) tag.length).put(tag);
        }
    }

    /**
     * A head of both parts; null where they are none.
     *
     * @param clear the part in clear begins at its position
     * @param secret the opened part begins at its position, which is behind it afterwards
     */
    static @Nullable Head join(ByteBuffer clear, ByteBuffer secret) {
        clear.get();
        long created = clear.getLong();
        long expires = clear.getLong();
        long kept = clear.getLong();
        long version = clear.getLong();
        int valueBytes = clear.getInt();
        int storedBytes = clear.getInt();
        int generationCount = clear.get() & 0xff;
        List<Long> generations = new ArrayList<>(generationCount);
        for (int i = 0; i < generationCount; i++) {
            generations.add(clear.getLong());
        }
        boolean plausible = valueBytes >= 0 && valueBytes <= Head.MAX_VALUE_BYTES && storedBytes >= 0;
        if (!plausible || kept < expires || secret.remaining() < Long.BYTES || secret.getLong() < expires) {
            return null;
        }
        String key = text(secret, Short.BYTES, 1, StoreKey.MAX_KEY_BYTES);
        String type = key == null ? null : text(secret, 1, 0, Head.MAX_CONTENT_TYPE_BYTES);
        List<String> tags = type == null ? null : tags(secret);
        return key == null || type == null || tags == null
                ? null
                : new Head(key, type, created, expires, kept, version, valueBytes, storedBytes, tags, generations);
    }

    private static @Nullable List<String> tags(ByteBuffer in) {
        int count = in.hasRemaining() ? in.get() & 0xff : Head.MAX_TAGS + 1;
        if (count > Head.MAX_TAGS) {
            return null;
        }
        List<String> tags = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            String tag = text(in, 1, 1, Head.MAX_TAG_BYTES);
            if (tag == null) {
                return null;
            }
            tags.add(tag);
        }
        return tags;
    }

    private static @Nullable String text(ByteBuffer in, int lengthBytes, int min, int max) {
        if (in.remaining() < lengthBytes) {
            return null;
        }
        int length = lengthBytes == 1 ? in.get() & 0xff : in.getShort() & 0xffff;
        if (length < min || length > max || length > in.remaining()) {
            return null;
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        return Utf8.decode(bytes, 0, length);
    }
}
