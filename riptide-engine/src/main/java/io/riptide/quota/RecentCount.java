package io.riptide.quota;

import java.util.Arrays;

/** A count over the last so many nanoseconds, to a sixtieth of that time. One thread. */
public final class RecentCount {
    private static final int SLOTS = 60;

    private final long[] counts = new long[SLOTS];
    private final long slotNanos;
    private long slot;
    private long sum;

    /** Over that time, at least 60 ns; begun at an instant of monotonic time. */
    public RecentCount(long overNanos, long nowNanos) {
        this.slotNanos = overNanos / SLOTS;
        this.slot = Math.floorDiv(nowNanos, slotNanos);
    }

    /** Adds to it and returns what it then is. */
    public long add(long more, long nowNanos) {
        long now = Math.floorDiv(nowNanos, slotNanos);
        for (long passed = Math.min(now - slot, SLOTS); passed > 0; passed--) {
            int at = (int) Math.floorMod(now - passed + 1, (long) SLOTS);
            sum -= counts[at];
            counts[at] = 0;
        }
        slot = Math.max(slot, now);
        counts[(int) Math.floorMod(slot, (long) SLOTS)] += more;
        sum += more;
        return sum;
    }

    /** Begins at zero again. */
    public void clear() {
        Arrays.fill(counts, 0);
        sum = 0;
    }
}
