package io.riptide.cache;

import io.riptide.spi.Time;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Versions of entries: each differs from every other of this process and, as they begin with the time, from those of
 * processes before it. So an entry that was removed and written anew never has the version that it had.
 */
final class Versions {
    private static final int BELOW_A_MILLISECOND = 20;

    private final Time time;
    private final AtomicLong last = new AtomicLong();

    Versions(Time time) {
        this.time = time;
    }

    long next() {
        long floor = time.wallMillis() << BELOW_A_MILLISECOND;
        return last.updateAndGet(before -> Math.max(before + 1, floor));
    }
}
