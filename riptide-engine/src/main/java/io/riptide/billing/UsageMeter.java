package io.riptide.billing;

import io.riptide.observe.CacheOperation;
import io.riptide.observe.CacheResult;
import io.riptide.spi.Time;
import io.riptide.spi.UsageColumn;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Counts what one tenant did. The adds are uncontended and neither wait nor allocate; the sums are exact once the
 * adding threads have returned.
 */
public final class UsageMeter {
    private static final int SECONDS = 60;

    /** What is counted. */
    public enum Meter {
        /** Single keys answered from the first tier. */
        HIT_L1(UsageColumn.HIT_L1, CacheOperation.GET, CacheResult.HIT_L1),
        /** Single keys answered from the second tier. */
        HIT_L2(UsageColumn.HIT_L2, CacheOperation.GET, CacheResult.HIT_L2),
        /** Single keys that were not there. */
        MISS(UsageColumn.MISS, CacheOperation.GET, CacheResult.MISS),
        /** Single keys answered with an entry that had ended, as the caller or its namespace allows: no hit. */
        STALE(UsageColumn.STALE, CacheOperation.GET, CacheResult.MISS),
        /** Keys of batches answered from the first tier. */
        BATCH_HIT_L1(UsageColumn.HIT_L1, CacheOperation.BATCH_GET, CacheResult.HIT_L1),
        /** Keys of batches answered from the second tier. */
        BATCH_HIT_L2(UsageColumn.HIT_L2, CacheOperation.BATCH_GET, CacheResult.HIT_L2),
        /** Keys of batches that were not there. */
        BATCH_MISS(UsageColumn.MISS, CacheOperation.BATCH_GET, CacheResult.MISS),
        /** Single keys written. */
        PUT(UsageColumn.WRITE, CacheOperation.PUT, CacheResult.OK),
        /** Keys of batches written. */
        BATCH_PUT(UsageColumn.WRITE, CacheOperation.BATCH_PUT, CacheResult.OK),
        /** Keys deleted. */
        DELETE(UsageColumn.DELETE, CacheOperation.DELETE, CacheResult.OK),
        /** Listings. */
        LIST(UsageColumn.LIST),
        /** Removals of a namespace, a tag or more keys at once. */
        INVALIDATE(UsageColumn.INVALIDATE, CacheOperation.INVALIDATE, CacheResult.OK),
        /** Pages fetched past the cache, each a load too; one read through it counts as a hit or a miss. */
        FETCH(UsageColumn.FETCH),
        /** Values asked of a loader or an origin; the read or fetch that asked for it is counted by itself. */
        LOAD(UsageColumn.LOAD, CacheOperation.LOAD, CacheResult.OK),
        /** Loads that failed, page or value: free, and the read that asked is not counted. */
        LOAD_FAILED(UsageColumn.LOAD_FAILED, CacheOperation.LOAD, CacheResult.ERROR),
        /** Bytes of values taken from the tenant. */
        BYTES_IN(UsageColumn.BYTES_IN),
        /** Bytes of values and pages sent to the tenant. */
        BYTES_OUT(UsageColumn.BYTES_OUT),
        /** Of the misses, those of entries that had ended and whose bytes were still there. */
        MISS_EXPIRED(null),
        /** Of the misses, those of entries that a removal of many had taken and whose bytes were still there. */
        MISS_REMOVED(null),
        /** Stored bytes that did not open, each a miss. */
        DAMAGED(null),
        /** Entries that left the first tier for want of room. */
        EVICTED_BY_SIZE(null),
        /** Entries that left the first tier because they had ended. */
        EVICTED_EXPIRED(null),
        /** Entries that left the second tier for others, which the tenant's storage quota did not hold beside them. */
        EVICTED_FOR_STORAGE(null),
        /** Bytes of values as they were given to be written, whatever came of the write. */
        VALUE_BYTES(null),
        /** Bytes of the envelopes that those values became. */
        STORED_BYTES(null);

        private final @Nullable UsageColumn column;
        private final int cell;

        Meter(@Nullable UsageColumn column) {
            this.column = column;
            this.cell = -1;
        }

        Meter(UsageColumn column, CacheOperation cacheOperation, CacheResult result) {
            this.column = column;
            this.cell = cacheOperation.cell(result);
        }
    }

    private static final Meter[] METERS = Meter.values();

    private final LongAdder[] counts = new LongAdder[METERS.length];
    private final long[] lastMinute = new long[SECONDS];
    private final Time time;
    private long sampledSecond;
    private volatile boolean untold;
    /** By operation and result; made when there is something to count, for most tenants are never refused. */
    private volatile @Nullable AtomicLongArray free;

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
        mark();
    }

    /** Counts several. */
    public void add(Meter meter, long n) {
        counts[meter.ordinal()].add(n);
        mark();
    }

    /**
     * After the count, so that who takes the mark away and then sums has either seen the count or finds the mark again.
     * Written once between two rounds: until then all who count only read it.
     */
    private void mark() {
        if (!untold) {
            untold = true;
        }
    }

    /** Whether anything was counted since {@link #takeUntold} was called last; without a sum. */
    boolean hasUntold() {
        return untold;
    }

    /** The same, and takes the mark away. */
    boolean takeUntold() {
        if (!untold) {
            return false;
        }
        untold = false;
        return true;
    }

    /** Counts what is no usage, and so under no {@link Meter}: what was refused or failed, or another's doing. */
    public void addFree(CacheOperation operation, CacheResult result, int keys) {
        AtomicLongArray made = free;
        (made == null ? makeFree() : made).addAndGet(operation.cell(result), keys);
    }

    private synchronized AtomicLongArray makeFree() {
        AtomicLongArray made = free;
        if (made == null) {
            made = new AtomicLongArray(CacheOperation.CELLS);
            free = made;
        }
        return made;
    }

    /** How many so far. */
    public long count(Meter meter) {
        return counts[meter.ordinal()].sum();
    }

    /**
     * Tells what came of operations on the cache so far.
     *
     * @param cells of {@link CacheOperation#CELLS}; is filled anew
     */
    public void cells(long[] cells) {
        AtomicLongArray others = free;
        for (int i = 0; i < cells.length; i++) {
            cells[i] = others == null ? 0 : others.get(i);
        }
        for (Meter meter : METERS) {
            if (meter.cell >= 0) {
                cells[meter.cell] += count(meter);
            }
        }
    }

    /** What is kept of it so far, by {@link UsageColumn}. */
    public long[] usage() {
        long[] counts = new long[UsageColumn.count()];
        for (Meter meter : METERS) {
            if (meter.column != null) {
                counts[meter.column.ordinal()] += count(meter);
            }
        }
        return counts;
    }

    /** Whether anything was counted. */
    public boolean counted() {
        if (free != null) {
            return true;
        }
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
            if (meter.column != null && meter.column.isOperation()) {
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
