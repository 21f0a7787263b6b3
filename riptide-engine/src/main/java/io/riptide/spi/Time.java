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

    /**
     * The same as {@link #nanoTime}, read at the call: for what must hold in a process that was frozen and goes on
     * before a coarse clock does.
     */
    default long preciseNanoTime() {
        return nanoTime();
    }
}
