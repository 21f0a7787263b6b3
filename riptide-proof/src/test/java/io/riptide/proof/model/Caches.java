package io.riptide.proof.model;

import io.riptide.cache.PersistentCacheManager;
import io.riptide.cache.TenantCache;
import io.riptide.config.PersistenceConfig;
import io.riptide.grant.TenantGrant;
import io.riptide.spi.EntryStore;
import io.riptide.spi.Quotas;
import io.riptide.spi.TenantRecord;
import io.riptide.spi.Time;

/** The cache of some tenants over a store, with quotas that no test here meets. */
record Caches(PersistentCacheManager manager, Time time) {
    private static final Quotas PLENTY = new Quotas(8L << 20, 1_000_000_000, 1L << 40, 1);

    static Caches over(EntryStore store, Time time) {
        return new Caches(
                new PersistentCacheManager(
                        PersistenceConfig.defaults().cache(),
                        store,
                        time,
                        Thread::startVirtualThread,
                        Runnable::run,
                        Runnable::run),
                time);
    }

    TenantGrant grant(String tenant) {
        TenantRecord row = new TenantRecord(
                tenant, tenant, "", "", "free", TenantRecord.Status.ACTIVE, null, PLENTY, "{}", 0, 0, 1);
        return new TenantGrant(row, time);
    }

    TenantCache tenant(String tenant) {
        return manager.open(grant(tenant));
    }
}
