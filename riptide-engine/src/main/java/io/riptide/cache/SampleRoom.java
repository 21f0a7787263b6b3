package io.riptide.cache;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Memory for the samples of all namespaces together, of which one tenant gets a quarter at most, so that it cannot keep
 * the others from being sampled. Any number of threads.
 */
final class SampleRoom {
    static final long MAX_BYTES = 32L << 20;
    static final long MAX_TENANT_BYTES = MAX_BYTES / 4;

    private final AtomicLong taken = new AtomicLong();
    private final ConcurrentMap<String, Long> byTenant = new ConcurrentHashMap<>();

    /** Takes room where there is enough. */
    boolean take(String tenantId, int bytes) {
        if (taken.addAndGet(bytes) > MAX_BYTES) {
            taken.addAndGet(-bytes);
            return false;
        }
        long now = byTenant.merge(tenantId, (long) bytes, Long::sum);
        if (now > MAX_TENANT_BYTES) {
            giveBack(tenantId, bytes);
            return false;
        }
        return true;
    }

    void giveBack(String tenantId, long bytes) {
        taken.addAndGet(-bytes);
        byTenant.computeIfPresent(tenantId, (id, held) -> held == bytes ? null : held - bytes);
    }

    long taken() {
        return taken.get();
    }
}
