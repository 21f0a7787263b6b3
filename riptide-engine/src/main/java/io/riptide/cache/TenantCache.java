package io.riptide.cache;

import io.riptide.billing.UsageMeter;
import io.riptide.billing.UsageMeter.Meter;
import io.riptide.entry.DictionarySource;
import io.riptide.entry.Removals;
import io.riptide.entry.Scope;
import io.riptide.entry.StoreKey;
import io.riptide.entry.Tag;
import io.riptide.grant.TenantGrant;
import io.riptide.observe.CacheOperation;
import io.riptide.spi.Removal;
import io.riptide.spi.RemovalView;
import io.riptide.spi.Removed;
import io.riptide.spi.StoreUsage;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/** The capability to one tenant's entries. No method takes a tenant's id. Safe for any number of threads. */
public final class TenantCache {
    /** Handles kept; names beyond them work through handles made for the call. */
    private static final int MAX_HANDLES = 1024;

    private final TenantGrant grant;
    private final Tiers tiers;
    private final ConcurrentMap<String, Namespace> handles = new ConcurrentHashMap<>();
    private final ConcurrentMap<L1Key, Flight> flights = new ConcurrentHashMap<>();
    private volatile @Nullable L1Share share;
    private volatile @Nullable RemovalView removals;
    private volatile @Nullable Losses losses;
    private volatile boolean idle;

    TenantCache(TenantGrant grant, Tiers tiers) {
        this.grant = grant;
        this.tiers = tiers;
    }

    /** A namespace by its name, which is checked. */
    public Namespace namespace(String name) {
        Namespace known = handles.get(name);
        if (known != null) {
            return known;
        }
        Namespace made = new Namespace(this, StoreKey.requireNamespace(name));
        if (handles.size() >= MAX_HANDLES) {
            return made;
        }
        Namespace before = handles.putIfAbsent(name, made);
        return before == null ? made : before;
    }

    /** Removes all of the tenant's entries, or makes them stale, at once. One operation. */
    public Removed removeAll(Removal.Mode mode) {
        return removeAllCounted(Scope.ALL, mode);
    }

    /** Removes what carries a tag, in all namespaces, or makes it stale, at once. One operation. */
    public Removed removeTagged(String tag, Removal.Mode mode) {
        return removeAllCounted(new Scope.Tagged(null, Tag.require("tag", tag)), mode);
    }

    /** How this tenant's cache does. */
    public CacheStats stats() {
        return stats(grant, tiers.store().usage(grant.tenantId()), memoryBytes());
    }

    /** All that is counted lies in the grant's meter, so that a cache that nobody holds can go without a loss. */
    static CacheStats stats(TenantGrant grant, StoreUsage stored, long memoryBytes) {
        UsageMeter meter = grant.meter();
        long stale = meter.count(Meter.STALE);
        long misses = meter.count(Meter.MISS) + meter.count(Meter.BATCH_MISS) + stale;
        long expired = meter.count(Meter.MISS_EXPIRED) + stale;
        long removed = meter.count(Meter.MISS_REMOVED);
        long damaged = meter.count(Meter.DAMAGED);
        return new CacheStats(
                stored.entries(),
                memoryBytes,
                stored.bytes(),
                meter.count(Meter.HIT_L1) + meter.count(Meter.BATCH_HIT_L1),
                meter.count(Meter.HIT_L2) + meter.count(Meter.BATCH_HIT_L2),
                misses,
                meter.count(Meter.VALUE_BYTES),
                meter.count(Meter.STORED_BYTES),
                Map.of(
                        "size", meter.count(Meter.EVICTED_BY_SIZE),
                        "expired", meter.count(Meter.EVICTED_EXPIRED),
                        "storage", meter.count(Meter.EVICTED_FOR_STORAGE)),
                Map.of(
                        "absent", Math.max(0, misses - expired - removed - damaged),
                        "expired", expired,
                        "removed", removed,
                        "damaged", damaged));
    }

    /** Bytes in L1 now. */
    public long memoryBytes() {
        L1Share now = share;
        return now == null ? 0 : now.bytes();
    }

    /** Removes all that a scope covers, or makes it stale; takes no permit and counts nothing. */
    Removed removeAll(Scope scope, Removal.Mode mode) {
        // Before it: once the removal took place nothing may fail that the caller would take for its failure.
        Losses noted = losses();
        Removed removed = tiers.store()
                .removeAll(
                        new Removal(grant.tenantId(), scope, mode, tiers.time().wallMillis()), this::gone);
        noted.noteRemoval(scope, tiers.time().wallMillis());
        if (share == null) {
            allJudged();
        }
        return removed;
    }

    /** The same for the tenant itself: an operation. */
    Removed removeAllCounted(Scope scope, Removal.Mode mode) {
        return grant.counting(CacheOperation.INVALIDATE, 1, () -> removePermitted(scope, mode));
    }

    private Removed removePermitted(Scope scope, Removal.Mode mode) {
        grant.permit(1);
        boolean done = false;
        try {
            grant.beginWrite();
            try {
                Removed removed = removeAll(scope, mode);
                done = true;
                grant.meter().add(Meter.INVALIDATE);
                return removed;
            } finally {
                grant.endWrite();
            }
        } finally {
            if (!done) {
                grant.allowance().giveBack(1);
            }
        }
    }

    /** An entry went by itself, or with many others. */
    void gone(StoreKey key, @Nullable Scope by, long atMillis) {
        losses().note(key, by == null ? Gone.Why.EXPIRED : Gone.Why.REMOVED, by, atMillis);
    }

    /** What went; begun with the first write or loss. */
    Losses losses() {
        Losses known = losses;
        return known == null ? beginLosses() : known;
    }

    private synchronized Losses beginLosses() {
        Losses known = losses;
        if (known == null) {
            // What others write and remove is not noted here.
            boolean empty = tiers.changes() == null
                    && tiers.store().usage(grant.tenantId()).entries() == 0;
            known = new Losses(empty, tiers.time().wallMillis());
            losses = known;
        }
        return known;
    }

    /** There is nothing in L1 that a removal could concern. */
    private void allJudged() {
        RemovalView view = removals();
        Removals now = view.now();
        if (!now.marks().isEmpty()) {
            view.judged(now.latest());
        }
    }

    /** The tenant's removals as the store knows them. */
    RemovalView removals() {
        RemovalView known = removals;
        if (known == null) {
            known = tiers.store().removals(grant.tenantId());
            removals = known;
        }
        return known;
    }

    TenantGrant grant() {
        return grant;
    }

    /** The dictionaries of one of its namespaces. */
    DictionarySource dictionaries(String namespace) {
        return id -> tiers.compression().find(grant.tenantId(), namespace, id);
    }

    Tiers tiers() {
        return tiers;
    }

    Fence fence() {
        return tiers.fence();
    }

    ConcurrentMap<L1Key, Flight> flights() {
        return flights;
    }

    /** The share of L1, made where the tenant has been idle. */
    L1Share share() {
        if (idle) {
            idle = false;
        }
        L1Share now = share;
        return now == null ? tiers.governor().activate(this) : now;
    }

    /** The share where there is one, for those who only take out. */
    @Nullable L1Share shareIfActive() {
        return share;
    }

    void sealed(int value, int stored) {
        grant.meter().add(Meter.VALUE_BYTES, value);
        grant.meter().add(Meter.STORED_BYTES, stored);
    }

    /** Called by the governor under its lock. */
    L1Share newShare(long bytes) {
        L1Share now = share;
        if (now == null) {
            now = new L1Share(Math.min(bytes, memoryQuota()), tiers, removals(), grant.meter());
            share = now;
        }
        return now;
    }

    /** Called by the governor under its lock. */
    @Nullable L1Share takeShare() {
        L1Share was = share;
        share = null;
        return was;
    }

    /** What it may hold at most, as the tenant's row says now. */
    long memoryQuota() {
        return grant.quotas().memoryBytes();
    }

    /** Called about once a second. */
    void tidy() {
        L1Share now = share;
        if (now != null) {
            now.removeGoneAmongColdest();
            now.judgeAll();
        }
    }

    /** Gives the whole share back. */
    void drop() {
        L1Share was = tiers.governor().deactivate(this);
        if (was != null) {
            was.close();
            allJudged();
        }
    }

    /** Whether nobody asked for the share since the last call. */
    boolean idleSinceLastCall() {
        boolean was = idle;
        idle = true;
        return was;
    }
}
