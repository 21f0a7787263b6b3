package io.riptide.cache;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Keeps a fill of L1 from undoing a write. A reader that missed takes a stamp before it asks the store and may fill L1
 * only while the stamp is valid.
 *
 * <p>A writer begins, drops the key from L1, writes, and ends; a stamp is valid where no write of a key of its cell was
 * under way when it was taken, and none has begun since. So while the store may differ from what a reader saw, L1 does
 * not hold the key, and reads are linearizable.
 *
 * <p>Where other processes write too, which no fence here holds back, a writer writes, passes, and drops the key from
 * L1; a stamp is valid where none has passed since. So L1 answers beside a write that is under way, and a read that
 * follows an acknowledged write of this process never sees what was before it either way.
 *
 * <p>A cell counts the writes begun (upper half) and ended (lower half). There are so many, for all tenants together,
 * that the writes which are under way leave nearly all of them alone: half a MiB. Nothing here waits; a hit does not
 * come here.
 */
final class Fence {
    /** A power of two. */
    private static final int CELLS = 1 << 16;

    private static final long BEGUN = 1L << 32;
    private static final long ENDED_MASK = BEGUN - 1;
    /** No valid stamp: its halves differ. */
    private static final long NO_STAMP = BEGUN;

    private final AtomicLongArray cells = new AtomicLongArray(CELLS);

    /** A stamp for a fill of this key, which may be one that is never valid. */
    long stamp(L1Key key) {
        long cell = cells.get(cell(key));
        return quiet(cell) ? cell : NO_STAMP;
    }

    /** Whether a fill may still take place. */
    boolean valid(L1Key key, long stamp) {
        return stamp != NO_STAMP && cells.get(cell(key)) == stamp;
    }

    void begin(L1Key key) {
        cells.getAndAdd(cell(key), BEGUN);
    }

    void end(L1Key key) {
        int at = cell(key);
        // The lower half wraps by itself, without a carry into the upper one.
        cells.getAndUpdate(at, cell -> (cell & ~ENDED_MASK) | ((cell + 1) & ENDED_MASK));
    }

    /** The two in one, for a writer who did not begin. */
    void pass(L1Key key) {
        begin(key);
        end(key);
    }

    private static boolean quiet(long cell) {
        return (cell >>> 32) == (cell & ENDED_MASK);
    }

    private static int cell(L1Key key) {
        int h = key.hashCode() * 0x9E3779B9;
        return (h ^ (h >>> 16)) & (CELLS - 1);
    }
}
