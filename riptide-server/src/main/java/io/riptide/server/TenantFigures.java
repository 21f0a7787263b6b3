package io.riptide.server;

import io.riptide.billing.Period;
import io.riptide.billing.UsageTotals;
import io.riptide.cache.PersistentCacheManager;
import io.riptide.door.Door;
import io.riptide.grant.TenantGrant;
import io.riptide.observe.TenantLabels;
import io.riptide.problem.RipTideException;
import io.riptide.spi.Quotas;
import io.riptide.spi.TenantRecord;
import io.riptide.spi.Time;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;

/**
 * Gathers by label what tenants' meters have counted, and what they hold, for {@link CacheMetrics}.
 *
 * <p>What a meter has counted since it was last looked at is added to the label that its tenant has then. So no sum
 * ever decreases, and nothing is counted under two labels, whoever is named when: a tenant that is named, or named no
 * more, leaves what it did before where it was counted. What a tenant counts while it is being erased may be lost.
 *
 * <p>Named is who counts something or has a request timed, where there is room; until its row says that it is being
 * deleted, or it has counted nothing for a day.
 *
 * <p>Costs: a look at each tenant that was active since the start, each time; at the bytes of those that are named, and
 * every ten seconds of all others. One thread at a time gathers; requests are timed by any number without waiting.
 */
final class TenantFigures {
    private static final long USAGE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Door door;
    private final PersistentCacheManager cache;
    private final Time time;
    private final CacheMetrics metrics;
    private final BiFunction<TenantGrant, Long, UsageTotals> used;
    private final TenantLabels<CacheMetrics.LabelMetrics> labels;
    /** All below is guarded by this. */
    private final Map<TenantGrant, Taken> taken = new HashMap<>();

    private final long[] counts = new long[TenantCells.COUNT];
    private final TenantCells cells = new TenantCells();
    private long round;
    private long othersUsageNanos;

    /** What was taken from a meter so far, and in which round it was looked at. */
    private static final class Taken {
        private final long[] counts = new long[TenantCells.COUNT];
        private long round;
    }

    /**
     * With no tenant named yet.
     *
     * @param used tells what a tenant used from an hour on
     */
    TenantFigures(
            int named,
            Door door,
            PersistentCacheManager cache,
            Time time,
            CacheMetrics metrics,
            BiFunction<TenantGrant, Long, UsageTotals> used) {
        this.door = door;
        this.cache = cache;
        this.time = time;
        this.metrics = metrics;
        this.used = used;
        this.labels = new TenantLabels<>(named, label -> metrics.show(new TenantSeries(label, time.nanoTime())));
        this.othersUsageNanos = time.nanoTime() - USAGE_NANOS;
    }

    /** Adds a request's time. */
    void timed(TenantGrant grant, long nanos) {
        CacheMetrics.LabelMetrics own = labels.find(grant.tenantId());
        (own == null ? label(grant) : own).time(nanos);
    }

    private CacheMetrics.LabelMetrics label(TenantGrant grant) {
        CacheMetrics.LabelMetrics others = labels.others();
        if (isGone(grant)) {
            return others;
        }
        CacheMetrics.LabelMetrics own = labels.name(grant.tenantId());
        if (own != others) {
            own.series().belongsTo(grant);
        }
        return own;
    }

    static boolean isGone(TenantGrant grant) {
        return grant.status() == TenantRecord.Status.DELETING;
    }

    /** Follows a tenant's row, before its grant is taken away: one that is being deleted is named no more. */
    synchronized void changed(TenantRecord tenant) {
        if (tenant.status() == TenantRecord.Status.DELETING) {
            gather();
            CacheMetrics.LabelMetrics own = labels.forget(tenant.id());
            if (own != null) {
                own.remove();
            }
        }
    }

    /** Gathers; called every few seconds, so that the windows of hit rates move on and idle tenants are forgotten. */
    synchronized void tick() {
        gather();
        long now = time.nanoTime();
        labels.forgetWhere(own -> own.series().isOver(now)).forEach(CacheMetrics.LabelMetrics::remove);
        labels.named().forEach(own -> own.series().pass(now));
        labels.others().series().pass(now);
    }

    /** All as it is now, printed. */
    synchronized byte[] print(String contentType) {
        tick();
        for (CacheMetrics.LabelMetrics own : labels.named()) {
            TenantGrant grant = own.series().grant();
            if (grant != null) {
                usage(own.series(), grant);
                billing(own, grant);
            }
            own.showHitRate();
        }
        labels.others().showHitRate();
        long now = time.nanoTime();
        if (now - othersUsageNanos >= USAGE_NANOS) {
            othersUsageNanos = now;
            othersUsage();
        }
        return metrics.print(contentType);
    }

    private void usage(TenantSeries series, TenantGrant grant) {
        long memory = cache.memoryBytes(grant);
        double store = storeBytes(grant);
        Quotas quotas = grant.quotas();
        series.usage(memory, store);
        series.quotas(
                grant.operationsShare(),
                Quotas.share((double) memory, quotas.memoryBytes()),
                Quotas.share(store, quotas.storageBytes()));
    }

    /** Of the month that runs; asked of the store every ten seconds at most, and left as it was where that fails. */
    private void billing(CacheMetrics.LabelMetrics own, TenantGrant grant) {
        Period period = Period.at(time.wallMillis());
        own.showBilling(period.toString());
        long now = time.nanoTime();
        if (own.series().billingIsOlder(now, USAGE_NANOS)) {
            try {
                own.series().billing(used.apply(grant, period.fromHour()), now);
            } catch (RipTideException e) {
                // It is asked again the next time.
            }
        }
    }

    private void othersUsage() {
        long memory = 0;
        double store = 0;
        for (TenantGrant grant : taken.keySet()) {
            if (labels.find(grant.tenantId()) == null) {
                memory += cache.memoryBytes(grant);
                store += storeBytes(grant);
            }
        }
        labels.others().series().usage(memory, store);
    }

    /** NaN where the store does not answer. */
    private double storeBytes(TenantGrant grant) {
        try {
            return (double) cache.usage(grant).bytes();
        } catch (RipTideException e) {
            return Double.NaN;
        }
    }

    private void gather() {
        round++;
        for (TenantGrant grant : door.grants()) {
            Taken before = taken.get(grant);
            if (before == null) {
                if (!grant.meter().counted()) {
                    continue;
                }
                before = new Taken();
                taken.put(grant, before);
            }
            before.round = round;
            take(grant, before);
        }
        // Who has counted stays among the grants until it is erased.
        taken.entrySet().removeIf(entry -> {
            boolean erased = entry.getValue().round != round;
            if (erased) {
                take(entry.getKey(), entry.getValue());
            }
            return erased;
        });
    }

    private void take(TenantGrant grant, Taken before) {
        cells.read(grant, counts);
        TenantSeries series = null;
        for (int cell = 0; cell < counts.length; cell++) {
            long more = counts[cell] - before.counts[cell];
            if (more != 0) {
                if (series == null) {
                    series = label(grant).series();
                    series.active(time.nanoTime());
                }
                series.add(cell, more);
                before.counts[cell] = counts[cell];
            }
        }
    }
}
