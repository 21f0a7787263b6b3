package io.riptide.store.redis;

import io.riptide.entry.StoreKey;
import io.riptide.spi.Condition;
import io.riptide.spi.StoreWrite;
import io.riptide.spi.WriteOutcome;
import io.riptide.spi.WriteOutcome.Kind;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Writes where all that a tenant has lies in one server: index, sums and entries change in one step of it, and nothing
 * is left half done. A cluster has entries in other slots than their index; there {@link TwoFlights} writes.
 *
 * <p>Each step says by when its caller gives it up, and is not done later: what lay somewhere on its way replaces
 * nothing that was written since.
 */
final class OneStep implements WritePath.Way {
    /** Entries in a step: all others wait for it, half a millisecond or so. */
    private static final int MOST = 25;

    /** Keys before the sorted sets. */
    private static final int FIXED_KEYS = 3;

    private static final int FIXED_ARGUMENTS = 8;
    private static final int ARGUMENTS_EACH = 4;
    private static final byte[] NOTHING = {};
    private static final HexFormat HEX = HexFormat.of();
    private static final int FIXED_ANSWERS = 2;
    private static final long TOO_LATE = 2;
    /** A server whose clock was set forward, or another one, tells so by its first answer. */
    private static final int TRIES = 3;

    private final Redis redis;
    private final Index index;
    private final RemovalBook book;
    private final ServerClock clock;

    OneStep(Redis redis, Index index, RemovalBook book) {
        this.redis = redis;
        this.index = index;
        this.book = book;
        this.clock = redis.clock();
    }

    /** Writes of one namespace that are one call: those from one place to before another. */
    private record Step(int from, int to) {}

    @Override
    public List<@Nullable WriteOutcome> put(String tenantId, List<StoreWrite> writes, long stamp, List<byte[]> dead) {
        @Nullable WriteOutcome[] outcomes = new WriteOutcome[writes.size()];
        List<Step> steps = steps(writes);
        for (int i = 0; i < TRIES && !steps.isEmpty(); i++) {
            long now = now(tenantId);
            List<Call<List<Object>>> calls = redis.runEach(
                    tenantId,
                    steps.stream()
                            .map(step -> call(
                                    tenantId,
                                    writes.subList(step.from(), step.to()),
                                    stamp,
                                    now,
                                    dead.subList(step.from(), step.to()))));
            List<Step> late = new ArrayList<>();
            for (int at = 0; at < steps.size(); at++) {
                List<Object> answer = calls.get(at).answer();
                clock.told((Long) answer.get(1));
                if ((Long) answer.getFirst() == TOO_LATE) {
                    late.add(steps.get(at));
                } else {
                    take(answer, steps.get(at).from(), outcomes);
                }
            }
            steps = late;
        }
        if (!steps.isEmpty()) {
            throw EntryCalls.tooLate("The write was too long on its way; try again.");
        }
        return Arrays.asList(outcomes);
    }

    @Override
    public WriteOutcome remove(StoreKey key, Condition condition, long nowMillis, byte[] dead) {
        String tenantId = key.tenantId();
        byte[][] keys = {
            MetaKeys.usage(tenantId),
            MetaKeys.removals(tenantId),
            MetaKeys.index(tenantId, Member.shard(key)),
            key.bytes()
        };
        for (int i = 0; i < TRIES; i++) {
            byte[][] arguments = {
                Index.number(nowMillis),
                Index.number(book.of(tenantId).removedBelow(key.namespace())),
                Index.number(until(now(tenantId))),
                HEX.parseHex(key.hash()),
                inMember(key.namespace()),
                terms(NOTHING, condition, dead)
            };
            Call<List<Object>> call = Call.script(Scripts.DELETE, keys, arguments);
            redis.run(tenantId, List.of(call));
            List<Object> answer = call.answer();
            clock.told((Long) answer.get(1));
            if ((Long) answer.getFirst() != TOO_LATE) {
                return new WriteOutcome(removal((Long) answer.get(2)), (Long) answer.get(3));
            }
        }
        throw EntryCalls.tooLate("The removal was too long on its way; try again.");
    }

    private static Kind removal(long answer) {
        return switch ((int) answer) {
            case 0 -> Kind.CONDITION_FAILED;
            case 1 -> Kind.ABSENT;
            default -> Kind.REMOVED;
        };
    }

    private static List<Step> steps(List<StoreWrite> writes) {
        List<Step> steps = new ArrayList<>();
        int from = 0;
        for (int to = 1; to <= writes.size(); to++) {
            if (to == writes.size()
                    || to - from == MOST
                    || !namespace(writes, to).equals(namespace(writes, from))) {
                steps.add(new Step(from, to));
                from = to;
            }
        }
        return steps;
    }

    private static String namespace(List<StoreWrite> writes, int at) {
        return writes.get(at).key().namespace();
    }

    private static void take(List<Object> answer, int from, @Nullable WriteOutcome[] outcomes) {
        for (int at = FIXED_ANSWERS; at < answer.size(); at += 2) {
            outcomes[from + at / 2 - 1] = new WriteOutcome(kind((Long) answer.get(at)), (Long) answer.get(at + 1));
        }
    }

    /** What the server's clock says at least; it is asked where none of its answers came of late. */
    private long now(String tenantId) {
        long known = clock.micros();
        if (known < 0) {
            Call<List<Object>> time = Call.time();
            redis.run(tenantId, List.of(time));
            long seconds = Index.parse(time.answer().get(0));
            clock.told(TimeUnit.SECONDS.toMicros(seconds)
                    + Index.parse(time.answer().get(1)));
            known = clock.micros();
        }
        return known;
    }

    private static Kind kind(long answer) {
        return switch ((int) answer) {
            case 0 -> Kind.CONDITION_FAILED;
            case 1 -> Kind.CREATED;
            case 2 -> Kind.REPLACED;
            default -> Kind.OVER_QUOTA;
        };
    }

    private Call<List<Object>> call(
            String tenantId, List<StoreWrite> writes, long stamp, long nowMicros, List<byte[]> dead) {
        byte[] places = new byte[MetaKeys.SHARDS];
        byte[][] sets = new byte[MetaKeys.SHARDS][];
        int used = 0;
        long firstKept = Long.MAX_VALUE;
        byte[][] arguments = new byte[FIXED_ARGUMENTS + ARGUMENTS_EACH * writes.size()][];
        int next = FIXED_ARGUMENTS;
        for (int i = 0; i < writes.size(); i++) {
            StoreWrite write = writes.get(i);
            int shard = Member.shard(write.key());
            if (places[shard] == 0) {
                sets[used++] = MetaKeys.index(tenantId, shard);
                places[shard] = (byte) (FIXED_KEYS + used);
            }
            long kept = write.head().keptMillis();
            firstKept = Math.min(firstKept, kept);
            StoredValue value = index.value(write, nowMicros, stamp);
            byte[] place = {places[shard]};
            arguments[next++] = terms(place, write.condition(), dead.get(i));
            arguments[next++] = value.member(write.key());
            arguments[next++] = Index.number(kept);
            arguments[next++] = value.with(head(write), write.envelope());
        }
        StoreWrite first = writes.getFirst();
        String namespace = first.key().namespace();
        arguments[0] = Index.number(stamp);
        arguments[1] = Index.number(first.storageLimit());
        arguments[2] = Index.number(first.nowMillis());
        arguments[3] = MetaKeys.ascii(tenantId);
        arguments[4] = Index.number(until(nowMicros));
        arguments[5] = inMember(namespace);
        arguments[6] = Index.number(book.of(tenantId).removedBelow(namespace));
        arguments[7] = Index.number(firstKept);
        byte[][] keys = new byte[FIXED_KEYS + used + writes.size()][];
        keys[0] = MetaKeys.usage(tenantId);
        keys[1] = MetaKeys.removals(tenantId);
        keys[2] = MetaKeys.tenants();
        System.arraycopy(sets, 0, keys, FIXED_KEYS, used);
        for (int i = 0; i < writes.size(); i++) {
            keys[FIXED_KEYS + used + i] = writes.get(i).key().bytes();
        }
        return Call.script(Scripts.PUT, keys, arguments);
    }

    private byte[] head(StoreWrite write) {
        return redis.ciphers().of(write.key().tenantId()).sealHead(write.key(), write.head());
    }

    private long until(long nowMicros) {
        return nowMicros + TimeUnit.MILLISECONDS.toMicros(redis.timeoutMillis());
    }

    private static byte[] inMember(String namespace) {
        return MetaKeys.ascii((char) namespace.length() + namespace);
    }

    private static byte[] terms(byte[] before, Condition condition, byte[] dead) {
        byte[] terms = EntryCalls.condition(condition);
        return ByteBuffer.allocate(before.length + terms.length + dead.length)
                .put(before)
                .put(terms)
                .put(dead)
                .array();
    }
}
