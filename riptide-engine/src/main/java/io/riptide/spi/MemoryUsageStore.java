package io.riptide.spi;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Keeps usage in memory. Guarded by itself. */
final class MemoryUsageStore implements UsageStore {
    private static final long HOURS_KEPT = 62 * 24;

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
    public synchronized long[] sum(String tenantId, long tenantCreatedMillis, long fromHour, long toHour) {
        long[] sum = new long[UsageColumn.count()];
        rows.forEach((key, counts) -> {
            if (key.tenantId().equals(tenantId)
                    && key.createdMillis() == tenantCreatedMillis
                    && key.hour() >= fromHour
                    && key.hour() < toHour) {
                for (int i = 0; i < sum.length; i++) {
                    sum[i] += counts[i];
                }
            }
        });
        return sum;
    }

    @Override
    public void close() {
        // Holds nothing.
    }
}
