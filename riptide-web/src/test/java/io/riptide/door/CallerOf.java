package io.riptide.door;

import io.riptide.cache.PersistentCacheManager;
import io.riptide.grant.TenantGrant;
import io.riptide.spi.Quotas;
import io.riptide.spi.TenantRecord;
import io.riptide.spi.Time;
import java.util.Set;

/** Callers without the credentials that the door asks for: what is tested lies behind it. */
public final class CallerOf {
    private CallerOf() {}

    /** A caller of a new tenant with that many operations a minute. */
    public static TenantCaller tenant(String id, long operationsPerMinute, PersistentCacheManager cache, Time time) {
        return tenant(id, new Quotas(10_000_000, operationsPerMinute, 100_000_000, 10), cache, time);
    }

    /** A caller of a new tenant with these quotas. */
    public static TenantCaller tenant(String id, Quotas quotas, PersistentCacheManager cache, Time time) {
        TenantRecord row = new TenantRecord(
                id, id, "o", "o@example.com", "free", TenantRecord.Status.ACTIVE, null, quotas, "{}", 0, 0, 1);
        TenantGrant grant = new TenantGrant(row, time);
        return new TenantCaller("key", grant, cache.open(grant), Set.of());
    }
}
