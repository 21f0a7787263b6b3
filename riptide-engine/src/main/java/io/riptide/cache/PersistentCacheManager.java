package io.riptide.cache;

import io.riptide.config.CacheConfig;
import io.riptide.grant.TenantGrant;
import io.riptide.spi.EntryStore;
import io.riptide.spi.StoreUsage;
import io.riptide.spi.Time;

/** Entries of all tenants: makes a {@link TenantCache} for a grant and keeps the sum of their L1 shares bounded. */
public final class PersistentCacheManager {
    /** Over this store. */
    public PersistentCacheManager(CacheConfig config, EntryStore store, Time time) {
        throw new UnsupportedOperationException();
    }

    /** The capability for a grant; the same L1 share for every call with a grant of that tenant. */
    public TenantCache open(TenantGrant grant) {
        throw new UnsupportedOperationException();
    }

    /** What a tenant occupies in the store. */
    public StoreUsage usage(TenantGrant grant) {
        throw new UnsupportedOperationException();
    }

    /** Removes every trace of a tenant whose grant has ended; waits for its writers. */
    public void erase(TenantGrant ended) {
        throw new UnsupportedOperationException();
    }

    /** How all tenants together do. */
    public CacheStats stats() {
        throw new UnsupportedOperationException();
    }

    /** Housekeeping, about once a second by one thread: sweeps the store, drops idle shares. */
    public void tick() {
        throw new UnsupportedOperationException();
    }
}
