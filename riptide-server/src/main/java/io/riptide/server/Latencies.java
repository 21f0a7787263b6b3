package io.riptide.server;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How long requests took, in buckets that grow by an eighth of a power of two: a quantile is right to within 12.5 %.
 * From one microsecond to about a minute; what lies outside counts at the edge. Adding takes no lock and allocates
 * nothing; a few stripes keep threads apart.
 */
final class Latencies {
    private static final int STEPS_BITS = 3;
    private static final int STEPS = 1 << STEPS_BITS;
    private static final int LOWEST_BITS = 10;
    private static final int POWERS = 26;
    private static final int BUCKETS = POWERS * STEPS;
    private static final double NANOS_PER_MILLI = 1e6;

    private final int stripes;
    private final AtomicLongArray counts;
    private long seen;

    /** All at zero; the number of stripes is a power of two. */
    Latencies(int stripes) {
        this.stripes = stripes;
        this.counts = new AtomicLongArray(stripes * BUCKETS);
    }

    /** Adds one. */
    void record(long nanos) {
        int stripe = (int) Thread.currentThread().threadId() & (stripes - 1);
        counts.getAndIncrement(stripe * BUCKETS + bucket(nanos));
    }

    /** The quantiles in milliseconds, in the order asked for; zero where nothing was recorded. */
    double[] quantiles(double... shares) {
        long[] sums = new long[BUCKETS];
        long total = 0;
        for (int i = 0; i < stripes * BUCKETS; i++) {
            long n = counts.get(i);
            sums[i % BUCKETS] += n;
            total += n;
        }
        double[] out = new double[shares.length];
        for (int i = 0; i < shares.length; i++) {
            out[i] = total == 0 ? 0 : quantile(sums, (long) Math.ceil(shares[i] * total));
        }
        return out;
    }

    /** Whether nothing was added since the last call; for one thread. */
    boolean idleSinceLastCall() {
        long total = 0;
        for (int i = 0; i < stripes * BUCKETS; i++) {
            total += counts.get(i);
        }
        boolean idle = total == seen;
        seen = total;
        return idle;
    }

    private static double quantile(long[] sums, long rank) {
        long seen = 0;
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            seen += sums[bucket];
            if (seen >= rank) {
                return upper(bucket) / NANOS_PER_MILLI;
            }
        }
        return upper(BUCKETS - 1) / NANOS_PER_MILLI;
    }

    private static int bucket(long nanos) {
        long n = Math.max(nanos, 1L << LOWEST_BITS);
        int power = Long.SIZE - 1 - Long.numberOfLeadingZeros(n);
        int step = (int) (n >>> (power - STEPS_BITS)) & (STEPS - 1);
        return Math.min((power - LOWEST_BITS) * STEPS + step, BUCKETS - 1);
    }

    private static double upper(int bucket) {
        int power = bucket / STEPS + LOWEST_BITS;
        int step = bucket % STEPS;
        return (1L << power) * (1 + (step + 1) / (double) STEPS);
    }
}
