package io.riptide.spi;

/**
 * Where time comes from. Reads are cheap enough for the hot path: an implementation may be as coarse as a millisecond.
 */
public interface Time {
    /** Wall time in milliseconds since the epoch; it may jump. For what is stored and shown. */
    long wallMillis();

    /**
     * Monotonic time in nanoseconds from an arbitrary origin; it never goes back. For rates, waits and ages in memory.
     */
    long nanoTime();
}
