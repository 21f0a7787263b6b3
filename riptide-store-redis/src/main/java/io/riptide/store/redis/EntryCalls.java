package io.riptide.store.redis;

import io.lettuce.core.protocol.CommandType;
import io.riptide.entry.Removals;
import io.riptide.entry.StoreKey;
import io.riptide.problem.Problem;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import io.riptide.spi.Condition;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Commands for one entry, and what of removals they have to know. Threads: any. */
final class EntryCalls {
    /** An answer of {@link Scripts#WRITE}. */
    static final long TOO_LATE = 3;

    private static final byte[] NOTHING = {};

    private final Redis redis;
    private final RemovalBook book;

    EntryCalls(Redis redis, RemovalBook book) {
        this.redis = redis;
        this.book = book;
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

    /**
     * The names of values that a removal ended of which only heads tell, each nothing where there is none. Costs
     * nothing while no such removal is being worked off.
     */
    List<byte[]> dead(String tenantId, List<StoreKey> keys, long nowMillis) {
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

    /** One of {@link Scripts#WRITE}. */
    Call<List<Object>> call(StoreKey key, byte[] condition, long nowMillis, byte[] dead, byte[]... more) {
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

    /** The condition that what is there is what a member stands for. */
    static byte[] named(Member member) {
        byte[] name = member.name();
        return ByteBuffer.allocate(1 + name.length).put((byte) 'w').put(name).array();
    }

    /** Nothing was done, or nobody knows. */
    static RipTideException tooLate(String detail) {
        return Problem.of(ProblemCode.STORE_UNAVAILABLE, detail).asException();
    }
}
