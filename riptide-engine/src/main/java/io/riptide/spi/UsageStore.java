package io.riptide.spi;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What tenants used, by hour, as each process counted it. A process tells the same row again and again, as it counts
 * on, and numbers in it only grow: of what is told twice, or late, the larger number stays. So nothing that was kept is
 * lost by a retry or counted twice.
 */
public interface UsageStore extends AutoCloseable {
    /** For programs that keep it nowhere: in memory, for three months. */
    static UsageStore inMemory() {
        return new MemoryUsageStore();
    }

    /**
     * Keeps rows: durable when this returns.
     *
     * @throws io.riptide.problem.RipTideException {@code store-unavailable}; they may have been kept or not
     */
    void keep(List<Row> rows);

    /**
     * What a tenant used, over all processes, by {@link UsageColumn}.
     *
     * @param tenantCreatedMillis of the tenant that is meant: an id may be given anew
     * @param fromHour the first hour since the epoch
     * @param toHour the hour after the last one
     * @throws io.riptide.problem.RipTideException {@code store-unavailable}
     */
    long[] sum(String tenantId, long tenantCreatedMillis, long fromHour, long toHour);

    /**
     * What a tenant used from an hour on, without what one process told of its own later hours: that one knows better.
     *
     * @param epoch the process that is left out
     * @param epochHour from which hour on it is
     * @throws io.riptide.problem.RipTideException {@code store-unavailable}
     */
    long[] sumWithout(String tenantId, long tenantCreatedMillis, long fromHour, String epoch, long epochHour);

    /**
     * Folds the hours before an hour into days, a row for each tenant and day (UTC) in place of one for each process
     * and hour; sums over whole days stay what they are. A few tenants at a time, each in one transaction, in the
     * order of their ids. May be done again: what is folded stays, what was told since joins its day.
     *
     * @param after the last tenant of the step before, or null
     * @param beforeHour the beginning of a day, so long ago that nobody tells of the hours before it again
     * @return the last tenant of this step, or null where it was the last step
     * @throws io.riptide.problem.RipTideException {@code store-unavailable}
     */
    @Nullable TenantKey fold(@Nullable TenantKey after, long beforeHour);

    /** Ends it; idempotent. */
    @Override
    void close();

    /**
     * What one process counted of a tenant in an hour.
     *
     * @param epoch which process, unlike any other at any time
     * @param tenantId whose usage
     * @param tenantCreatedMillis when the tenant was made, epoch milliseconds
     * @param hour hours since the epoch, in UTC
     * @param counts by {@link UsageColumn}; none is negative
     */
    record Row(String epoch, String tenantId, long tenantCreatedMillis, long hour, long[] counts) {}
}
