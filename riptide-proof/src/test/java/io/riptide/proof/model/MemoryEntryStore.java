package io.riptide.proof.model;

import io.riptide.entry.Envelope;
import io.riptide.entry.Head;
import io.riptide.entry.Removals;
import io.riptide.entry.StoreKey;
import io.riptide.problem.Problem;
import io.riptide.problem.ProblemCode;
import io.riptide.spi.Condition;
import io.riptide.spi.Departures;
import io.riptide.spi.EntryStore;
import io.riptide.spi.HeadPage;
import io.riptide.spi.Removal;
import io.riptide.spi.RemovalView;
import io.riptide.spi.Removed;
import io.riptide.spi.StoreUsage;
import io.riptide.spi.StoreWrite;
import io.riptide.spi.StoredDictionary;
import io.riptide.spi.WriteOutcome;
import io.riptide.spi.WriteOutcome.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A store in memory for the tests that run an operation many thousand times in every order; it passes the contract of a
 * store and stands in nowhere else. One lock.
 */
public final class MemoryEntryStore implements EntryStore {
    private record Stored(Head head, byte[] envelope) {}

    private final TreeMap<String, Stored> rows = new TreeMap<>();
    private final Map<String, StoreUsage> sums = new HashMap<>();
    private final Map<String, View> views = new HashMap<>();
    private final TreeMap<String, StoredDictionary> dictionaries = new TreeMap<>();
    private boolean closed;

    /** As after {@link #close} and a new start. */
    synchronized MemoryEntryStore reopened() {
        closed = false;
        views.replaceAll((tenantId, view) -> new View(Removals.restored(view.removals.latest(), Map.of())));
        return this;
    }

    private TreeMap<String, Stored> rows() {
        if (closed) {
            throw Problem.of(ProblemCode.STORE_UNAVAILABLE, "The store is closed.")
                    .asException();
        }
        return rows;
    }

    @Override
    public synchronized byte @Nullable [] get(StoreKey key) {
        Stored stored = rows().get(key.text());
        return stored == null ? null : stored.envelope();
    }

    @Override
    public synchronized List<byte @Nullable []> getAll(List<StoreKey> keys) {
        List<byte @Nullable []> found = new ArrayList<>();
        keys.forEach(key -> found.add(get(key)));
        return found;
    }

    @Override
    public synchronized WriteOutcome put(StoreWrite write) {
        Stored old = rows().get(write.key().text());
        boolean live = live(old, write.nowMillis());
        String tenant = write.key().tenantId();
        Removals removals = view(tenant).removals;
        if (write.head().stamp() < removals.forgotten()
                || removals.end(write.key().namespace(), write.head()) != Removals.UNTOUCHED) {
            return outcome(Kind.OUTDATED, tenant);
        }
        if (!holds(write.condition(), live ? old : null)) {
            return outcome(Kind.CONDITION_FAILED, tenant);
        }
        long grown = usage(tenant).bytes() + write.envelope().length - (old == null ? 0 : old.envelope().length);
        if (grown > write.storageLimit() && grown > usage(tenant).bytes()) {
            return outcome(Kind.OVER_QUOTA, tenant);
        }
        rows().put(write.key().text(), new Stored(write.head(), write.envelope()));
        account(tenant, old, write.envelope().length, 1);
        return outcome(live ? Kind.REPLACED : Kind.CREATED, tenant);
    }

    @Override
    public synchronized List<WriteOutcome> putAll(List<StoreWrite> writes) {
        return writes.stream().map(this::put).toList();
    }

    @Override
    public synchronized WriteOutcome remove(StoreKey key, Condition condition, long nowMillis) {
        Stored old = rows().get(key.text());
        boolean live = live(old, nowMillis);
        if (!holds(condition, live ? old : null)) {
            return outcome(Kind.CONDITION_FAILED, key.tenantId());
        }
        rows().remove(key.text());
        account(key.tenantId(), old, 0, 0);
        return outcome(live ? Kind.REMOVED : Kind.ABSENT, key.tenantId());
    }

    @Override
    public synchronized void discard(StoreKey key, byte[] damaged) {
        Stored old = rows().get(key.text());
        if (old != null && Arrays.equals(old.envelope(), damaged)) {
            rows().remove(key.text());
            account(key.tenantId(), old, 0, 0);
        }
    }

    private void account(String tenantId, @Nullable Stored old, int bytes, int entries) {
        StoreUsage before = usage(tenantId);
        sums.put(
                tenantId,
                old == null
                        ? new StoreUsage(before.bytes() + bytes, before.entries() + entries)
                        : new StoreUsage(
                                before.bytes() + bytes - old.envelope().length, before.entries() + entries - 1));
    }

    @Override
    public synchronized HeadPage list(
            String tenantId, String namespace, @Nullable StoreKey after, int limit, long nowMillis) {
        String prefix = StoreKey.prefix(tenantId, namespace);
        List<Head> heads = new ArrayList<>();
        StoreKey last = null;
        for (Map.Entry<String, Stored> row : rows().tailMap(after == null ? prefix : after.text(), after == null)
                .entrySet()) {
            if (!row.getKey().startsWith(prefix)) {
                break;
            }
            if (live(row.getValue(), nowMillis)) {
                if (heads.size() == limit) {
                    return new HeadPage(heads, last);
                }
                heads.add(row.getValue().head());
                last = StoreKey.parse(row.getKey()).orElseThrow();
            }
        }
        return new HeadPage(heads, null);
    }

    /** One tenant's removals; here they take all with them at once, so that nothing is left to be reclaimed. */
    private final class View implements RemovalView {
        private Removals removals;

        private View(Removals removals) {
            this.removals = removals;
        }

        @Override
        public Removals now() {
            synchronized (MemoryEntryStore.this) {
                return removals;
            }
        }

        @Override
        public void judged(long number) {
            synchronized (MemoryEntryStore.this) {
                removals.marks().forEach((scope, mark) -> {
                    if (mark.latest() <= number) {
                        removals = removals.forgetting(scope);
                    }
                });
            }
        }
    }

    private View view(String tenantId) {
        return views.computeIfAbsent(tenantId, id -> new View(Removals.NONE));
    }

    @Override
    public synchronized RemovalView removals(String tenantId) {
        return view(tenantId);
    }

    @Override
    public synchronized Removed removeAll(Removal removal, Departures departures) {
        long live = 0;
        for (Map.Entry<String, Stored> row : List.copyOf(rows().entrySet())) {
            StoreKey key = StoreKey.parse(row.getKey()).orElseThrow();
            Stored stored = row.getValue();
            if (key.tenantId().equals(removal.tenantId()) && removal.scope().covers(key.namespace(), stored.head())) {
                boolean lives = live(stored, removal.nowMillis());
                live += lives ? 1 : 0;
                if (lives) {
                    departures.gone(key, removal.scope(), removal.nowMillis());
                }
                end(key, stored, removal);
            }
        }
        View view = view(removal.tenantId());
        view.removals = removal.mode() == Removal.Mode.REMOVE
                ? view.removals.removed(removal.scope(), true)
                : view.removals.staled(removal.scope(), removal.nowMillis());
        boolean exact = live <= Removed.COUNTED;
        return new Removed(live, exact);
    }

    private void end(StoreKey key, Stored stored, Removal removal) {
        Envelope.Sealed ended = removal.mode() == Removal.Mode.REMOVE
                ? null
                : Envelope.endedAt(key, stored.head(), stored.envelope(), removal.nowMillis());
        if (ended == null) {
            rows().remove(key.text());
            account(key.tenantId(), stored, 0, 0);
        } else {
            rows().put(key.text(), new Stored(ended.head(), ended.bytes()));
        }
    }

    @Override
    public synchronized boolean reclaim(long nowMillis, Departures departures) {
        return false;
    }

    @Override
    public synchronized void keepDictionary(StoredDictionary dictionary) {
        var unused = rows();
        dictionaries.merge(name(dictionary), dictionary, (old, now) -> {
            long until = Math.max(old.neededUntilMillis(), now.neededUntilMillis());
            return new StoredDictionary(
                    old.tenantId(), old.namespace(), old.id(), old.createdMillis(), until, old.bytes());
        });
    }

    private static String name(StoredDictionary dictionary) {
        return dictionary.tenantId() + ":" + dictionary.namespace() + ":" + dictionary.id();
    }

    @Override
    public synchronized @Nullable StoredDictionary dictionary(String tenantId, String namespace, int id) {
        var unused = rows();
        return dictionaries.get(tenantId + ":" + namespace + ":" + id);
    }

    @Override
    public synchronized List<StoredDictionary> dictionaries(String tenantId, String namespace) {
        var unused = rows();
        return dictionaries.values().stream()
                .filter(one ->
                        one.tenantId().equals(tenantId) && one.namespace().equals(namespace))
                .sorted(Comparator.comparingLong(StoredDictionary::createdMillis)
                        .thenComparingInt(StoredDictionary::id)
                        .reversed())
                .toList();
    }

    @Override
    public synchronized void removeDictionaries(String tenantId) {
        var unused = rows();
        dictionaries.values().removeIf(one -> one.tenantId().equals(tenantId));
    }

    @Override
    public synchronized long dictionaryBytes(String tenantId) {
        var unused = rows();
        return dictionaries.values().stream()
                .filter(one -> one.tenantId().equals(tenantId))
                .mapToLong(one -> one.bytes().length)
                .sum();
    }

    @Override
    public synchronized void removeTenant(String tenantId) {
        views.remove(tenantId);
        rows().keySet().removeIf(key -> tenantOf(key).equals(tenantId));
        dictionaries.values().removeIf(one -> one.tenantId().equals(tenantId));
        sums.remove(tenantId);
    }

    @Override
    public synchronized StoreUsage usage(String tenantId) {
        rows();
        return sums.getOrDefault(tenantId, new StoreUsage(0, 0));
    }

    @Override
    public synchronized long sweep(long nowMillis, Departures departures) {
        int before = rows().size();
        dictionaries.values().removeIf(one -> one.neededUntilMillis() <= nowMillis);
        rows().entrySet().removeIf(row -> {
            boolean expired = row.getValue().head().goneAt(nowMillis);
            if (expired) {
                departures.gone(
                        StoreKey.parse(row.getKey()).orElseThrow(),
                        null,
                        row.getValue().head().expiresMillis());
                account(tenantOf(row.getKey()), row.getValue(), 0, 0);
            }
            return expired;
        });
        return before - rows().size();
    }

    @Override
    public synchronized long evict(String tenantId, long bytes, long nowMillis, Departures departures) {
        long freed = 0;
        List<Map.Entry<String, Stored>> firstToEnd = rows().entrySet().stream()
                .filter(row -> tenantOf(row.getKey()).equals(tenantId))
                // A tree's own entries change when others are removed.
                .map(Map.Entry::copyOf)
                .sorted(Comparator.comparingLong(row -> row.getValue().head().expiresMillis()))
                .toList();
        for (Map.Entry<String, Stored> row : firstToEnd) {
            if (freed >= bytes) {
                break;
            }
            Stored stored = row.getValue();
            rows().remove(row.getKey());
            account(tenantId, stored, 0, 0);
            freed += stored.envelope().length;
            if (live(stored, nowMillis)) {
                departures.gone(StoreKey.parse(row.getKey()).orElseThrow(), null, nowMillis);
            }
        }
        return freed;
    }

    private static String tenantOf(String key) {
        return StoreKey.parse(key).orElseThrow().tenantId();
    }

    @Override
    public synchronized boolean takesWrites() {
        var unused = rows();
        return true;
    }

    @Override
    public String durability() {
        return "Nothing outlives the process.";
    }

    @Override
    public synchronized Map<String, Long> report() {
        return Map.of("entries", (long) rows().size());
    }

    @Override
    public synchronized void close() {
        closed = true;
    }

    private static boolean live(@Nullable Stored stored, long nowMillis) {
        return stored != null && !stored.head().expiredAt(nowMillis);
    }

    private static boolean holds(Condition condition, @Nullable Stored live) {
        return switch (condition) {
            case Condition.Always always -> true;
            case Condition.Absent absent -> live == null;
            case Condition.Present present -> live != null;
            case Condition.Version version -> live != null && live.head().version() == version.version();
        };
    }

    private WriteOutcome outcome(Kind kind, String tenantId) {
        return new WriteOutcome(kind, usage(tenantId).bytes());
    }
}
