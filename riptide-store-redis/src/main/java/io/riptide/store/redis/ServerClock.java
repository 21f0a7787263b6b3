package io.riptide.store.redis;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What the clock of a server says now, as far as its answers told: since each was some time on its way, never more than
 * it says, but for what it is set back by, and for what the two clocks drift apart within {@value #OLD_SECONDS} s.
 * Threads: any.
 */
final class ServerClock {
    private static final int OLD_SECONDS = 10;
    private static final long OLD_NANOS = TimeUnit.SECONDS.toNanos(OLD_SECONDS);

    private final LongSupplier nanos;
    private volatile @Nullable Told told;

    /**
     * Knows nothing yet.
     *
     * @param nanos monotonic time
     */
    ServerClock(LongSupplier nanos) {
        this.nanos = nanos;
    }

    private record Told(long micros, long nanos) {
        long at(long now) {
            return micros + TimeUnit.NANOSECONDS.toMicros(now - nanos);
        }
    }

    /** Takes a server's time, epoch microseconds, out of an answer that has just come. */
    void told(long micros) {
        long now = nanos.getAsLong();
        Told known = told;
        if (known == null || now - known.nanos() > OLD_NANOS || micros > known.at(now)) {
            told = new Told(micros, now);
        }
    }

    /** The server's time, epoch microseconds; negative where nothing was told of late. */
    long micros() {
        long now = nanos.getAsLong();
        Told known = told;
        return known == null || now - known.nanos() > 2 * OLD_NANOS ? -1 : known.at(now);
    }
}
