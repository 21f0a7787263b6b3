package io.riptide.cache;

/**
 * What one active tenant shows of its need for memory.
 *
 * @param heldBytes what it holds
 * @param usedBytes what it holds and has been asked for since it came in
 * @param limitBytes what it may hold at most: its quota, and never more than the whole
 * @param full whether it let go of entries for want of room since the last round
 * @param gain how much it asked again of what it had just let go of, in bytes, recent rounds counting more
 * @param shareBytes what it was given by the last division
 */
record Claim(long heldBytes, long usedBytes, long limitBytes, boolean full, double gain, long shareBytes) {
    /** How far beyond what is in use a full share reaches, so that what is not in use yet can come to be. */
    private static final int REACH = 4;

    private static final int FOOTHOLD = 16;

    /**
     * What it can make use of. One that has room needs what it holds. One that is full may need any amount, and what it
     * holds tells nothing, for a scan fills any room; what of it is asked for again tells.
     */
    long demandBytes(long fairBytes) {
        return Math.min(limitBytes, full ? REACH * usedBytes + fairBytes / FOOTHOLD : heldBytes);
    }
}
