package io.riptide.billing;

import io.riptide.spi.ControlStore;
import io.riptide.spi.EntryStore;
import io.riptide.spi.TenantRecord;
import io.riptide.spi.Time;
import io.riptide.spi.UsageColumn;
import io.riptide.spi.UsageStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Meters what tenants store: looks at each every ten minutes and keeps, for the hour, the most that it saw, as so many
 * bytes for an hour. Who looks does not matter, nor how often: the larger number stays, so that neither a restart nor
 * another node that looks too counts anything twice. What an hour is charged lies between the least and the most that
 * was stored in it; what comes and goes between two looks may not be seen; where no process ran for the whole of an
 * hour, that hour is not charged.
 *
 * <p>Costs a read of the account of each tenant, a page of tenants at a time. Threads: one at a time.
 */
public final class StorageSampler {
    /** From one look to the next. */
    public static final long PERIOD_MILLIS = 600_000;

    /** Under this name in place of a process's, whichever it is. */
    private static final String EPOCH = "storage";

    private static final int PAGE = 1_000;

    private final EntryStore entries;
    private final ControlStore control;
    private final UsageStore usage;
    private final @Nullable TenantRecord byConfiguration;
    private final Time time;

    /**
     * Over these stores.
     *
     * @param byConfiguration the tenant that is there by configuration, or null
     */
    public StorageSampler(
            EntryStore entries,
            ControlStore control,
            UsageStore usage,
            @Nullable TenantRecord byConfiguration,
            Time time) {
        this.entries = entries;
        this.control = control;
        this.usage = usage;
        this.byConfiguration = byConfiguration;
        this.time = time;
    }

    /**
     * Looks at all tenants.
     *
     * @throws io.riptide.problem.RipTideException {@code store-unavailable}; may be tried again
     */
    public void look() {
        if (byConfiguration != null) {
            keep(List.of(byConfiguration));
        }
        String after = null;
        List<TenantRecord> page;
        do {
            page = control.tenants(after, PAGE, null, null);
            keep(page);
            after = page.isEmpty() ? null : page.getLast().id();
        } while (page.size() == PAGE);
    }

    private void keep(List<TenantRecord> tenants) {
        long hour = Math.floorDiv(time.wallMillis(), TimeUnit.HOURS.toMillis(1));
        List<UsageStore.Row> rows = new ArrayList<>();
        for (TenantRecord tenant : tenants) {
            // One that had the id before stores nothing now.
            boolean gone = tenant.status() == TenantRecord.Status.DELETING
                    || (byConfiguration != null
                            && byConfiguration.id().equals(tenant.id())
                            && byConfiguration.createdMillis() != tenant.createdMillis());
            long bytes = gone ? 0 : entries.usage(tenant.id()).bytes();
            if (bytes > 0) {
                long[] counts = new long[UsageColumn.count()];
                counts[UsageColumn.STORAGE_BYTE_HOURS.ordinal()] = bytes;
                rows.add(new UsageStore.Row(EPOCH, tenant.id(), tenant.createdMillis(), hour, counts));
            }
        }
        usage.keep(rows);
    }
}
