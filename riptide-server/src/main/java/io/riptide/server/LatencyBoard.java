package io.riptide.server;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/** How long requests took: all together, and by tenant for those that are active, as many as are kept. */
final class LatencyBoard {
    private static final int MAX_TENANTS = 10_000;
    private static final int STRIPES = 4;
    private static final double[] NOTHING = {};

    private final Latencies all = new Latencies(STRIPES);
    private final ConcurrentMap<String, Latencies> byTenant = new ConcurrentHashMap<>();

    /** Adds a request, which may have been nobody's. */
    void record(@Nullable String tenantId, long nanos) {
        all.record(nanos);
        if (tenantId == null) {
            return;
        }
        Latencies own = byTenant.get(tenantId);
        if (own == null && byTenant.size() < MAX_TENANTS) {
            own = byTenant.computeIfAbsent(tenantId, id -> new Latencies(1));
        }
        if (own != null) {
            own.record(nanos);
        }
    }

    /** Quantiles in milliseconds of one tenant or of all; none where nothing is known. */
    double[] quantiles(@Nullable String tenantId, double... shares) {
        Latencies asked = tenantId == null ? all : byTenant.get(tenantId);
        return asked == null ? NOTHING : asked.quantiles(shares);
    }

    /** Forgets tenants that had no request since the last call. */
    void forgetIdle() {
        byTenant.values().removeIf(Latencies::idleSinceLastCall);
    }
}
