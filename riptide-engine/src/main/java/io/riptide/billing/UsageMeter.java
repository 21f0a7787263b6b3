package io.riptide.billing;

import io.riptide.spi.Time;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts what one tenant did. The adds are uncontended and neither wait nor allocate; the sums are exact once the
 * adding threads have returned.
 */
public final class UsageMeter {
    private static final int SECONDS = 60;

    /** What is counted. */
    public enum Meter {
        /** Keys answered from the first tier. */
        HIT_L1(true),
        /** Keys answered from the second tier. */
        HIT_L2(true),
        /** Keys that were not there. */
        MISS(true),
        /** Keys written. */
        PUT(true),
        /** Keys deleted. */
        DELETE(true),
        /** Listings. */
        LIST(true),
        /** Removals of a namespace, a tag or more keys at once. */
        INVALIDATE(true),
        /** Pages fetched past the cache; one read through it counts as a hit or a miss. */
        FETCH(true),
        /** Values that a loader brought; the read that asked for it is counted by itself. */
        LOAD(false),
        /** Loads that failed, page or value: free, and the read that asked is not counted. */
        LOAD_FAILED(false),
        /** Bytes of values and pages sent to the tenant and taken from it. */
        TRANSFER_BYTES(false),
        /** Stored bytes that did not open, each a miss. */
        DAMAGED(false),
        /** Entries that left the first tier for want of room. */
        EVICTED_BY_SIZE(false),
        /** Entries that left the first tier because they had ended. */
        EVICTED_EXPIRED(false),
        /** Bytes of values as they were given to be written, whatever came of the write. */
        VALUE_BYTES(false),
        /** Bytes of the envelopes that those values became. */
        STORED_BYTES(false);

        private final boolean operation;

        Meter(boolean operation) {
            this.operation = operation;
        }
    }

    private static final Meter[] METERS = Meter.values();

    private final LongAdder[] counts = new LongAdder[METERS.length];
    private final long[] lastMinute = new long[SECONDS];
    private final Time time;
    private long sampledSecond;

    /** All at zero. */
    public UsageMeter(Time time) {
        this.time = time;
        for (int i = 0; i < counts.length; i++) {
            counts[i] = new LongAdder();
        }
        sampledSecond = second();
    }

    /** Counts one. */
    public void add(Meter meter) {
        counts[meter.ordinal()].increment();
    }

    /** Counts several. */
    public void add(Meter meter, long n) {
        counts[meter.ordinal()].add(n);
    }

    /** How many so far. */
    public long count(Meter meter) {
        return counts[meter.ordinal()].sum();
    }

    /** Whether anything was counted. */
    public boolean counted() {
        for (Meter meter : METERS) {
            if (count(meter) != 0) {
                return true;
            }
        }
        return false;
    }

    /** Operations so far, as the contract counts them. */
    public long operations() {
        long sum = 0;
        for (Meter meter : METERS) {
            if (meter.operation) {
                sum += count(meter);
            }
        }
        return sum;
    }

    /** Notes the second's total; called about once a second for tenants that are active. */
    public synchronized void sample() {
        long now = second();
        long total = operations();
        long from = Math.max(sampledSecond + 1, now - SECONDS + 1);
        for (long s = from; s <= now; s++) {
            lastMinute[(int) Math.floorMod(s, (long) SECONDS)] = total;
        }
        sampledSecond = Math.max(sampledSecond, now);
    }

    /** Operations in the last 60 seconds, to a second. */
    public synchronized long operationsLastMinute() {
        sample();
        return operations() - lastMinute[(int) Math.floorMod(sampledSecond + 1, (long) SECONDS)];
    }

    private long second() {
        return Math.floorDiv(time.nanoTime(), 1_000_000_000L);
    }
}
