package io.riptide.spi;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Keeps usage in memory. Guarded by itself. */
final class MemoryUsageStore implements UsageStore {
    private static final long HOURS_A_DAY = 24;
    private static final long HOURS_KEPT = 93 * HOURS_A_DAY;

    private final Map<Key, long[]> rows = new HashMap<>();
    private long newestHour = Long.MIN_VALUE;

    private record Key(String epoch, String tenantId, long createdMillis, long hour) {}

    @Override
    public synchronized void keep(List<Row> told) {
        for (Row row : told) {
            Key key = new Key(row.epoch(), row.tenantId(), row.tenantCreatedMillis(), row.hour());
            long[] kept = rows.computeIfAbsent(key, k -> new long[UsageColumn.count()]);
            for (int i = 0; i < kept.length; i++) {
                kept[i] = Math.max(kept[i], row.counts()[i]);
            }
            if (row.hour() > newestHour) {
                newestHour = row.hour();
                rows.keySet().removeIf(old -> old.hour() < newestHour - HOURS_KEPT);
            }
        }
    }

    @Override
    public long[] sum(String tenantId, long tenantCreatedMillis, long fromHour, long toHour) {
        return sum(tenantId, tenantCreatedMillis, key -> key.hour() >= fromHour && key.hour() < toHour);
    }

    @Override
    public long[] sumWithout(String tenantId, long tenantCreatedMillis, long fromHour, String epoch, long epochHour) {
        return sum(
                tenantId,
                tenantCreatedMillis,
                key -> key.hour() >= fromHour && !(key.epoch().equals(epoch) && key.hour() >= epochHour));
    }

    private synchronized long[] sum(String tenantId, long createdMillis, Predicate<Key> wanted) {
        long[] sum = new long[UsageColumn.count()];
        rows.forEach((key, counts) -> {
            if (key.tenantId().equals(tenantId) && key.createdMillis() == createdMillis && wanted.test(key)) {
                add(sum, counts);
            }
        });
        return sum;
    }

    private static void add(long[] sum, long[] counts) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] += counts[i];
        }
    }

    @Override
    public synchronized @Nullable TenantKey fold(@Nullable TenantKey after, long beforeHour) {
        Map<Key, long[]> days = new HashMap<>();
        rows.forEach((key, counts) -> {
            if (key.hour() < beforeHour) {
                long day = key.hour() - Math.floorMod(key.hour(), HOURS_A_DAY);
                add(
                        days.computeIfAbsent(
                                new Key("", key.tenantId(), key.createdMillis(), day),
                                k -> new long[UsageColumn.count()]),
                        counts);
            }
        });
        rows.keySet().removeIf(key -> key.hour() < beforeHour);
        rows.putAll(days);
        return null;
    }

    @Override
    public void close() {
        // Holds nothing.
    }
}
