package io.riptide.store.redis;

import io.riptide.entry.StoreKey;
import io.riptide.problem.RipTideException;
import io.riptide.spi.Condition;
import io.riptide.spi.StoreWrite;
import io.riptide.spi.WriteOutcome;
import io.riptide.spi.WriteOutcome.Kind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes in a cluster, where entries lie in other slots than their tenant's index: they go into the index, then the
 * entries are written, then what they replaced goes out of the index without waiting for it. Batches take the same
 * flights. Threads: any.
 */
final class TwoFlights implements WritePath.Way {
    private static final int MAX_TRIES = 1000;

    private final Redis redis;
    private final Index index;
    private final EntryCalls entries;
    private final Healing healing;

    TwoFlights(Redis redis, Index index, EntryCalls entries, Healing healing) {
        this.redis = redis;
        this.index = index;
        this.entries = entries;
        this.healing = healing;
    }

    @Override
    public List<@Nullable WriteOutcome> put(String tenantId, List<StoreWrite> writes, long stamp, List<byte[]> dead) {
        try {
            return addAndWrite(tenantId, writes, stamp, dead);
        } catch (RipTideException e) {
            healing.doubt(writes.stream().map(StoreWrite::key).toList());
            throw e;
        }
    }

    private List<@Nullable WriteOutcome> addAndWrite(
            String tenantId, List<StoreWrite> writes, long stamp, List<byte[]> dead) {
        long limit = writes.getFirst().storageLimit();
        return switch (index.add(tenantId, writes, stamp, limit, 0)) {
            case Index.Added.Behind behind -> Collections.nCopies(writes.size(), null);
            case Index.Added.All all -> write(tenantId, writes, all, dead);
            case Index.Added.Full full -> {
                // One after another: what each replaces makes room.
                List<@Nullable WriteOutcome> outcomes = new ArrayList<>(writes.size());
                for (int i = 0; i < writes.size(); i++) {
                    outcomes.add(putWhereFull(tenantId, writes.get(i), stamp, dead.subList(i, i + 1)));
                }
                yield outcomes;
            }
        };
    }

    /** Null where another removal is the latest. */
    private @Nullable WriteOutcome putWhereFull(String tenantId, StoreWrite write, long stamp, List<byte[]> dead) {
        Index.Added added = index.add(tenantId, List.of(write), stamp, write.storageLimit(), 0);
        if (added instanceof Index.Added.Full full) {
            StoredValue old = entries.look(write.key());
            if (!StoredValue.meets(old, write.condition(), write.nowMillis())) {
                return new WriteOutcome(Kind.CONDITION_FAILED, full.used());
            }
            if (old == null) {
                return new WriteOutcome(Kind.OVER_QUOTA, full.used());
            }
            added = index.add(tenantId, List.of(write), stamp, write.storageLimit(), old.size());
        }
        return switch (added) {
            case Index.Added.Behind behind -> null;
            case Index.Added.Full full -> new WriteOutcome(Kind.OVER_QUOTA, full.used());
            case Index.Added.All all ->
                write(tenantId, List.of(write), all, dead).getFirst();
        };
    }

    private List<@Nullable WriteOutcome> write(
            String tenantId, List<StoreWrite> writes, Index.Added.All added, List<byte[]> dead) {
        List<StoreKey> keys = writes.stream().map(StoreWrite::key).toList();
        byte[] patience = Index.number(redis.timeoutMillis());
        List<Call<List<Object>>> calls = new ArrayList<>(writes.size());
        for (int i = 0; i < writes.size(); i++) {
            StoreWrite write = writes.get(i);
            byte[] value = added.values().get(i).with(head(write), write.envelope());
            byte[] kept = Index.number(write.head().keptMillis());
            byte[] condition = EntryCalls.condition(write.condition());
            calls.add(entries.call(keys.get(i), condition, write.nowMillis(), dead.get(i), value, kept, patience));
        }
        redis.run(tenantId, calls);
        List<@Nullable WriteOutcome> outcomes = new ArrayList<>(writes.size());
        List<Index.Leaving> leaving = new ArrayList<>(writes.size());
        long used = added.used();
        boolean tooLate = false;
        for (int i = 0; i < writes.size(); i++) {
            StoreKey key = keys.get(i);
            List<Object> answer = calls.get(i).answer();
            StoredValue old = StoredValue.parse((byte[]) answer.get(1));
            Kind kind = kind((Long) answer.getFirst());
            tooLate |= (Long) answer.getFirst() == EntryCalls.TOO_LATE;
            if (kind == Kind.CONDITION_FAILED) {
                leaving.add(new Index.Leaving(key, added.values().get(i).member(key)));
            } else {
                used += writes.get(i).envelope().length;
                if (old != null) {
                    used -= old.stamp() >= added.freed().get(i) ? old.size() : 0;
                    leaving.add(new Index.Leaving(key, old.member(key)));
                }
            }
            outcomes.add(new WriteOutcome(kind, used));
        }
        index.dropSoon(tenantId, leaving, () -> healing.doubt(keys));
        if (tooLate) {
            throw EntryCalls.tooLate("The write stood still for too long; try again.");
        }
        return outcomes;
    }

    private static Kind kind(long answer) {
        if (answer == 0 || answer == EntryCalls.TOO_LATE) {
            return Kind.CONDITION_FAILED;
        }
        return answer == 1 ? Kind.CREATED : Kind.REPLACED;
    }

    /** It is looked for first: what is then removed is that one, however late the call arrives. */
    @Override
    public WriteOutcome remove(StoreKey key, Condition condition, long nowMillis, byte[] dead) {
        try {
            return lookAndRemove(key, condition, nowMillis, dead);
        } catch (RipTideException e) {
            healing.doubt(List.of(key));
            throw e;
        }
    }

    private WriteOutcome lookAndRemove(StoreKey key, Condition condition, long nowMillis, byte[] dead) {
        for (int i = 0; i < MAX_TRIES; i++) {
            StoredValue seen = entries.look(key);
            if (seen == null) {
                Kind kind = StoredValue.meets(null, condition, nowMillis) ? Kind.ABSENT : Kind.CONDITION_FAILED;
                return new WriteOutcome(kind, index.usage(key.tenantId()).bytes());
            }
            WriteOutcome outcome = tryRemove(key, condition, nowMillis, dead, seen);
            if (outcome != null) {
                return outcome;
            }
        }
        throw EntryCalls.tooLate("Others keep writing what is to be removed; try again.");
    }

    /** Null where it is not what is there any more. */
    private @Nullable WriteOutcome tryRemove(
            StoreKey key, Condition condition, long nowMillis, byte[] dead, StoredValue seen) {
        String tenantId = key.tenantId();
        Call<List<Object>> call = entries.call(key, EntryCalls.condition(condition), nowMillis, dead, seen.name());
        redis.run(tenantId, List.of(call));
        long answer = (Long) call.answer().getFirst();
        if (answer == EntryCalls.TOO_LATE) {
            return null;
        }
        long used = answer == 0
                ? index.usage(tenantId).bytes()
                : index.drop(tenantId, new Index.Leaving(key, seen.member(key)));
        return new WriteOutcome(
                switch ((int) answer) {
                    case 0 -> Kind.CONDITION_FAILED;
                    case 1 -> Kind.ABSENT;
                    default -> Kind.REMOVED;
                },
                used);
    }

    private byte[] head(StoreWrite write) {
        return redis.ciphers().of(write.key().tenantId()).sealHead(write.key(), write.head());
    }
}
