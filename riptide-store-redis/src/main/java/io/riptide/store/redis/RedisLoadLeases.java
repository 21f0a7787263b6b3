package io.riptide.store.redis;

import io.lettuce.core.protocol.CommandType;
import io.riptide.entry.StoreKey;
import io.riptide.problem.RipTideException;
import io.riptide.spi.LoadLeases;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Leases on loads as keys of Redis that end by themselves; each holds the load's name. Threads: any. */
public final class RedisLoadLeases implements LoadLeases {
    private static final byte[] NX = MetaKeys.ascii("NX");
    private static final byte[] GET = MetaKeys.ascii("GET");
    private static final byte[] PX = MetaKeys.ascii("PX");
    private static final byte[] NOW = MetaKeys.ascii("0");

    private final Redis redis;

    /** Over these connections, which others close. */
    RedisLoadLeases(Redis redis) {
        this.redis = redis;
    }

    @Override
    public String take(StoreKey key, String load, long millis) {
        byte[] name = MetaKeys.ascii(load);
        Call<byte[]> take = Call.bytes(CommandType.SET, MetaKeys.load(key), name, NX, GET, PX, number(millis));
        redis.run(key.tenantId(), List.of(take));
        byte[] holder = take.orNull();
        return holder == null ? load : new String(holder, StandardCharsets.US_ASCII);
    }

    @Override
    public void keep(Map<StoreKey, String> loads, long millis) {
        List<Call<List<Object>>> calls = new ArrayList<>(loads.size());
        loads.forEach((key, load) -> calls.add(lastFor(key, load, number(millis))));
        redis.run("", calls);
    }

    @Override
    public void release(StoreKey key, String load) {
        Call<List<Object>> release = lastFor(key, load, NOW);
        try {
            var unused = redis.send(key.tenantId(), List.of(release)).thenAccept(done -> sendAgain(key, release));
        } catch (RipTideException e) {
            // It ends by itself.
        }
    }

    private void sendAgain(StoreKey key, Call<List<Object>> release) {
        if (release.again()) {
            var unused = redis.send(key.tenantId(), List.of(release));
        }
    }

    private static Call<List<Object>> lastFor(StoreKey key, String load, byte[] millis) {
        return Call.script(
                Scripts.LAST, new byte[][] {MetaKeys.load(key)}, new byte[][] {MetaKeys.ascii(load), millis});
    }

    private static byte[] number(long millis) {
        return MetaKeys.ascii(Long.toString(millis));
    }
}
