package io.riptide.cache;

import io.riptide.billing.UsageMeter.Meter;
import io.riptide.entry.Scope;
import io.riptide.entry.StoreKey;
import io.riptide.entry.Tag;
import io.riptide.grant.TenantGrant;
import io.riptide.observe.CacheOperation;
import io.riptide.observe.CacheResult;
import io.riptide.problem.Problem;
import io.riptide.problem.RipTideException;
import io.riptide.spi.Condition;
import io.riptide.spi.HeadPage;
import io.riptide.spi.Removal;
import io.riptide.spi.Removed;
import io.riptide.spi.WriteOutcome;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One namespace of one tenant. Every call takes permits and is counted: one for each key, one for a listing. A call
 * that is refused (not valid, over a quota, no store) takes none and changes nothing.
 */
public final class Namespace {
    /** Keys in a batch at most. */
    public static final int MAX_BATCH = 1000;
    /** Rows in a page of a listing at most. */
    public static final int MAX_PAGE = 1000;

    private final TenantCache cache;
    private final TenantGrant grant;
    private final String name;
    private final int nameHash;
    private final ReadPath reads;
    private final WritePath writes;
    private final LoadPath loads;

    Namespace(TenantCache cache, String name) {
        this.cache = cache;
        this.grant = cache.grant();
        this.name = name;
        this.nameHash = 31 * grant.tenantId().hashCode() + name.hashCode();
        this.reads = new ReadPath(cache, this);
        this.writes = new WritePath(cache, this);
        this.loads = new LoadPath(cache, this, reads, writes);
    }

    /** Its name. */
    public String name() {
        return name;
    }

    int nameHash() {
        return nameHash;
    }

    /**
     * Reads one key. It is {@link Lookup.Stale} only where other processes write to the store too and it does not
     * answer: with what memory holds, as long as the namespace's {@code stale_if_error_seconds} allow.
     */
    public Lookup get(String key) {
        L1Key at = new L1Key(this, key);
        Lookup.Hit hit = hitInL1(at, null);
        if (hit != null) {
            return hit;
        }
        StoreKey.requireKey(key);
        return grant.counting(CacheOperation.GET, 1, () -> {
            grant.permit(1);
            return reads.fromStore(at);
        });
    }

    /** What L1 has, permitted and counted; not by way of a step, for which a hit would make an object. */
    private Lookup.@Nullable Hit hitInL1(L1Key at, @Nullable Loader loader) {
        try {
            Lookup.Hit hit = cache.share().get(at);
            if (hit == null || (loader != null && !loader.accepts(hit.entry()))) {
                return null;
            }
            grant.permit(1);
            grant.meter().add(Meter.HIT_L1);
            return hit;
        } catch (RipTideException e) {
            grant.refused(CacheOperation.GET, 1, e.problem());
            throw e;
        }
    }

    /**
     * Reads up to {@value #MAX_BATCH} keys in one store round trip; answers in their order. Where the store does not
     * answer, and for one of them there is nothing {@linkplain #get to stand in}, it fails as a whole.
     */
    public List<Lookup> getAll(List<String> keys) {
        requireBatch("keys", keys.size());
        return grant.counting(CacheOperation.BATCH_GET, keys.size(), () -> reads.all(keys));
    }

    /** Writes one entry over whatever is there. The array is taken over. */
    public PutResult put(String key, byte[] value, PutOptions options) {
        return put(key, value, options, Condition.NONE);
    }

    /** Writes where nothing live is there. The array is taken over. */
    public PutResult putIfAbsent(String key, byte[] value, PutOptions options) {
        return put(key, value, options, Condition.ABSENT);
    }

    /** Writes where something live is there. The array is taken over. */
    public PutResult putIfPresent(String key, byte[] value, PutOptions options) {
        return put(key, value, options, Condition.PRESENT);
    }

    /** Writes where the live entry still has that version. The array is taken over. */
    public PutResult compareAndSet(String key, long expectedVersion, byte[] value, PutOptions options) {
        return put(key, value, options, Condition.version(expectedVersion));
    }

    private PutResult put(String key, byte[] value, PutOptions options, Condition condition) {
        BatchEntry entry = new BatchEntry(key, value, options);
        writes.requireValid(entry);
        PutResult result = grant.counting(CacheOperation.PUT, 1, () -> {
            grant.permit(1);
            return writes.put(entry, condition);
        });
        grant.meter().add(Meter.PUT);
        return result;
    }

    /**
     * Writes up to {@value #MAX_BATCH} entries in one store round trip, in their order; each has an outcome of its own.
     * One that is not valid refuses the batch: {@link #requireValid} tells which.
     */
    public List<PutResult> putAll(List<BatchEntry> entries) {
        requireBatch("entries", entries.size());
        entries.forEach(writes::requireValid);
        List<PutResult> results = grant.counting(CacheOperation.BATCH_PUT, entries.size(), () -> {
            grant.permit(entries.size());
            return writes.putAll(entries);
        });
        int refused = (int) results.stream()
                .filter(r -> r.outcome() == PutResult.Outcome.OVER_QUOTA)
                .count();
        if (refused > 0) {
            grant.allowance().giveBack(refused);
            grant.meter().addFree(CacheOperation.BATCH_PUT, CacheResult.QUOTA, refused);
        }
        grant.meter().add(Meter.BATCH_PUT, entries.size() - refused);
        return results;
    }

    /** Refuses an entry that a write would refuse: its key, size, TTL or content type. */
    public void requireValid(BatchEntry entry) {
        writes.requireValid(entry);
    }

    /** Removes one entry; true where a live one was there. */
    public boolean remove(String key) {
        return removeWhere(key, Condition.NONE) == WriteOutcome.Kind.REMOVED;
    }

    /** Removes where the live entry has that version; false where it has another or none is there. */
    public boolean remove(String key, long expectedVersion) {
        return removeWhere(key, Condition.version(expectedVersion)) == WriteOutcome.Kind.REMOVED;
    }

    private WriteOutcome.Kind removeWhere(String key, Condition condition) {
        StoreKey.requireKey(key);
        WriteOutcome.Kind kind = grant.counting(CacheOperation.DELETE, 1, () -> {
            grant.permit(1);
            return writes.remove(new L1Key(this, key), condition);
        });
        grant.meter().add(Meter.DELETE);
        return kind;
    }

    /**
     * Lists keys, in an order that stays the same.
     *
     * @param limit 1 to {@value #MAX_PAGE}
     * @param cursor of the page before, or null
     */
    public KeyPage list(int limit, @Nullable String cursor) {
        if (limit < 1 || limit > MAX_PAGE) {
            throw Problem.invalid("limit", limit + " (expected: 1 to " + MAX_PAGE + ")")
                    .asException();
        }
        StoreKey after = Cursor.parse(grant.tenantId(), name, cursor);
        grant.permit(1);
        HeadPage page;
        try {
            Tiers tiers = cache.tiers();
            page = tiers.store()
                    .list(grant.tenantId(), name, after, limit, tiers.time().wallMillis());
        } catch (RipTideException e) {
            grant.allowance().giveBack(1);
            throw e;
        }
        grant.meter().add(Meter.LIST);
        StoreKey next = page.next();
        return new KeyPage(page.heads(), next == null ? null : Cursor.print(next));
    }

    /**
     * Reads, or loads what is not there and keeps it; however many ask at once, one load runs and all get what it
     * brings. A failed load reaches all of them and is not counted as a read. A value that cannot be kept (over the
     * storage quota, no store) is handed out all the same. Where the loader finds nothing it is a miss for all. What
     * has ended may be served as {@link Lookup.Stale}. Timeouts, windows and early refresh as the namespace's settings
     * say.
     */
    public Lookup getOrLoad(String key, Loader loader) {
        return getOrLoad(key, loader, LoadOptions.DEFAULT);
    }

    /**
     * As {@link #getOrLoad(String, Loader)}, with options for this call. A load with a timeout, or one that refreshes
     * an entry early, runs on a thread of its own, which is interrupted where the time is over; all who wait for it
     * then get {@code origin-failed}, and what it brings later is dropped. A caller who joins a load that another began
     * waits no longer than its own timeout and that load's. A removal of the key while it is loaded keeps what the load
     * brings from being kept.
     */
    public Lookup getOrLoad(String key, Loader loader, LoadOptions options) {
        L1Key at = new L1Key(this, key);
        Lookup.Hit hit = hitInL1(at, loader);
        if (hit != null) {
            loads.refreshIfOld(at, hit, loader, options);
            return hit;
        }
        StoreKey.requireKey(key);
        return grant.counting(CacheOperation.GET, 1, () -> {
            grant.permit(1);
            return loads.orLoad(at, loader, options);
        });
    }

    /** Removes all of the namespace, or makes it stale, at once. One operation. */
    public Removed removeAll(Removal.Mode mode) {
        return cache.removeAllCounted(new Scope.InNamespace(name), mode);
    }

    /** Removes what carries a tag in this namespace, or makes it stale, at once. One operation. */
    public Removed removeTagged(String tag, Removal.Mode mode) {
        return cache.removeAllCounted(new Scope.Tagged(name, Tag.require("tag", tag)), mode);
    }

    /**
     * Removes what has a key that begins so, or makes it stale, at once. One operation, whose cost grows with the
     * namespace: what is beyond {@value Removed#COUNTED} entries is looked at behind it.
     */
    public Removed removePrefixed(String prefix, Removal.Mode mode) {
        return cache.removeAllCounted(new Scope.Prefixed(name, requirePrefix(prefix)), mode);
    }

    private static String requirePrefix(String prefix) {
        try {
            return StoreKey.requireKey(prefix);
        } catch (RipTideException e) {
            throw Problem.invalid("prefix", "expected 1 to " + StoreKey.MAX_KEY_BYTES + " bytes of UTF-8 without NUL")
                    .asException();
        }
    }

    /**
     * How a key stands: where its entry is, or why a read finds none. It takes no permit, is no operation, and changes
     * nothing.
     */
    public Explanation explain(String key) {
        return new ExplainPath(cache, this).explain(new L1Key(this, StoreKey.requireKey(key)));
    }

    private static void requireBatch(String field, int size) {
        if (size > MAX_BATCH) {
            throw Problem.invalid(field, size + " of them (expected: at most " + MAX_BATCH + ")")
                    .asException();
        }
    }
}
