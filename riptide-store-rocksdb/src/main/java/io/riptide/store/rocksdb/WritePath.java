package io.riptide.store.rocksdb;

import io.riptide.entry.EntryCipher;
import io.riptide.entry.Head;
import io.riptide.entry.Removals;
import io.riptide.entry.StoreKey;
import io.riptide.spi.Condition;
import io.riptide.spi.StoreWrite;
import io.riptide.spi.WriteOutcome;
import io.riptide.spi.WriteOutcome.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes and removals: under the stripes of their keys, what is stored is read, condition and quota are judged, and one
 * batch is committed. Callers are inside the {@link Gate}.
 */
final class WritePath {
    /** Bytes of envelopes after which a batch is committed and another begun: copies of them are held meanwhile. */
    private static final long MAX_BATCH_BYTES = 8L << 20;

    private final Rocks rocks;
    private final Ledger ledger;
    private final Horizon horizon;
    private final Stripes stripes;
    private final RemovalBook book;

    WritePath(Rocks rocks, Ledger ledger, Horizon horizon, Stripes stripes, RemovalBook book) {
        this.rocks = rocks;
        this.ledger = ledger;
        this.horizon = horizon;
        this.stripes = stripes;
        this.book = book;
    }

    WriteOutcome put(StoreWrite write) {
        return putTogether(List.of(write)).getFirst();
    }

    List<WriteOutcome> putAll(List<StoreWrite> writes) {
        List<WriteOutcome> outcomes = new ArrayList<>(writes.size());
        int from = 0;
        while (from < writes.size()) {
            int to = from;
            long bytes = 0;
            while (to < writes.size() && (to == from || bytes + writes.get(to).envelope().length <= MAX_BATCH_BYTES)) {
                bytes += writes.get(to).envelope().length;
                to++;
            }
            outcomes.addAll(putTogether(writes.subList(from, to)));
            from = to;
        }
        return outcomes;
    }

    private List<WriteOutcome> putTogether(List<StoreWrite> writes) {
        SequencedSet<StoreKey> keys = new LinkedHashSet<>();
        long earliest = Long.MAX_VALUE;
        for (StoreWrite write : writes) {
            keys.add(write.key());
            earliest = Math.min(earliest, write.head().keptMillis());
        }
        boolean late = horizon.enter(earliest);
        try {
            Stripes.Held held = stripes.lock(keys);
            RemovalBook.Shared shared = book.share(tenants(keys));
            try {
                return commit(writes, stored(keys, shared), shared, late, earliest);
            } finally {
                shared.release();
                held.release();
            }
        } finally {
            horizon.leave(late);
        }
    }

    private List<WriteOutcome> commit(
            List<StoreWrite> writes,
            Map<StoreKey, Stored> stored,
            RemovalBook.Shared removals,
            boolean late,
            long earliest) {
        List<WriteOutcome> outcomes = new ArrayList<>(writes.size());
        try (Batch batch = new Batch(rocks, ledger)) {
            boolean any = false;
            for (StoreWrite write : writes) {
                Stored old = stored.getOrDefault(write.key(), Stored.NOTHING);
                Kind kind = outdated(write, removals) ? Kind.OUTDATED : add(batch, write, old);
                if (kind == Kind.CREATED || kind == Kind.REPLACED) {
                    String tenantId = write.key().tenantId();
                    stored.put(
                            write.key(), Stored.of(write.head(), rocks.ciphers().of(tenantId)));
                    any = true;
                }
                outcomes.add(new WriteOutcome(kind, batch.used(write.key().tenantId())));
            }
            if (any && late) {
                long position = Math.min(horizon.position(), earliest - 1);
                batch.swept(position);
                batch.commit();
                horizon.position(position);
            } else {
                batch.commit();
            }
        }
        return outcomes;
    }

    /** Whether a removal that covers what is to be written took place after it was stamped. */
    private static boolean outdated(StoreWrite write, RemovalBook.Shared shared) {
        Removals removals = shared.of(write.key().tenantId());
        return write.head().stamp() < removals.forgotten()
                || removals.end(write.key().namespace(), write.head()) != Removals.UNTOUCHED;
    }

    private static Kind add(Batch batch, StoreWrite write, Stored old) {
        if (!old.meets(write.condition(), write.nowMillis())) {
            return Kind.CONDITION_FAILED;
        }
        if (!batch.put(write, old)) {
            return Kind.OVER_QUOTA;
        }
        return old.liveAt(write.nowMillis()) ? Kind.REPLACED : Kind.CREATED;
    }

    WriteOutcome remove(StoreKey key, Condition condition, long nowMillis) {
        Stripes.Held held = stripes.lock(key);
        RemovalBook.Shared shared = book.share(Set.of(key.tenantId()));
        try (Batch batch = new Batch(rocks, ledger)) {
            Stored old = stored(key, shared);
            if (!old.meets(condition, nowMillis)) {
                return new WriteOutcome(Kind.CONDITION_FAILED, batch.used(key.tenantId()));
            }
            batch.remove(key, old);
            batch.commit();
            return new WriteOutcome(old.liveAt(nowMillis) ? Kind.REMOVED : Kind.ABSENT, batch.used(key.tenantId()));
        } finally {
            shared.release();
            held.release();
        }
    }

    void discard(StoreKey key, byte[] damaged) {
        Stripes.Held held = stripes.lock(key);
        RemovalBook.Shared shared = book.share(Set.of(key.tenantId()));
        try (Batch batch = new Batch(rocks, ledger)) {
            if (Arrays.equals(rocks.get(Column.ENTRY, key.bytes()), damaged)) {
                batch.remove(key, stored(key, shared));
                batch.commit();
            }
        } finally {
            shared.release();
            held.release();
        }
    }

    /** Whose they are. */
    static Set<String> tenants(Collection<StoreKey> keys) {
        Set<String> tenants = new HashSet<>(2);
        keys.forEach(key -> tenants.add(key.tenantId()));
        return tenants;
    }

    /** What is stored under a key whose stripe is held, and whose tenant's rows are shared. */
    Stored stored(StoreKey key, RemovalBook.Shared shared) {
        return stored(key, rocks.get(Column.HEAD, key.bytes()), shared.of(key.tenantId()));
    }

    /** The same of many. */
    Map<StoreKey, Stored> stored(SequencedSet<StoreKey> keys, RemovalBook.Shared shared) {
        Map<StoreKey, Stored> stored = new HashMap<>();
        keys.forEach(key -> stored.put(key, stored(key, shared)));
        return stored;
    }

    /** What a row of {@code head} says, which is null where there is none. */
    Stored stored(StoreKey key, byte @Nullable [] row, Removals removals) {
        if (row == null) {
            return Stored.NOTHING;
        }
        EntryCipher cipher = rocks.ciphers().ofRow(key, row);
        Head head = cipher.openHead(key, row);
        if (head == null) {
            byte[] envelope = rocks.get(Column.ENTRY, key.bytes());
            return Stored.damaged(envelope == null ? 0 : envelope.length);
        }
        return Stored.of(key.namespace(), head, removals, cipher);
    }
}
