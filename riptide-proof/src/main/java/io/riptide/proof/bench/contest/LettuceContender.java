package io.riptide.proof.bench.contest;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.riptide.entry.StoreKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;

/**
 * Lettuce by hand, one connection, as good as that gets: names of keys are made beforehand. It reads what RipTide
 * wrote, and sums it; it writes values of the same length under names of its own.
 */
final class LettuceContender implements Contender {
    private static final SetArgs LIFE = SetArgs.Builder.px(3_600_000);

    private final RedisClient client;
    private final StatefulRedisConnection<byte[], byte[]> connection;
    private final byte[][] theirs;
    private final byte[][] own;
    private final int length;

    LettuceContender(String url, int keys) {
        this.client = RedisClient.create(url);
        this.connection = client.connect(ByteArrayCodec.INSTANCE);
        this.theirs = IntStream.range(0, keys)
                .mapToObj(key -> StoreKey.of(RipTideContender.TENANT, RipTideContender.NAMESPACE, Contender.name(key))
                        .bytes())
                .toArray(byte[][]::new);
        this.own = IntStream.range(0, keys)
                .mapToObj(key -> Contender.ascii("lettuce:tenant:bench:pages:" + Contender.name(key)))
                .toArray(byte[][]::new);
        byte[] first = connection.sync().get(theirs[0]);
        this.length = first == null ? VALUE_BYTES : first.length;
    }

    /** As RipTide's envelope has it. */
    private static void sum(byte[] bytes) {
        CRC32C sum = new CRC32C();
        sum.update(bytes);
        Contender.require(bytes.length > VALUE_BYTES && sum.getValue() != 0);
    }

    @Override
    public void read(int key) {
        sum(connection.sync().get(theirs[key]));
    }

    @Override
    public void write(int key) {
        Contender.require("OK".equals(connection.sync().set(own[key], value(key), LIFE)));
    }

    private byte[] value(int key) {
        return Arrays.copyOf(Contender.value(key), length);
    }

    @Override
    public void readAll(int from, int count) {
        List<RedisFuture<byte[]>> answers = new ArrayList<>(count);
        for (int key = from; key < from + count; key++) {
            answers.add(connection.async().get(theirs[key]));
        }
        answers.forEach(answer -> sum(there(answer)));
    }

    @Override
    public void writeAll(int from, int count) {
        List<RedisFuture<String>> answers = new ArrayList<>(count);
        for (int key = from; key < from + count; key++) {
            answers.add(connection.async().set(own[key], value(key), LIFE));
        }
        answers.forEach(answer -> Contender.require("OK".equals(there(answer))));
    }

    private static <T> T there(RedisFuture<T> answer) {
        try {
            return answer.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        connection.close();
        client.shutdown();
    }
}
