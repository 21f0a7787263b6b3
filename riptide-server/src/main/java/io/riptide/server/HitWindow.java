package io.riptide.server;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/**
 * Hits and reads of the last five minutes, from totals that only grow: a total is noted every few seconds, and the
 * window begins with the latest one that is old enough, so that it may reach back those few seconds more. Not for more
 * than one thread at once.
 */
final class HitWindow {
    private static final long LENGTH_NANOS = TimeUnit.MINUTES.toNanos(5);
    /** How far totals lie apart at least, which bounds their number. */
    static final long STEP_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Deque<Total> totals = new ArrayDeque<>();

    private record Total(long nanos, long hits, long reads) {}

    /** Begins now, with nothing read. */
    HitWindow(long nowNanos) {
        totals.add(new Total(nowNanos, 0, 0));
    }

    /** Takes the totals as they are now and tells the share of hits, or NaN where nothing was read. */
    double rate(long nowNanos, long hits, long reads) {
        if (nowNanos - totals.getLast().nanos() >= STEP_NANOS) {
            totals.addLast(new Total(nowNanos, hits, reads));
        }
        Total from = totals.removeFirst();
        while (!totals.isEmpty() && nowNanos - totals.getFirst().nanos() >= LENGTH_NANOS) {
            from = totals.removeFirst();
        }
        totals.addFirst(from);
        return reads == from.reads() ? Double.NaN : (double) (hits - from.hits()) / (reads - from.reads());
    }
}
