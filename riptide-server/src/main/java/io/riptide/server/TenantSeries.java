package io.riptide.server;

import io.riptide.billing.UsageTotals;
import io.riptide.config.BillingConfig;
import io.riptide.grant.TenantGrant;
import io.riptide.observe.CacheOperation;
import io.riptide.observe.CacheResult;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What metrics show under one label: a tenant's figures, or those of all others. {@link TenantFigures} guards it. */
final class TenantSeries {
    private static final long IDLE_NANOS = TimeUnit.HOURS.toNanos(24);
    private static final CacheOperation[] READS = {CacheOperation.GET, CacheOperation.BATCH_GET};

    private final String label;
    private final HitWindow window;
    private final long[] counts = new long[TenantCells.COUNT];
    private volatile @Nullable TenantGrant grant;
    private long activeNanos;
    private double hitRate = Double.NaN;
    private long memoryBytes;
    private double storeBytes;
    private double operationsShare;
    private double memoryShare;
    private double storageShare;
    private @Nullable UsageTotals billed;
    private long billedNanos;

    TenantSeries(String label, long nowNanos) {
        this.label = label;
        this.window = new HitWindow(nowNanos);
        this.activeNanos = nowNanos;
    }

    /** Takes over what the tenant has used of what is billed. */
    void billing(UsageTotals used, long nowNanos) {
        billed = used;
        billedNanos = nowNanos;
    }

    /** Whether what is known of that is older than so long, or nothing is. */
    boolean billingIsOlder(long nowNanos, long nanos) {
        return billed == null || nowNanos - billedNanos >= nanos;
    }

    /** NaN where it is not known. */
    double billingUnits(BillingConfig.Meter meter) {
        UsageTotals used = billed;
        return used == null ? Double.NaN : used.units(meter);
    }

    String label() {
        return label;
    }

    /** Whose it is; null for the others. */
    @Nullable TenantGrant grant() {
        return grant;
    }

    /** Says whose it is; any thread. */
    void belongsTo(TenantGrant owner) {
        grant = owner;
    }

    /** Notes that something was counted. */
    void active(long nowNanos) {
        activeNanos = nowNanos;
    }

    /** Whether the tenant is to be named no more: it did nothing for a day, or is being deleted. */
    boolean isOver(long nowNanos) {
        TenantGrant owner = grant;
        return nowNanos - activeNanos >= IDLE_NANOS || (owner != null && TenantFigures.isGone(owner));
    }

    /** Adds to a count, by its place among {@link TenantCells}. */
    void add(int cell, long more) {
        counts[cell] += more;
    }

    long count(int cell) {
        return counts[cell];
    }

    /** Moves the window of the hit rate on. */
    void pass(long nowNanos) {
        long hits = 0;
        long misses = 0;
        for (CacheOperation read : READS) {
            hits += counts[read.cell(CacheResult.HIT_L1)] + counts[read.cell(CacheResult.HIT_L2)];
            misses += counts[read.cell(CacheResult.MISS)];
        }
        hitRate = window.rate(nowNanos, hits, hits + misses);
    }

    /** NaN where nothing was read. */
    double hitRate() {
        return hitRate;
    }

    /** How much of its quotas it has used, 0 to 1; NaN where that is not known. */
    void quotas(double operations, double memory, double storage) {
        operationsShare = operations;
        memoryShare = memory;
        storageShare = storage;
    }

    double operationsShare() {
        return operationsShare;
    }

    double memoryShare() {
        return memoryShare;
    }

    double storageShare() {
        return storageShare;
    }

    void usage(long memory, double store) {
        memoryBytes = memory;
        storeBytes = store;
    }

    long memoryBytes() {
        return memoryBytes;
    }

    double storeBytes() {
        return storeBytes;
    }
}
