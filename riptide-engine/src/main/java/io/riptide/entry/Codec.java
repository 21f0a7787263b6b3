package io.riptide.entry;

import com.github.luben.zstd.Zstd;
import java.util.Objects;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;
import org.jspecify.annotations.Nullable;

/**
 * How a payload is written. Threads: each constant serves any number of threads at once, and no call is seen by the
 * next.
 *
 * <p>Sources: the LZ4 block format; Zstandard, RFC 8878.
 */
public enum Codec {
    /** As it is. */
    NONE(0, 1) {
        @Override
        int bound(int length) {
            return length;
        }

        @Override
        int shrink(byte[] value, byte[] into, @Nullable Dictionary dictionary) {
            System.arraycopy(value, 0, into, 0, value.length);
            return value.length;
        }

        @Override
        boolean expand(byte[] from, int offset, int length, byte[] into, @Nullable Dictionary dictionary) {
            if (length != into.length) {
                return false;
            }
            System.arraycopy(from, offset, into, 0, length);
            return true;
        }
    },
    /** One LZ4 block without a frame: fast both ways. */
    LZ4(1, 255) {
        @Override
        int bound(int length) {
            return Lz4.SHRINK.maxCompressedLength(length);
        }

        @Override
        int shrink(byte[] value, byte[] into, @Nullable Dictionary dictionary) {
            return Lz4.SHRINK.compress(value, 0, value.length, into, 0, into.length);
        }

        @Override
        boolean expand(byte[] from, int offset, int length, byte[] into, @Nullable Dictionary dictionary) {
            try {
                return Lz4.EXPAND.decompress(from, offset, length, into, 0, into.length) == into.length;
            } catch (LZ4Exception e) {
                return false;
            }
        }
    },
    /** One Zstandard frame of level 1: smaller, slower. */
    ZSTD(2, 32 * 1024) {
        @Override
        int bound(int length) {
            return Math.toIntExact(Zstd.compressBound(length));
        }

        @Override
        int shrink(byte[] value, byte[] into, @Nullable Dictionary dictionary) {
            return Zstandard.CONTEXTS.shrink(value, into, null);
        }

        @Override
        boolean expand(byte[] from, int offset, int length, byte[] into, @Nullable Dictionary dictionary) {
            return Zstandard.CONTEXTS.expand(from, offset, length, into, null);
        }
    },
    /** One Zstandard frame of level 1 that names the dictionary with which it is written and read. */
    ZSTD_DICTIONARY(3, 32 * 1024) {
        @Override
        int bound(int length) {
            return ZSTD.bound(length);
        }

        @Override
        int shrink(byte[] value, byte[] into, @Nullable Dictionary dictionary) {
            return needed(dictionary).shrink(Zstandard.CONTEXTS, value, into);
        }

        @Override
        boolean expand(byte[] from, int offset, int length, byte[] into, @Nullable Dictionary dictionary) {
            return needed(dictionary).expand(Zstandard.CONTEXTS, from, offset, length, into);
        }

        private static Dictionary needed(@Nullable Dictionary dictionary) {
            return Objects.requireNonNull(dictionary, "dictionary");
        }
    };

    private final int id;
    private final int maxExpansion;

    Codec(int id, int maxExpansion) {
        this.id = id;
        this.maxExpansion = maxExpansion;
    }

    /** The number under which envelopes name it; never changes. */
    int id() {
        return id;
    }

    /** The codec of that number, or null. */
    static @Nullable Codec byId(int id) {
        return switch (id) {
            case 0 -> NONE;
            case 1 -> LZ4;
            case 2 -> ZSTD;
            case 3 -> ZSTD_DICTIONARY;
            default -> null;
        };
    }

    /**
     * Whether so short a payload can stand for so long a value at all: an LZ4 length byte adds at most 255 bytes, and
     * a block of Zstandard takes at least 4 bytes and gives at most 128 KiB. Asked before room for the value is
     * allocated.
     */
    boolean mayExpand(int payloadBytes, int valueBytes) {
        return valueBytes <= (long) payloadBytes * maxExpansion;
    }

    /** How long a value of that length may become at most. */
    abstract int bound(int length);

    /**
     * Writes the value to the start of {@code into}, which has the bound's room; how long it became.
     *
     * @param dictionary what {@link #ZSTD_DICTIONARY} needs, and no other looks at
     */
    abstract int shrink(byte[] value, byte[] into, @Nullable Dictionary dictionary);

    /**
     * Fills {@code into} from {@code length} bytes at {@code offset}; false where they do not give exactly that many.
     *
     * @param dictionary what {@link #ZSTD_DICTIONARY} needs, and no other looks at
     */
    abstract boolean expand(byte[] from, int offset, int length, byte[] into, @Nullable Dictionary dictionary);

    /** Loads native code where it is first used. */
    private static final class Lz4 {
        static final LZ4Compressor SHRINK = LZ4Factory.fastestInstance().fastCompressor();
        static final LZ4SafeDecompressor EXPAND = LZ4Factory.fastestInstance().safeDecompressor();
    }

    /**
     * Looks like static state and is one work space for the process, as the allocator's is: values do not depend on
     * it, and opening stays a function without a thing to close. See {@link ZstdContexts}.
     */
    private static final class Zstandard {
        static final ZstdContexts CONTEXTS = new ZstdContexts();
    }
}
