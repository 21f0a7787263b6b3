package io.riptide.cache;

import io.riptide.config.CacheConfig;
import io.riptide.entry.Scope;
import io.riptide.entry.StoreKey;
import io.riptide.grant.TenantGrant;
import io.riptide.observe.CacheOperation;
import io.riptide.observe.CacheResult;
import io.riptide.problem.Problem;
import io.riptide.problem.ProblemCode;
import io.riptide.spi.EntryStore;
import io.riptide.spi.InvalidationFeed;
import io.riptide.spi.LoadLeases;
import io.riptide.spi.Removal;
import io.riptide.spi.Removed;
import io.riptide.spi.StoreCalls;
import io.riptide.spi.StoreUsage;
import io.riptide.spi.Time;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Collection;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Entries of all tenants: makes a {@link TenantCache} for a grant and keeps the sum of their L1 shares bounded.
 *
 * <p>A tenant has one cache at a time, for a second one would not see what is written through the first. It lives as
 * long as somebody holds it (a remembered credential, an embedding program, a call that runs) or it has a share of L1;
 * what it counted lies in the grant. Here it is held weakly: a tenant that is idle costs nothing but its row.
 */
public final class PersistentCacheManager {
    private static final Logger LOG = LoggerFactory.getLogger(PersistentCacheManager.class);
    /** Rounds of housekeeping without a call after which a share is given back: about a minute. */
    private static final int IDLE_ROUNDS = 60;
    /** How long removed entries' bytes are freed at a time. */
    public static final int RECLAIM_MILLIS = 50;

    private final Tiers tiers;
    private final ConcurrentMap<String, Held> caches = new ConcurrentHashMap<>();
    private final ReferenceQueue<TenantCache> gone = new ReferenceQueue<>();
    private int rounds;
    private volatile @Nullable Long refusedSinceMillis;

    /** Over a store that this process alone writes to. */
    public PersistentCacheManager(
            CacheConfig config, EntryStore store, Time time, Executor loading, Executor training, Executor upkeep) {
        this(config, store, InvalidationFeed.none(), LoadLeases.none(), time, 0, loading, training, upkeep);
    }

    /**
     * Over this store, the news of what others write to it and whose turn it is to load, which the caller closes.
     *
     * @param salt by chance; it tells this process's loads and versions of entries from others'
     * @param loading threads for loads that nobody waits for, or not for ever: one for each task, at once; they may be
     *     interrupted
     * @param training where dictionaries are trained, one at a time, about 50 ms of a processor each: a thread that
     *     serves nothing else
     * @param upkeep a thread for making room in memory, a task at a time, each as short as what it lets go of allows; a
     *     caller's own will do
     */
    public PersistentCacheManager(
            CacheConfig config,
            EntryStore store,
            InvalidationFeed feed,
            LoadLeases leases,
            Time time,
            long salt,
            Executor loading,
            Executor training,
            Executor upkeep) {
        LoadTurns turns = new LoadTurns(leases, salt);
        this.tiers = new Tiers(
                config,
                store,
                Changes.over(feed, time, turns::changed),
                new Fence(),
                time,
                new Compression(config, store, time, training),
                new Versions(time, salt),
                new Governor(config.maxMemoryBytes(), upkeep),
                new LoadThreads(loading),
                turns,
                new RestingKeys(time));
    }

    /** The capability for a grant: the same one for the same grant, as long as somebody holds it. */
    public TenantCache open(TenantGrant grant) {
        TenantCache[] opened = new TenantCache[1];
        Held unused = caches.compute(grant.tenantId(), (id, known) -> {
            TenantCache kept = known == null ? null : known.get();
            if (known != null && kept != null && kept.grant() == grant) {
                opened[0] = kept;
                return known;
            }
            opened[0] = new TenantCache(grant, tiers);
            return new Held(id, opened[0], gone);
        });
        return opened[0];
    }

    private @Nullable TenantCache held(TenantGrant grant) {
        Held held = caches.get(grant.tenantId());
        TenantCache cache = held == null ? null : held.get();
        return cache != null && cache.grant() == grant ? cache : null;
    }

    /** Caches that somebody holds, and those of which it isn't noted yet that nobody does. */
    int size() {
        return caches.size();
    }

    /** Bytes that a tenant has in L1 now. */
    public long memoryBytes(TenantGrant grant) {
        TenantCache cache = held(grant);
        return cache == null ? 0 : cache.memoryBytes();
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
        TenantCache cache = held(ended);
        if (cache != null) {
            caches.computeIfPresent(ended.tenantId(), (id, held) -> held.get() == cache ? null : held);
            cache.drop();
        }
        tiers.compression().forget(ended);
        tiers.store().removeTenant(ended.tenantId());
    }

    /**
     * Removes all of a tenant's entries that a scope covers, or makes them stale, at once: an administrator's call,
     * which takes none of the tenant's permits and is none of its operations.
     */
    public Removed invalidate(TenantGrant grant, Scope scope, Removal.Mode mode) {
        TenantCache cache = open(grant);
        Removed removed = grant.counting(CacheOperation.INVALIDATE, 1, () -> {
            grant.beginAdminWrite();
            try {
                return cache.removeAll(scope, mode);
            } finally {
                grant.endWrite();
            }
        });
        grant.meter().addFree(CacheOperation.INVALIDATE, CacheResult.OK, 1);
        return removed;
    }

    /**
     * Removes all of a tenant's entries and what was learned of them, since they are written another way from here on:
     * its encryption was switched on or off. None of its operations.
     */
    public void removeEntries(TenantGrant grant) {
        grant.beginAdminWrite();
        try {
            Removed unused = open(grant).removeAll(Scope.ALL, Removal.Mode.REMOVE);
            tiers.compression().forget(grant);
            tiers.store().removeDictionaries(grant.tenantId());
        } finally {
            grant.endWrite();
        }
    }

    /** Frees what removals left behind for up to {@value #RECLAIM_MILLIS} ms; called often by one thread. */
    public void reclaim() {
        long end = tiers.time().nanoTime() + TimeUnit.MILLISECONDS.toNanos(RECLAIM_MILLIS);
        boolean more = true;
        while (more && tiers.time().nanoTime() < end) {
            more = tiers.store().reclaim(tiers.time().wallMillis(), this::gone);
        }
    }

    /** Noted for those tenants alone whose cache is held: nobody could ask the others. */
    private void gone(StoreKey key, @Nullable Scope by, long atMillis) {
        Held held = caches.get(key.tenantId());
        TenantCache cache = held == null ? null : held.get();
        if (cache != null) {
            cache.gone(key, by, atMillis);
        }
    }

    /** How one tenant's cache does. */
    public CacheStats stats(TenantGrant grant) {
        return TenantCache.stats(grant, usage(grant), memoryBytes(grant));
    }

    /** How the caches of these do together, leaving out those that have counted nothing since the process started. */
    public CacheStats stats(Collection<TenantGrant> grants) {
        return grants.stream()
                .filter(grant -> grant.meter().counted())
                .map(this::stats)
                .reduce(CacheStats.NONE, CacheStats::plus);
    }

    /**
     * Since when the store has refused writes, in epoch milliseconds, or null while it takes them. Found out by {@link
     * #tick}, so to its second.
     */
    public @Nullable Long writesRefusedSinceMillis() {
        return refusedSinceMillis;
    }

    /** How what is in memory keeps up with what other processes write. */
    public Coherence coherence() {
        Changes changes = tiers.changes();
        return changes == null ? Coherence.ALONE : changes.figures();
    }

    /** How calls to the store go. */
    public StoreCalls storeCalls() {
        return tiers.store().calls();
    }

    /**
     * Housekeeping, about once a second by one thread: divides L1, gives back the shares of idle tenants, finds
     * out whether writes are taken.
     */
    public void tick() {
        rounds++;
        for (Object ended = gone.poll(); ended != null; ended = gone.poll()) {
            if (ended instanceof Held held) {
                caches.remove(held.tenantId, held);
            }
        }
        tiers.governor().round();
        for (TenantCache cache : tiers.governor().active()) {
            cache.tidy();
            if (rounds % IDLE_ROUNDS == 0 && cache.idleSinceLastCall()) {
                cache.drop();
            }
        }
        tiers.resting().tidy();
        tiers.turns().tick();
        tiers.compression().tick();
        noteWhetherWritesAreTaken();
    }

    /** Has the store let go of what has expired, about once a second, by one process at a time. */
    public void sweep() {
        var unused = tiers.store().sweep(tiers.time().wallMillis(), this::gone);
    }

    private void noteWhetherWritesAreTaken() {
        boolean taken = tiers.store().takesWrites();
        if (taken && refusedSinceMillis != null) {
            refusedSinceMillis = null;
            LOG.info("The entry store takes writes again");
        } else if (!taken && refusedSinceMillis == null) {
            refusedSinceMillis = tiers.time().wallMillis();
            LOG.warn("The entry store refuses writes; reads go on, and a write is tried every second");
        }
    }

    /** A cache that others hold, with its place in the map, to be taken away once it is gone. */
    private static final class Held extends WeakReference<TenantCache> {
        private final String tenantId;

        Held(String tenantId, TenantCache cache, ReferenceQueue<TenantCache> gone) {
            super(cache, gone);
            this.tenantId = tenantId;
        }
    }
}
