package io.riptide.entry;

/**
 * Decides whether a value is compressed: from a threshold, and only where that saves at least a tenth. Immutable; any
 * number of threads at once.
 */
public final class Compressor {
    /** Never compresses. */
    public static final Compressor NONE = new Compressor(Codec.NONE, 0);

    private final Codec codec;
    private final int thresholdBytes;

    /**
     * A compressor.
     *
     * @param codec how
     * @param thresholdBytes values shorter than this stay as they are; at least 0, else
     *     {@code IllegalArgumentException}
     */
    public Compressor(Codec codec, int thresholdBytes) {
        if (thresholdBytes < 0) {
            throw new IllegalArgumentException("thresholdBytes: " + thresholdBytes + " (expected: at least 0)");
        }
        this.codec = codec;
        this.thresholdBytes = thresholdBytes;
    }

    /** The value as it is to be stored. Where it stays as it is, the payload's array is the value's own. */
    Payload compress(byte[] value) {
        if (codec != Codec.NONE && value.length >= thresholdBytes) {
            // With less room than the bound both libraries throw, and an exception costs more than the bytes.
            byte[] into = new byte[codec.bound(value.length)];
            int length = codec.shrink(value, into);
            if (length * 10L <= value.length * 9L) {
                return new Payload(codec, into, length);
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
