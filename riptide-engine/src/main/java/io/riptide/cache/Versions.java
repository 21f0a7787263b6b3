package io.riptide.cache;

import io.riptide.spi.Time;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Versions of entries: each differs from every other of this process and, as they begin with the time, from those of
 * processes before it. So an entry that was removed and written anew never has the version that it had. Processes that
 * write to one store at a time differ by their salt, so that two writes of a key in one millisecond do.
 */
final class Versions {
    private static final int BELOW_A_MILLISECOND = 20;

    private final Time time;
    private final long salt;
    private final AtomicLong last = new AtomicLong();

    Versions(Time time, long salt) {
        this.time = time;
        this.salt = salt & ((1L << BELOW_A_MILLISECOND) - 1);
    }

    long next() {
        long floor = (time.wallMillis() << BELOW_A_MILLISECOND) + salt;
        return last.updateAndGet(before -> Math.max(before + 1, floor));
    }
}
