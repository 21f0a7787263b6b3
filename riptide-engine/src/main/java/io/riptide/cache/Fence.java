package io.riptide.cache;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Keeps a fill of L1 from undoing a write. A reader that missed takes a stamp before it asks the store and may fill L1
 * only while the stamp is valid: no write of a key of that stripe was under way when it was taken, and none has begun
 * since. A writer begins, drops the key from L1, writes, and ends. So while the store may differ from what a reader
 * saw, L1 does not hold the key, and a read that follows an acknowledged write never sees what was before it.
 *
 * <p>A cell counts the writes begun (upper half) and ended (lower half). Nothing here waits; a hit does not come here.
 */
final class Fence {
    private static final int STRIPES = 64;
    private static final long BEGUN = 1L << 32;
    private static final long ENDED_MASK = BEGUN - 1;
    /** No valid stamp: its halves differ. */
    private static final long NO_STAMP = BEGUN;

    private final AtomicLongArray cells = new AtomicLongArray(STRIPES);

    /** A stamp for a fill of this key, which may be one that is never valid. */
    long stamp(L1Key key) {
        long cell = cells.get(stripe(key));
        return quiet(cell) ? cell : NO_STAMP;
    }

    /** Whether a fill may still take place. */
    boolean valid(L1Key key, long stamp) {
        return stamp != NO_STAMP && cells.get(stripe(key)) == stamp;
    }

    void begin(L1Key key) {
        cells.getAndAdd(stripe(key), BEGUN);
    }

    void end(L1Key key) {
        int stripe = stripe(key);
        // The lower half wraps by itself, without a carry into the upper one.
        cells.getAndUpdate(stripe, cell -> (cell & ~ENDED_MASK) | ((cell + 1) & ENDED_MASK));
    }

    private static boolean quiet(long cell) {
        return (cell >>> 32) == (cell & ENDED_MASK);
    }

    private static int stripe(L1Key key) {
        int h = key.hashCode();
        return (h ^ (h >>> 16)) & (STRIPES - 1);
    }
}
