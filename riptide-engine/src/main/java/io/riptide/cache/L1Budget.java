package io.riptide.cache;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the shares of all tenants together within one bound. Each active tenant may hold the bound divided by the
 * number of active tenants, rounded up to a power of two: so the sum never exceeds the bound, and a tenant that comes
 * or goes makes the others' maxima move only when that power changes.
 */
final class L1Budget {
    private final long maximumBytes;
    private final Set<TenantCache> active = new HashSet<>();
    private int parts = 1;

    L1Budget(long maximumBytes) {
        this.maximumBytes = maximumBytes;
    }

    /** Counts a tenant in and gives it its share. */
    synchronized L1Share activate(TenantCache tenant) {
        active.add(tenant);
        divide();
        return tenant.newShare(maximumBytes / parts);
    }

    /** Counts a tenant out and takes its share, which is null where it had none. */
    synchronized @Nullable L1Share deactivate(TenantCache tenant) {
        L1Share was = tenant.takeShare();
        if (active.remove(tenant)) {
            divide();
        }
        return was;
    }

    /** What one active tenant may hold now. */
    synchronized long share() {
        return maximumBytes / parts;
    }

    /** Those active now. */
    synchronized Set<TenantCache> active() {
        return Set.copyOf(active);
    }

    private void divide() {
        int now = active.size() <= 1 ? 1 : Integer.highestOneBit(active.size() - 1) << 1;
        if (now != parts) {
            parts = now;
            active.forEach(tenant -> tenant.shareChanged(maximumBytes / parts));
        }
    }
}
