package io.riptide.store.redis;

import io.riptide.entry.EntryCipher;
import io.riptide.entry.Head;
import io.riptide.entry.StoreKey;
import io.riptide.spi.Condition;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * An entry as it lies in Redis, by its first bytes. Numbers are big-endian.
 *
 * <pre>
 * at     bytes  what
 *  0     8      the server's time when it was written, as far as the writer knew, epoch microseconds
 *  8     4      a number of the writer's own; with the time it names this write among all of the key
 * 12     4      length of the envelope
 * 16     8      stamp: the tenant's latest removal when it was taken into the index
 * 24     8      expires, epoch milliseconds
 * 32     8      version
 * 40     8      kept until, epoch milliseconds
 * 48     1      number of tags, t
 * 49     4t     CRC32C of each tag in UTF-8; of an encrypted entry the first 4 bytes of each tag's name
 * …      2      length of the head, h
 * …      h      head, as {@link EntryCipher#sealHead} gives it
 * …      …      envelope
 * </pre>
 *
 * <p>The member of the index follows from it:
 *
 * <pre>
 *  0     16     key hash
 * 16     24     the first 24 bytes of the value
 * 40     1      length of the namespace, n
 * 41     n      namespace
 * …      4t     tags as above
 * </pre>
 */
record StoredValue(byte[] name, int size, long stamp, long expiresMillis, long version, long keptMillis, byte[] tags) {
    /** Up to here everything has a fixed place. */
    static final int FIXED = 49;
    /** What is read of a value to know what it is. */
    static final int PREFIX = FIXED + 4 * Head.MAX_TAGS;
    /** What is read of a value to know its head, but for a long one. */
    static final int USUAL_HEAD = 1024;

    static final int LONGEST_HEAD = PREFIX + 2 + 8 * 1024;

    private static final int NAME = 12;
    private static final int IN_MEMBER = 24;
    private static final int HASH = 16;
    private static final HexFormat HEX = HexFormat.of();

    /** What the first bytes of a value say, or null where they are none of ours. */
    static @Nullable StoredValue parse(byte @Nullable [] prefix) {
        if (prefix == null || prefix.length < FIXED || prefix.length < FIXED + 4 * (prefix[FIXED - 1] & 0xff)) {
            return null;
        }
        ByteBuffer in = ByteBuffer.wrap(prefix);
        byte[] name = new byte[NAME];
        in.get(name);
        int size = in.getInt();
        long stamp = in.getLong();
        long expires = in.getLong();
        long version = in.getLong();
        long kept = in.getLong();
        byte[] tags = new byte[4 * (in.get() & 0xff)];
        in.get(tags);
        return new StoredValue(name, size, stamp, expires, version, kept, tags);
    }

    /** The bytes of the head that follows, or null: a prefix may be cut within it, which {@link #headEnd} tells. */
    static byte @Nullable [] head(byte[] value) {
        int end = headEnd(value);
        if (end < 0 || end > value.length) {
            return null;
        }
        int at = FIXED + 4 * (value[FIXED - 1] & 0xff) + 2;
        return Arrays.copyOfRange(value, at, end);
    }

    /** Where the head ends; negative where that is not known. */
    static int headEnd(byte[] value) {
        int at = value.length < FIXED ? Integer.MAX_VALUE : FIXED + 4 * (value[FIXED - 1] & 0xff);
        return at > value.length - 2 ? -1 : at + 2 + (ByteBuffer.wrap(value).getShort(at) & 0xffff);
    }

    /** The envelope in a value; all of it where it is no value of ours, so that whoever opens it finds it damaged. */
    static byte[] envelope(ByteBuffer value) {
        int size = value.remaining() < FIXED ? -1 : value.getInt(value.position() + NAME);
        boolean plausible = size >= 0 && size <= value.remaining() - FIXED;
        byte[] envelope = new byte[plausible ? size : value.remaining()];
        value.get(value.limit() - envelope.length, envelope);
        return envelope;
    }

    /** The same, ended. */
    StoredValue endedAt(long millis) {
        return new StoredValue(name, size, stamp, Math.min(expiresMillis, millis), version, keptMillis, tags);
    }

    /** Whether it is live at an instant. */
    boolean liveAt(long nowMillis) {
        return expiresMillis > nowMillis;
    }

    /** Whether a condition holds of what lies there, which may be nothing. */
    static boolean meets(@Nullable StoredValue there, Condition condition, long nowMillis) {
        boolean live = there != null && there.liveAt(nowMillis);
        return switch (condition) {
            case Condition.Always always -> true;
            case Condition.Absent absent -> !live;
            case Condition.Present present -> live;
            case Condition.Version(long version) -> live && there != null && there.version == version;
        };
    }

    /** The member of the index that stands for it under a key. */
    byte[] member(StoreKey key) {
        byte[] namespace = key.namespace().getBytes(StandardCharsets.US_ASCII);
        ByteBuffer out = ByteBuffer.allocate(HASH + IN_MEMBER + 1 + namespace.length + tags.length);
        out.put(HEX.parseHex(key.hash())).put(name).putInt(size).putLong(stamp);
        out.put((byte) namespace.length).put(namespace).put(tags);
        return out.array();
    }

    /** The whole value. */
    byte[] with(byte[] headBytes, byte[] envelope) {
        ByteBuffer out = ByteBuffer.allocate(FIXED + tags.length + 2 + headBytes.length + envelope.length);
        out.put(name)
                .putInt(size)
                .putLong(stamp)
                .putLong(expiresMillis)
                .putLong(version)
                .putLong(keptMillis);
        out.put((byte) (tags.length / 4)).put(tags);
        out.putShort((short) headBytes.length).put(headBytes).put(envelope);
        return out.array();
    }

    /** The digests of tags. */
    static byte[] digests(List<String> tags, EntryCipher cipher) {
        ByteBuffer out = ByteBuffer.allocate(4 * tags.size());
        tags.forEach(tag -> out.putInt(digest(tag, cipher)));
        return out.array();
    }

    static int digest(String tag, EntryCipher cipher) {
        if (cipher.encrypts()) {
            return Integer.parseUnsignedInt(cipher.tagName(tag), 0, 8, 16);
        }
        CRC32C crc = new CRC32C();
        crc.update(tag.getBytes(StandardCharsets.UTF_8));
        return (int) crc.getValue();
    }
}
