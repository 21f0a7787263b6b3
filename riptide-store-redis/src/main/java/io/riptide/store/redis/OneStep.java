package io.riptide.store.redis;

import io.riptide.entry.StoreKey;
import io.riptide.problem.Problem;
import io.riptide.problem.ProblemCode;
import io.riptide.spi.StoreWrite;
import io.riptide.spi.WriteOutcome;
import io.riptide.spi.WriteOutcome.Kind;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Writes where all that a tenant has lies in one server: index, sums and entries change in one step of it, and nothing
 * is left half done. A cluster has entries in other slots than their index; there {@link WritePath} takes two flights.
 *
 * <p>Each step says by when its caller gives it up, and is not done later: what lay somewhere on its way replaces
 * nothing that was written since.
 */
final class OneStep {
    /** Entries in a step: all others wait for it, half a millisecond or so. */
    private static final int MOST = 25;

    private static final int HASH = 16;
    private static final int NAME = 12;
    private static final byte[] UNNAMED = new byte[NAME];
    private static final HexFormat HEX = HexFormat.of();
    /** Keys before the sorted sets. */
    private static final int FIXED_KEYS = 3;

    private static final int FIXED_ARGUMENTS = 6;
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

    /**
     * Outcomes in the order of the writes, each null where nothing was done since another removal is the latest.
     *
     * @param stamp the latest removal that is known
     * @param dead the name of the write that a removal ended for each, or nothing
     */
    List<@Nullable WriteOutcome> put(String tenantId, List<StoreWrite> writes, long stamp, List<byte[]> dead) {
        @Nullable WriteOutcome[] outcomes = new WriteOutcome[writes.size()];
        List<Integer> steps = IntStream.iterate(0, from -> from < writes.size(), from -> from + MOST)
                .boxed()
                .toList();
        for (int i = 0; i < TRIES && !steps.isEmpty(); i++) {
            long until = now(tenantId) + TimeUnit.MILLISECONDS.toMicros(redis.timeoutMillis());
            List<Call<List<Object>>> calls = new ArrayList<>(steps.size());
            for (int from : steps) {
                int to = Math.min(writes.size(), from + MOST);
                calls.add(call(tenantId, writes.subList(from, to), stamp, until, dead.subList(from, to)));
            }
            redis.run(tenantId, calls);
            List<Integer> late = new ArrayList<>();
            for (int step = 0; step < steps.size(); step++) {
                List<Object> answer = calls.get(step).answer();
                clock.told((Long) answer.get(1));
                if ((Long) answer.getFirst() == TOO_LATE) {
                    late.add(steps.get(step));
                } else {
                    take(answer, steps.get(step), outcomes);
                }
            }
            steps = late;
        }
        if (!steps.isEmpty()) {
            throw Problem.of(ProblemCode.STORE_UNAVAILABLE, "The write was too long on its way; try again.")
                    .asException();
        }
        return Arrays.asList(outcomes);
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
            String tenantId, List<StoreWrite> writes, long stamp, long untilMicros, List<byte[]> dead) {
        byte[] places = new byte[MetaKeys.SHARDS];
        byte[][] sets = new byte[MetaKeys.SHARDS][];
        int used = 0;
        byte[][] arguments = new byte[FIXED_ARGUMENTS + 2 * writes.size()][];
        for (int i = 0; i < writes.size(); i++) {
            StoreWrite write = writes.get(i);
            int shard = Member.shard(write.key());
            if (places[shard] == 0) {
                sets[used++] = MetaKeys.index(tenantId, shard);
                places[shard] = (byte) used;
            }
            arguments[FIXED_ARGUMENTS + 2 * i] = terms(write, dead.get(i));
            arguments[FIXED_ARGUMENTS + 2 * i + 1] = value(write, stamp);
        }
        arguments[0] = Index.number(stamp);
        arguments[1] = Index.number(writes.getFirst().storageLimit());
        arguments[2] = Index.number(writes.getFirst().nowMillis());
        arguments[3] = MetaKeys.ascii(tenantId);
        arguments[4] = places;
        arguments[5] = Index.number(untilMicros);
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

    private byte[] terms(StoreWrite write, byte[] dead) {
        StoreKey key = write.key();
        byte[] namespace = key.namespace().getBytes(StandardCharsets.US_ASCII);
        byte[] condition = WritePath.condition(write.condition());
        ByteBuffer out = ByteBuffer.allocate(HASH + Long.BYTES + NAME + 1 + namespace.length + condition.length);
        out.put(HEX.parseHex(key.hash()))
                .putLong(book.of(key.tenantId()).removedBelow(key.namespace()))
                .put(dead.length == 0 ? UNNAMED : dead)
                .put((byte) namespace.length)
                .put(namespace)
                .put(condition);
        return out.array();
    }

    private byte[] value(StoreWrite write, long stamp) {
        var head = write.head();
        byte[] tags = StoredValue.digests(head.tags());
        return new StoredValue(
                        index.untimedName(),
                        write.envelope().length,
                        stamp,
                        head.expiresMillis(),
                        head.version(),
                        head.keptMillis(),
                        tags)
                .untimed(head, write.envelope());
    }
}
