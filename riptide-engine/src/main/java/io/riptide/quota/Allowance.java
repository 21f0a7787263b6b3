package io.riptide.quota;

import io.riptide.spi.Time;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A token bucket that holds one minute's permits, starts full and refills evenly, kept as one number: the instant at
 * which it would be full again (the "theoretical arrival time" of the generic cell rate algorithm, ITU-T I.371). To
 * take is to move that instant on by the price of a permit; it may never lie more than a minute ahead. Monotonic time
 * alone is read, so a wall clock that jumps changes nothing.
 *
 * <p>Time is kept in units of 1/16 of a nanosecond, so that a price is exact to 2^-4 ns and rates of up to a billion
 * operations a minute hold to within a thousandth.
 */
public final class Allowance {
    private static final long MINUTE_NANOS = 60_000_000_000L;
    private static final int FRACTION_BITS = 4;
    private static final long WINDOW = MINUTE_NANOS << FRACTION_BITS;

    private final Time time;
    private final long origin;
    private final AtomicLong fullAt;
    private volatile Rate rate;

    /** A full bucket of so many operations a minute, from 1 to a billion. */
    public Allowance(long operationsPerMinute, Time time) {
        this.time = time;
        this.origin = time.nanoTime();
        this.rate = Rate.of(operationsPerMinute);
        this.fullAt = new AtomicLong();
    }

    /** A new limit from now on. What is used stays used, as a share of the minute. */
    public void limit(long operationsPerMinute) {
        rate = Rate.of(operationsPerMinute);
    }

    /** Permits in a minute; also what the bucket holds at most. */
    public long limit() {
        return rate.limit;
    }

    /**
     * Takes permits, all or none.
     *
     * @return zero where they were granted, else after how many nanoseconds (at least one) they could be
     */
    public long take(int permits) {
        Rate r = rate;
        long price = r.price * permits;
        while (true) {
            long now = now();
            long at = fullAt.get();
            long next = Math.max(at, now) + price;
            if (next - now > r.window) {
                return Math.max(1, (next - now - r.window) >> FRACTION_BITS);
            }
            if (fullAt.compareAndSet(at, next)) {
                return 0;
            }
        }
    }

    /** Gives permits back that were taken for what then did not count. */
    public void giveBack(int permits) {
        fullAt.addAndGet(-rate.price * permits);
    }

    /** How things stand now. */
    public Probe probe() {
        Rate r = rate;
        long used = Math.max(0, fullAt.get() - now());
        long remaining = Math.max(0, (r.window - used) / r.price);
        return new Probe(r.limit, remaining, used >> FRACTION_BITS);
    }

    private long now() {
        return (time.nanoTime() - origin) << FRACTION_BITS;
    }

    /**
     * How a bucket stands.
     *
     * @param limit what it holds at most
     * @param remaining what it holds
     * @param resetNanos until it is full
     */
    public record Probe(long limit, long remaining, long resetNanos) {}

    private record Rate(long limit, long price, long window) {
        static Rate of(long limit) {
            if (limit < 1 || limit > 1_000_000_000) {
                throw new IllegalArgumentException("operations_per_minute: " + limit + " (expected: 1 to 1000000000)");
            }
            // Rounded up, so that no more than the limit is ever granted; the window is a whole number of prices.
            long price = (WINDOW + limit - 1) / limit;
            return new Rate(limit, price, price * limit);
        }
    }
}
