package io.riptide.spi;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Keeps rings in memory. Guarded by itself. */
final class MemoryKeyringStore implements KeyringStore {
    /** By tenant, then by when that was made. */
    private final TreeMap<String, TreeMap<Long, Ring>> tenants = new TreeMap<>();

    private final Map<Use, Long> uses = new HashMap<>();

    private record Use(String tenantId, long createdMillis, int number) {}

    @Override
    public synchronized List<Ring> rings(@Nullable String afterTenant, int limit) {
        return (afterTenant == null ? tenants : tenants.tailMap(afterTenant, false))
                .values().stream()
                        .limit(limit)
                        .map(rings -> rings.lastEntry().getValue())
                        .toList();
    }

    @Override
    public synchronized @Nullable Ring ring(String tenantId) {
        TreeMap<Long, Ring> rings = tenants.get(tenantId);
        return rings == null ? null : rings.lastEntry().getValue();
    }

    private @Nullable Ring ring(String tenantId, long createdMillis) {
        TreeMap<Long, Ring> rings = tenants.get(tenantId);
        return rings == null ? null : rings.get(createdMillis);
    }

    private void put(Ring ring) {
        tenants.computeIfAbsent(ring.tenantId(), id -> new TreeMap<>()).put(ring.tenantCreatedMillis(), ring);
    }

    @Override
    public synchronized Ring begin(Ring ring) {
        Ring there = ring(ring.tenantId(), ring.tenantCreatedMillis());
        if (there != null) {
            return there;
        }
        put(ring);
        return ring;
    }

    @Override
    public synchronized @Nullable Ring add(String tenantId, long tenantCreatedMillis, WrappedKey key) {
        Ring there = ring(tenantId, tenantCreatedMillis);
        if (there == null || there.newest().number() + 1 != key.number()) {
            return there;
        }
        List<WrappedKey> keys = new ArrayList<>(there.keys());
        keys.add(key);
        put(new Ring(tenantId, tenantCreatedMillis, there.nameSecret(), there.active(), keys));
        return ring(tenantId, tenantCreatedMillis);
    }

    @Override
    public synchronized boolean activate(String tenantId, long tenantCreatedMillis, boolean active) {
        Ring there = ring(tenantId, tenantCreatedMillis);
        if (there != null) {
            put(new Ring(tenantId, tenantCreatedMillis, there.nameSecret(), active, there.keys()));
        }
        return there != null;
    }

    @Override
    public synchronized long reserve(String tenantId, long tenantCreatedMillis, int number, long more) {
        Ring there = ring(tenantId, tenantCreatedMillis);
        boolean known = there != null && there.keys().stream().anyMatch(key -> key.number() == number);
        return known ? uses.merge(new Use(tenantId, tenantCreatedMillis, number), more, Long::sum) : -1;
    }

    @Override
    public synchronized void destroy(String tenantId) {
        tenants.remove(tenantId);
        uses.keySet().removeIf(use -> use.tenantId().equals(tenantId));
    }

    @Override
    public void close() {
        // It holds nothing open.
    }
}
