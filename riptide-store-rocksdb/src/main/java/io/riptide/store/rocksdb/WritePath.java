package io.riptide.store.rocksdb;

import io.riptide.entry.Head;
import io.riptide.entry.StoreKey;
import io.riptide.spi.Condition;
import io.riptide.spi.StoreWrite;
import io.riptide.spi.WriteOutcome;
import io.riptide.spi.WriteOutcome.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
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

    WritePath(Rocks rocks, Ledger ledger, Horizon horizon, Stripes stripes) {
        this.rocks = rocks;
        this.ledger = ledger;
        this.horizon = horizon;
        this.stripes = stripes;
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
            try {
                return commit(writes, stored(keys), late, earliest);
            } finally {
                held.release();
            }
        } finally {
            horizon.leave(late);
        }
    }

    private List<WriteOutcome> commit(
            List<StoreWrite> writes, Map<StoreKey, Stored> stored, boolean late, long earliest) {
        List<WriteOutcome> outcomes = new ArrayList<>(writes.size());
        try (Batch batch = new Batch(rocks, ledger)) {
            boolean any = false;
            for (StoreWrite write : writes) {
                Stored old = stored.getOrDefault(write.key(), Stored.NOTHING);
                Kind kind = add(batch, write, old);
                if (kind == Kind.CREATED || kind == Kind.REPLACED) {
                    stored.put(write.key(), Stored.of(write.head()));
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
        try (Batch batch = new Batch(rocks, ledger)) {
            Stored old = stored(key);
            if (!old.meets(condition, nowMillis)) {
                return new WriteOutcome(Kind.CONDITION_FAILED, batch.used(key.tenantId()));
            }
            batch.remove(key, old);
            batch.commit();
            return new WriteOutcome(old.liveAt(nowMillis) ? Kind.REMOVED : Kind.ABSENT, batch.used(key.tenantId()));
        } finally {
            held.release();
        }
    }

    void discard(StoreKey key, byte[] damaged) {
        Stripes.Held held = stripes.lock(key);
        try (Batch batch = new Batch(rocks, ledger)) {
            if (Arrays.equals(rocks.get(Column.ENTRY, key.bytes()), damaged)) {
                batch.remove(key, stored(key));
                batch.commit();
            }
        } finally {
            held.release();
        }
    }

    private Stored stored(StoreKey key) {
        return stored(key, rocks.get(Column.HEAD, key.bytes()));
    }

    /** What is stored under keys whose stripes are held. */
    Map<StoreKey, Stored> stored(SequencedSet<StoreKey> keys) {
        Map<StoreKey, Stored> stored = new HashMap<>();
        keys.forEach(key -> stored.put(key, stored(key)));
        return stored;
    }

    private Stored stored(StoreKey key, byte @Nullable [] row) {
        if (row == null) {
            return Stored.NOTHING;
        }
        return Head.parse(row).map(Stored::of).orElseGet(() -> {
            byte[] envelope = rocks.get(Column.ENTRY, key.bytes());
            return Stored.damaged(envelope == null ? 0 : envelope.length);
        });
    }
}
