package io.riptide.entry;

import org.jspecify.annotations.Nullable;

/**
 * Decides whether a value is compressed: from a threshold, and only where that saves at least a tenth. Immutable; any
 * number of threads at once.
 */
public final class Compressor {
    /** Never compresses. */
    public static final Compressor NONE = new Compressor(Codec.NONE, 0);

    /** Longer values say enough of themselves: a dictionary saves little of them and has to be gone through first. */
    private static final int MAX_WITH_DICTIONARY = 128 << 10;

    private final Codec codec;
    private final int thresholdBytes;
    private final @Nullable Dictionary dictionary;

    /**
     * A compressor.
     *
     * @param codec how; with {@link Codec#ZSTD_DICTIONARY}, whose dictionary {@link #with} gives, {@code
     *     IllegalArgumentException}
     * @param thresholdBytes values shorter than this stay as they are; at least 0, else
     *     {@code IllegalArgumentException}
     */
    public Compressor(Codec codec, int thresholdBytes) {
        if (thresholdBytes < 0) {
            throw new IllegalArgumentException("thresholdBytes: " + thresholdBytes + " (expected: at least 0)");
        }
        if (codec == Codec.ZSTD_DICTIONARY) {
            throw new IllegalArgumentException("codec: " + codec + " (expected: one without a dictionary)");
        }
        this.codec = codec;
        this.thresholdBytes = thresholdBytes;
        this.dictionary = null;
    }

    private Compressor(int thresholdBytes, Dictionary dictionary) {
        this.codec = Codec.ZSTD_DICTIONARY;
        this.thresholdBytes = thresholdBytes;
        this.dictionary = dictionary;
    }

    /** From the same threshold on, with Zstandard and that dictionary; values above 128 KiB without it. */
    public Compressor with(Dictionary dictionary) {
        return new Compressor(thresholdBytes, dictionary);
    }

    /** Whether a value of that length would be written with a dictionary, were there one. */
    public boolean dictionaryServes(int length) {
        return length >= thresholdBytes && length <= MAX_WITH_DICTIONARY;
    }

    /** How many bytes would be stored of a value. */
    public int lengthOf(byte[] value) {
        return compress(value).length();
    }

    /** The value as it is to be stored. Where it stays as it is, the payload's array is the value's own. */
    Payload compress(byte[] value) {
        if (codec != Codec.NONE && value.length >= thresholdBytes) {
            Codec fitting = dictionary != null && value.length > MAX_WITH_DICTIONARY ? Codec.ZSTD : codec;
            // With less room than the bound both libraries throw, and an exception costs more than the bytes.
            byte[] into = new byte[fitting.bound(value.length)];
            int length = fitting.shrink(value, into, dictionary);
            if (length * 10L <= value.length * 9L) {
                return new Payload(fitting, into, length);
            }
        }
        return new Payload(Codec.NONE, value, value.length);
    }

    /**
     * What is stored of a value.
     *
     * @param codec how it is written
     * @param bytes begins with it
     * @param length how many of the bytes belong to it
     */
    record Payload(Codec codec, byte[] bytes, int length) {}
}
