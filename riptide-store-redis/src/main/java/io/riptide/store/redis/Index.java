package io.riptide.store.redis;

import io.lettuce.core.protocol.CommandType;
import io.riptide.entry.StoreKey;
import io.riptide.problem.RipTideException;
import io.riptide.spi.StoreUsage;
import io.riptide.spi.StoreWrite;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A tenant's index and the sums over it, which change together. A member goes in before its entry is written and comes
 * out after it is gone: the index may hold what is not there, and never misses what is. {@link Upkeep} takes out what a
 * crash left behind.
 */
final class Index {
    private static final int FIXED_ARGUMENTS = 2;
    private static final int ARGUMENTS = 4;
    private static final int HASH_BYTES = 16;
    private static final int TIME_BYTES = 8;

    private final Redis redis;
    private final AtomicInteger salts;

    /**
     * Over a Redis.
     *
     * @param salt a number that differs from process to process
     */
    Index(Redis redis, int salt) {
        this.redis = redis;
        this.salts = new AtomicInteger(salt);
    }

    /** What came of taking entries in: all or none. */
    sealed interface Added {
        /** They are in; {@code used} before, and as they are to be written. */
        record All(long used, List<StoredValue> values, List<Long> freed) implements Added {}

        /** Removals are not those that the writer knows. */
        record Behind() implements Added {}

        /** The limit would be exceeded. */
        record Full(long used) implements Added {}
    }

    /**
     * Takes entries of one tenant in.
     *
     * @param stamp the latest removal that is known
     * @param limit of the tenant's bytes, or -1 for none
     * @param replaced how many bytes of the first one replace others
     */
    Added add(String tenantId, List<StoreWrite> writes, long stamp, long limit, int replaced) {
        Shards shards = new Shards(tenantId);
        List<byte[]> arguments = new ArrayList<>(FIXED_ARGUMENTS + ARGUMENTS * writes.size());
        arguments.add(number(stamp));
        arguments.add(number(limit));
        List<byte[]> parts = new ArrayList<>(writes.size());
        for (StoreWrite write : writes) {
            byte[] part = part(write, stamp);
            parts.add(part);
            arguments.add(number(shards.number(write.key())));
            arguments.add(number(write.head().keptMillis()));
            arguments.add(part);
            arguments.add(number(parts.size() == 1 ? replaced : 0));
        }
        Call<List<Object>> call = Call.script(Scripts.ADD, shards.keys(), arguments.toArray(byte[][]::new));
        redis.run(tenantId, List.of(call));
        List<Object> answer = call.answer();
        if ((Long) answer.getFirst() == 0) {
            return new Added.Behind();
        }
        if ((Long) answer.getFirst() == 1) {
            return new Added.Full((Long) answer.get(1));
        }
        if ((Long) answer.get(3) == 1) {
            // Before the first entry, so that upkeep finds whatever there is.
            redis.run(tenantId, List.of(Call.number(CommandType.SADD, MetaKeys.tenants(), MetaKeys.ascii(tenantId))));
        }
        List<StoredValue> values = new ArrayList<>(writes.size());
        List<Long> freed = new ArrayList<>(writes.size());
        for (int i = 0; i < parts.size(); i++) {
            values.add(value(writes.get(i), parts.get(i), (byte[]) answer.get(2), stamp));
            freed.add((Long) answer.get(4 + i));
        }
        return new Added.All((Long) answer.get(1), values, freed);
    }

    /**
     * A write as it is to lie in the server, where it goes into the index with the same step.
     *
     * @param nowMicros the server's time as far as it is known, or zero where the server is to put it in
     * @param stamp the latest removal that is known
     */
    StoredValue value(StoreWrite write, long nowMicros, long stamp) {
        byte[] name = ByteBuffer.allocate(TIME_BYTES + Integer.BYTES)
                .putLong(nowMicros)
                .putInt(salts.getAndIncrement())
                .array();
        return value(write, name, stamp);
    }

    /** A member without the server's time. */
    private byte[] part(StoreWrite write, long stamp) {
        byte[] member = value(write, 0, stamp).member(write.key());
        byte[] part = new byte[member.length - TIME_BYTES];
        System.arraycopy(member, 0, part, 0, HASH_BYTES);
        System.arraycopy(member, HASH_BYTES + TIME_BYTES, part, HASH_BYTES, part.length - HASH_BYTES);
        return part;
    }

    private StoredValue value(StoreWrite write, byte[] part, byte[] time, long stamp) {
        byte[] name = ByteBuffer.allocate(TIME_BYTES + Integer.BYTES)
                .put(time)
                .put(part, HASH_BYTES, Integer.BYTES)
                .array();
        return value(write, name, stamp);
    }

    private StoredValue value(StoreWrite write, byte[] name, long stamp) {
        return new StoredValue(
                name,
                write.envelope().length,
                stamp,
                write.head().expiresMillis(),
                write.head().version(),
                write.head().keptMillis(),
                StoredValue.digests(
                        write.head().tags(), redis.ciphers().of(write.key().tenantId())));
    }

    /** What stood for values that are not there any more is to go. */
    record Leaving(StoreKey key, byte[] member) {}

    private static Call<List<Object>> drop(String tenantId, List<Leaving> leaving) {
        Shards shards = new Shards(tenantId);
        List<byte[]> arguments = new ArrayList<>(2 * leaving.size());
        for (Leaving one : leaving) {
            arguments.add(number(shards.number(one.key())));
            arguments.add(one.member());
        }
        return Call.script(Scripts.DROP, shards.keys(), arguments.toArray(byte[][]::new));
    }

    /** Takes members out and returns the tenant's bytes after it. */
    long drop(String tenantId, Leaving... leaving) {
        Call<List<Object>> call = drop(tenantId, List.of(leaving));
        redis.run(tenantId, List.of(call));
        return (Long) call.answer().getFirst();
    }

    /** Takes members out and returns how many were there. */
    long dropAll(String tenantId, List<Leaving> leaving) {
        if (leaving.isEmpty()) {
            return 0;
        }
        Call<List<Object>> call = drop(tenantId, leaving);
        redis.run(tenantId, List.of(call));
        return (Long) call.answer().get(1);
    }

    /**
     * Takes members out without waiting: before anything that this process does next with the tenant.
     *
     * @param unknown run where it is not known whether that was done
     */
    void dropSoon(String tenantId, List<Leaving> leaving, Runnable unknown) {
        if (leaving.isEmpty()) {
            return;
        }
        Call<List<Object>> call = drop(tenantId, leaving);
        sendSoon(tenantId, call, unknown);
    }

    private void sendSoon(String tenantId, Call<?> call, Runnable unknown) {
        try {
            var unused = redis.send(tenantId, List.of(call)).thenRun(() -> {
                if (call.again()) {
                    sendSoon(tenantId, call, unknown);
                } else if (call.failure() != null) {
                    unknown.run();
                }
            });
        } catch (RipTideException e) {
            unknown.run();
        }
    }

    StoreUsage usage(String tenantId) {
        byte[] bytes = {'b'};
        byte[] entries = {'n'};
        Call<List<Object>> call = Call.list(CommandType.HMGET, MetaKeys.usage(tenantId), bytes, entries);
        redis.run(tenantId, List.of(call));
        return new StoreUsage(parse(call.answer().get(0)), parse(call.answer().get(1)));
    }

    static long parse(@Nullable Object number) {
        return number == null ? 0 : Long.parseLong(new String((byte[]) number, StandardCharsets.US_ASCII));
    }

    static byte[] number(long number) {
        return MetaKeys.ascii(Long.toString(number));
    }

    /** The keys of a script: usage, removals, then the sorted sets that it needs. */
    static final class Shards {
        private final String tenantId;
        private final Map<Integer, Integer> numbers = new LinkedHashMap<>();

        Shards(String tenantId) {
            this.tenantId = tenantId;
        }

        /** The number that the script knows an entry's sorted set by. */
        int number(StoreKey key) {
            return numbers.computeIfAbsent(Member.shard(key), shard -> numbers.size() + 1);
        }

        byte[][] keys() {
            byte[][] keys = new byte[2 + numbers.size()][];
            keys[0] = MetaKeys.usage(tenantId);
            keys[1] = MetaKeys.removals(tenantId);
            int at = 2;
            for (int shard : numbers.keySet()) {
                keys[at++] = MetaKeys.index(tenantId, shard);
            }
            return keys;
        }
    }
}
