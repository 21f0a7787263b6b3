package io.riptide.cache;

import io.riptide.config.CacheConfig;
import io.riptide.entry.Codec;
import io.riptide.entry.Compressor;
import io.riptide.grant.TenantGrant;
import io.riptide.problem.Problem;
import io.riptide.problem.ProblemCode;
import io.riptide.spi.EntryStore;
import io.riptide.spi.StoreUsage;
import io.riptide.spi.Time;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** Entries of all tenants: makes a {@link TenantCache} for a grant and keeps the sum of their L1 shares bounded. */
public final class PersistentCacheManager {
    /** Rounds of housekeeping without a call after which a share is given back: about a minute. */
    private static final int IDLE_ROUNDS = 60;

    private final Tiers tiers;
    private final ConcurrentMap<String, TenantCache> caches = new ConcurrentHashMap<>();
    private int rounds;

    /** Over this store, which the caller closes. */
    public PersistentCacheManager(CacheConfig config, EntryStore store, Time time) {
        Codec codec = !config.enableCompression()
                ? Codec.NONE
                : switch (config.compressionAlgorithm()) {
                    case NONE -> Codec.NONE;
                    case LZ4 -> Codec.LZ4;
                    case ZSTD -> Codec.ZSTD;
                };
        this.tiers = new Tiers(
                config,
                store,
                time,
                new Compressor(codec, config.compressionThresholdBytes()),
                new Versions(time),
                new L1Budget(config.maxMemoryBytes()));
    }

    /** The capability for a grant: the same one for the same grant. */
    public TenantCache open(TenantGrant grant) {
        return caches.compute(
                grant.tenantId(),
                (id, known) -> known != null && known.grant() == grant ? known : new TenantCache(grant, tiers));
    }

    /** What a tenant occupies in the store. */
    public StoreUsage usage(TenantGrant grant) {
        return tiers.store().usage(grant.tenantId());
    }

    /**
     * Removes every trace of a tenant whose grant has ended, once its last writer is done. Takes as long as that writer
     * and the store need; interrupted, it removes nothing and throws {@code store-unavailable}.
     */
    public void erase(TenantGrant ended) {
        try {
            ended.awaitWriters();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Problem.of(ProblemCode.STORE_UNAVAILABLE, "The removal was interrupted.")
                    .asException();
        }
        TenantCache cache = caches.get(ended.tenantId());
        if (cache != null && cache.grant() == ended) {
            caches.remove(ended.tenantId(), cache);
            cache.drop();
        }
        tiers.store().removeTenant(ended.tenantId());
    }

    /** How the tenants that were active since the start do together. */
    public CacheStats stats() {
        return caches.values().stream().map(TenantCache::stats).reduce(CacheStats.NONE, CacheStats::plus);
    }

    /** Figures of the store itself, in bytes and counts. */
    public Map<String, Long> storeReport() {
        return tiers.store().report();
    }

    /** Housekeeping, about once a second by one thread: sweeps the store, gives back the shares of idle tenants. */
    public void tick() {
        rounds++;
        for (TenantCache cache : tiers.budget().active()) {
            cache.tidy(tiers.budget().share());
            if (rounds % IDLE_ROUNDS == 0 && cache.idleSinceLastCall()) {
                cache.drop();
            }
        }
        var unused = tiers.store().sweep(tiers.time().wallMillis());
    }
}
