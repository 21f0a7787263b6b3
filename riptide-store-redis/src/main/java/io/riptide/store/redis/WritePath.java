package io.riptide.store.redis;

import io.lettuce.core.protocol.CommandType;
import io.riptide.entry.Envelope;
import io.riptide.entry.Removals;
import io.riptide.entry.StoreKey;
import io.riptide.problem.Problem;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import io.riptide.spi.Condition;
import io.riptide.spi.StoreWrite;
import io.riptide.spi.WriteOutcome;
import io.riptide.spi.WriteOutcome.Kind;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Writes and removals of single entries. A write is {@linkplain OneStep one step} where there is one server; in a
 * cluster it goes into the index, then the entry is written, then what it replaced goes out of the index without
 * waiting for it. Batches take the same flights.
 */
final class WritePath {
    /** Bytes of envelopes in a flight, about: copies of them are held meanwhile. */
    private static final long MAX_FLIGHT_BYTES = 8L << 20;

    private static final int MAX_FLIGHT = 1000;
    private static final int MAX_STAMPS = 1000;
    /** A process may stand still between the two flights; what it had noted in the index may be gone by then. */
    private static final long TOO_LATE = 3;

    private static final byte[] NOTHING = {};

    private final Redis redis;
    private final Index index;
    private final RemovalBook book;
    private final Healing healing;
    private final OneStep oneStep;

    WritePath(Redis redis, Index index, RemovalBook book, Healing healing) {
        this.redis = redis;
        this.index = index;
        this.book = book;
        this.healing = healing;
        this.oneStep = new OneStep(redis, index, book);
    }

    /** Outcomes in the order of the writes. */
    List<WriteOutcome> putAll(List<StoreWrite> writes) {
        Map<String, List<Integer>> tenants = new LinkedHashMap<>();
        for (int i = 0; i < writes.size(); i++) {
            tenants.computeIfAbsent(writes.get(i).key().tenantId(), id -> new ArrayList<>())
                    .add(i);
        }
        @Nullable WriteOutcome[] outcomes = new WriteOutcome[writes.size()];
        tenants.forEach((tenantId, places) -> {
            int from = 0;
            while (from < places.size()) {
                long bytes = 0;
                int to = from;
                while (to < places.size() && to - from < MAX_FLIGHT && (to == from || bytes <= MAX_FLIGHT_BYTES)) {
                    bytes += writes.get(places.get(to++)).envelope().length;
                }
                List<Integer> some = places.subList(from, to);
                putSome(tenantId, some.stream().map(writes::get).toList(), some, outcomes);
                from = to;
            }
        });
        return Arrays.stream(outcomes).map(Objects::requireNonNull).toList();
    }

    WriteOutcome put(StoreWrite write) {
        @Nullable WriteOutcome[] outcome = new WriteOutcome[1];
        putSome(write.key().tenantId(), List.of(write), List.of(0), outcome);
        return Objects.requireNonNull(outcome[0]);
    }

    private void putSome(
            String tenantId, List<StoreWrite> writes, List<Integer> places, @Nullable WriteOutcome[] outcomes) {
        TenantRemovals removals = book.of(tenantId);
        for (int i = 0; i < MAX_STAMPS; i++) {
            Removals now = removals.now();
            List<StoreWrite> good = writes;
            List<Integer> goodPlaces = places;
            if (writes.stream().anyMatch(write -> outdated(write, now))) {
                good = new ArrayList<>();
                goodPlaces = new ArrayList<>();
                long used = index.usage(tenantId).bytes();
                for (int k = 0; k < writes.size(); k++) {
                    if (outdated(writes.get(k), now)) {
                        outcomes[places.get(k)] = new WriteOutcome(Kind.OUTDATED, used);
                    } else {
                        good.add(writes.get(k));
                        goodPlaces.add(places.get(k));
                    }
                }
            }
            if (good.isEmpty() || tryPut(tenantId, good, now.latest(), goodPlaces, outcomes)) {
                return;
            }
            book.refresh(removals);
        }
        throw tooLate("Removals keep coming before this write; try again.");
    }

    /** Whether a removal that covers what is to be written took place after it was stamped. */
    private static boolean outdated(StoreWrite write, Removals removals) {
        return write.head().stamp() < removals.forgotten()
                || removals.end(write.key().namespace(), write.head()) != Removals.UNTOUCHED;
    }

    /** False where another removal is the latest. */
    private boolean tryPut(
            String tenantId,
            List<StoreWrite> writes,
            long stamp,
            List<Integer> places,
            @Nullable WriteOutcome[] outcomes) {
        if (!redis.cluster()) {
            return tryInOneStep(tenantId, writes, stamp, places, outcomes);
        }
        try {
            return addAndWrite(tenantId, writes, stamp, places, outcomes);
        } catch (RipTideException e) {
            healing.doubt(writes.stream().map(StoreWrite::key).toList());
            throw e;
        }
    }

    private boolean addAndWrite(
            String tenantId,
            List<StoreWrite> writes,
            long stamp,
            List<Integer> places,
            @Nullable WriteOutcome[] outcomes) {
        long limit = writes.getFirst().storageLimit();
        switch (index.add(tenantId, writes, stamp, limit, 0)) {
            case Index.Added.Behind behind -> {
                return false;
            }
            case Index.Added.All all -> {
                List<WriteOutcome> done = write(tenantId, writes, all);
                for (int i = 0; i < done.size(); i++) {
                    outcomes[places.get(i)] = done.get(i);
                }
            }
            case Index.Added.Full full -> {
                // One after another: what each replaces makes room.
                for (int i = 0; i < writes.size(); i++) {
                    WriteOutcome one = putWhereFull(tenantId, writes.get(i), stamp);
                    if (one == null) {
                        if (i == 0) {
                            return false;
                        }
                        one = put(writes.get(i));
                    }
                    outcomes[places.get(i)] = one;
                }
            }
        }
        return true;
    }

    private boolean tryInOneStep(
            String tenantId,
            List<StoreWrite> writes,
            long stamp,
            List<Integer> places,
            @Nullable WriteOutcome[] outcomes) {
        List<StoreKey> keys = writes.stream().map(StoreWrite::key).toList();
        List<byte[]> dead = dead(tenantId, keys, writes.getFirst().nowMillis());
        List<@Nullable WriteOutcome> done = oneStep.put(tenantId, writes, stamp, dead);
        List<StoreWrite> left = new ArrayList<>();
        List<Integer> leftPlaces = new ArrayList<>();
        for (int i = 0; i < done.size(); i++) {
            outcomes[places.get(i)] = done.get(i);
            if (done.get(i) == null) {
                left.add(writes.get(i));
                leftPlaces.add(places.get(i));
            }
        }
        if (left.size() == writes.size()) {
            return false;
        }
        if (!left.isEmpty()) {
            putSome(tenantId, left, leftPlaces, outcomes);
        }
        return true;
    }

    /** Null where another removal is the latest. */
    private @Nullable WriteOutcome putWhereFull(String tenantId, StoreWrite write, long stamp) {
        Index.Added added = index.add(tenantId, List.of(write), stamp, write.storageLimit(), 0);
        if (added instanceof Index.Added.Full full) {
            StoredValue old = look(write.key());
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
            case Index.Added.All all -> write(tenantId, List.of(write), all).getFirst();
        };
    }

    /** What lies under a key, or null. */
    @Nullable StoredValue look(StoreKey key) {
        Call<byte[]> call = prefix(key, StoredValue.PREFIX);
        redis.run(key.tenantId(), List.of(call));
        return StoredValue.parse(call.orNull());
    }

    /** A read of a value's first bytes. */
    static Call<byte[]> prefix(StoreKey key, int length) {
        return Call.bytes(CommandType.GETRANGE, key.bytes(), Index.number(0), Index.number(length - 1));
    }

    private List<WriteOutcome> write(String tenantId, List<StoreWrite> writes, Index.Added.All added) {
        List<StoreKey> keys = writes.stream().map(StoreWrite::key).toList();
        List<byte[]> dead = dead(tenantId, keys, writes.getFirst().nowMillis());
        byte[] patience = Index.number(redis.timeoutMillis());
        List<Call<List<Object>>> calls = new ArrayList<>(writes.size());
        for (int i = 0; i < writes.size(); i++) {
            StoreWrite write = writes.get(i);
            byte[] value = added.values().get(i).with(write.head(), write.envelope());
            byte[] kept = Index.number(write.head().keptMillis());
            byte[] condition = condition(write.condition());
            calls.add(call(keys.get(i), condition, write.nowMillis(), dead.get(i), value, kept, patience));
        }
        redis.run(tenantId, calls);
        List<WriteOutcome> outcomes = new ArrayList<>(writes.size());
        List<Index.Leaving> leaving = new ArrayList<>(writes.size());
        long used = added.used();
        boolean tooLate = false;
        for (int i = 0; i < writes.size(); i++) {
            StoreKey key = keys.get(i);
            List<Object> answer = calls.get(i).answer();
            StoredValue old = StoredValue.parse((byte[]) answer.get(1));
            Kind kind = kind((Long) answer.getFirst());
            tooLate |= (Long) answer.getFirst() == TOO_LATE;
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
            throw tooLate("The write stood still for too long; try again.");
        }
        return outcomes;
    }

    private static Kind kind(long answer) {
        if (answer == 0 || answer == TOO_LATE) {
            return Kind.CONDITION_FAILED;
        }
        return answer == 1 ? Kind.CREATED : Kind.REPLACED;
    }

    /**
     * The names of values that a removal ended of which only heads tell, each nothing where there is none. Costs
     * nothing while no such removal is being worked off.
     */
    private List<byte[]> dead(String tenantId, List<StoreKey> keys, long nowMillis) {
        TenantRemovals removals = book.of(tenantId);
        if (!removals.onlyHeadsTell()) {
            return Collections.nCopies(keys.size(), NOTHING);
        }
        List<Values.@Nullable Found> found = Values.read(redis, tenantId, keys);
        List<byte[]> dead = new ArrayList<>(keys.size());
        Removals now = removals.now();
        for (int i = 0; i < keys.size(); i++) {
            Values.Found one = found.get(i);
            boolean ended =
                    one != null && one.head() != null && now.end(keys.get(i).namespace(), one.head()) <= nowMillis;
            dead.add(ended ? one.value().name() : NOTHING);
        }
        return dead;
    }

    private Call<List<Object>> call(StoreKey key, byte[] condition, long nowMillis, byte[] dead, byte[]... more) {
        byte[][] arguments = new byte[4 + more.length][];
        arguments[0] = condition;
        arguments[1] = Index.number(nowMillis);
        arguments[2] = Index.number(book.of(key.tenantId()).removedBelow(key.namespace()));
        arguments[3] = dead;
        System.arraycopy(more, 0, arguments, 4, more.length);
        return Call.script(Scripts.WRITE, new byte[][] {key.bytes()}, arguments);
    }

    static byte[] condition(Condition condition) {
        return switch (condition) {
            case Condition.Always always -> new byte[] {'*'};
            case Condition.Absent absent -> new byte[] {'a'};
            case Condition.Present present -> new byte[] {'p'};
            case Condition.Version(long version) ->
                ByteBuffer.allocate(1 + Long.BYTES)
                        .put((byte) 'v')
                        .putLong(version)
                        .array();
        };
    }

    /**
     * Removes one entry where the condition holds. It is looked for first: what is then removed is that one, however
     * late the call arrives.
     */
    WriteOutcome remove(StoreKey key, Condition condition, long nowMillis) {
        try {
            return lookAndRemove(key, condition, nowMillis);
        } catch (RipTideException e) {
            healing.doubt(List.of(key));
            throw e;
        }
    }

    private WriteOutcome lookAndRemove(StoreKey key, Condition condition, long nowMillis) {
        for (int i = 0; i < MAX_STAMPS; i++) {
            StoredValue seen = look(key);
            if (seen == null) {
                Kind kind = StoredValue.meets(null, condition, nowMillis) ? Kind.ABSENT : Kind.CONDITION_FAILED;
                return new WriteOutcome(kind, index.usage(key.tenantId()).bytes());
            }
            WriteOutcome outcome = tryRemove(key, condition, nowMillis, seen);
            if (outcome != null) {
                return outcome;
            }
        }
        throw tooLate("Others keep writing what is to be removed; try again.");
    }

    /** Null where it is not what is there any more. */
    private @Nullable WriteOutcome tryRemove(StoreKey key, Condition condition, long nowMillis, StoredValue seen) {
        String tenantId = key.tenantId();
        byte[] dead = dead(tenantId, List.of(key), nowMillis).getFirst();
        Call<List<Object>> call = call(key, condition(condition), nowMillis, dead, seen.name());
        redis.run(tenantId, List.of(call));
        long answer = (Long) call.answer().getFirst();
        if (answer == TOO_LATE) {
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

    private static RipTideException tooLate(String detail) {
        return Problem.of(ProblemCode.STORE_UNAVAILABLE, detail).asException();
    }

    /** Removes bytes that did not open where they are still there. */
    void discard(StoreKey key, byte[] damaged) {
        Call<List<Object>> call = Call.script(Scripts.DISCARD, new byte[][] {key.bytes()}, new byte[][] {damaged});
        redis.run(key.tenantId(), List.of(call));
        if (!call.answer().isEmpty()) {
            StoredValue old = StoredValue.parse((byte[]) call.answer().getFirst());
            if (old != null) {
                var unused = index.drop(key.tenantId(), new Index.Leaving(key, old.member(key)));
            }
        }
    }

    /** Writes a value over the one that a member stands for, where that is still there. */
    void rewrite(Member member, StoredValue value, Envelope.Sealed sealed) {
        byte[] kept = Index.number(value.keptMillis());
        byte[] whole = value.with(sealed.head(), sealed.bytes());
        byte[] patience = Index.number(redis.timeoutMillis());
        Call<List<Object>> call = call(member.key(), named(member), 0, NOTHING, whole, kept, patience);
        redis.run(member.key().tenantId(), List.of(call));
    }

    /** The condition that what is there is what a member stands for. */
    private static byte[] named(Member member) {
        byte[] name = member.name();
        return ByteBuffer.allocate(1 + name.length).put((byte) 'w').put(name).array();
    }

    /** Deletes those values that are still there under these names, then takes them out of the index; how many went. */
    long deleteAll(String tenantId, List<Member> members) {
        try {
            return deleteAndDrop(tenantId, members);
        } catch (RipTideException e) {
            healing.doubt(members.stream().map(Member::key).toList());
            throw e;
        }
    }

    private long deleteAndDrop(String tenantId, List<Member> members) {
        long gone = 0;
        for (int from = 0; from < members.size(); from += MAX_FLIGHT) {
            List<Member> some = members.subList(from, Math.min(members.size(), from + MAX_FLIGHT));
            List<Call<List<Object>>> calls = new ArrayList<>(some.size());
            List<Index.Leaving> leaving = new ArrayList<>(some.size());
            for (Member member : some) {
                calls.add(call(member.key(), named(member), 0, NOTHING));
                leaving.add(new Index.Leaving(member.key(), member.bytes()));
            }
            redis.run(tenantId, calls);
            gone += calls.stream()
                    .filter(call -> (Long) call.answer().getFirst() != 0)
                    .count();
            var unused = index.dropAll(tenantId, leaving);
        }
        return gone;
    }
}
