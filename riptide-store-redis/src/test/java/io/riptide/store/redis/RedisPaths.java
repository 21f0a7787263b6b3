package io.riptide.store.redis;

import com.sun.management.OperatingSystemMXBean;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.riptide.config.RedisConfig;
import io.riptide.entry.Compressor;
import io.riptide.entry.DictionarySource;
import io.riptide.entry.Envelope;
import io.riptide.entry.Head;
import io.riptide.entry.StoreKey;
import io.riptide.spi.Condition;
import io.riptide.spi.EntryStore;
import io.riptide.spi.StoreWrite;
import io.riptide.testkit.RedisServer;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.random.RandomGenerator;
import java.util.zip.CRC32C;

/**
 * What the store costs a client beside Lettuce used by hand, on one real server, in turns: run its main method. Prints
 * microseconds and client CPU for each key, and what Redis holds for each entry.
 */
final class RedisPaths {
    private static final int KEYS = 10_000;
    private static final int ROUNDS = 5;
    private static final int BATCH = 1_000;
    private static final OperatingSystemMXBean PROCESS =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private RedisPaths() {}

    public static void main(String[] arguments) throws Exception {
        try (RedisServer server = RedisServer.start()) {
            RedisConfig config = new RedisConfig(server.url(), RedisConfig.Mode.STANDALONE, 1, 10_000, "");
            Redis redis = Redis.open(config, System::nanoTime);
            RedisClient client = RedisClient.create(server.url());
            try (EntryStore store = new RedisEntryStore(
                            redis, new RemovalBook(redis), () -> true, RandomGenerator.getDefault());
                    StatefulRedisConnection<byte[], byte[]> raw = client.connect(ByteArrayCodec.INSTANCE)) {
                compare(server, store, raw);
            } finally {
                client.shutdown();
            }
        }
    }

    private static void compare(RedisServer server, EntryStore store, StatefulRedisConnection<byte[], byte[]> raw)
            throws Exception {
        List<StoreWrite> writes = new ArrayList<>();
        long empty = used(server);
        for (int i = 0; i < KEYS; i++) {
            writes.add(write("k" + i));
        }
        for (int from = 0; from < KEYS; from += BATCH) {
            var unused = store.putAll(writes.subList(from, from + BATCH));
        }
        int envelope = writes.getFirst().envelope().length;
        System.out.printf(
                "an envelope of %,d bytes, of 1,024 random ones: Redis holds %,d bytes for it%n",
                envelope, (used(server) - empty) / KEYS);
        byte[][] names = new byte[KEYS][];
        for (int i = 0; i < KEYS; i++) {
            names[i] = ("raw:" + i).getBytes(StandardCharsets.US_ASCII);
            raw.sync().set(names[i], writes.get(i).envelope());
        }
        for (int threads : new int[] {1, 16}) {
            for (int round = 0; round < ROUNDS; round++) {
                print(
                        round,
                        threads + " raw GET, CRC32C",
                        measure(threads, KEYS, i -> sum(raw.sync().get(names[i]))));
                print(
                        round,
                        threads + " store, opened",
                        measure(
                                threads,
                                KEYS,
                                i -> opened(
                                        store,
                                        writes.get(i).key(),
                                        writes.get(i).head().key())));
                print(round, threads + " raw SET", measure(threads, KEYS, i -> set(raw, names[i], writes.get(i))));
                print(round, threads + " store put", measure(threads, KEYS, i -> store.put(writes.get(i))));
            }
        }
        List<StoreKey> keys = writes.stream().map(StoreWrite::key).toList();
        for (int round = 0; round < ROUNDS; round++) {
            print(round, "pipeline of 1,000 GET", batches(from -> pipeline(raw, names, from)));
            print(round, "store, 1,000 at once", batches(from -> all(store, keys.subList(from, from + BATCH), from)));
            print(round, "pipeline of 1,000 SET", batches(from -> setAll(raw, names, writes, from)));
            print(round, "store put, 1,000", batches(from -> store.putAll(writes.subList(from, from + BATCH))));
        }
    }

    private interface Work {
        Object at(int i) throws Exception;
    }

    /** Microseconds and microseconds of CPU for each. */
    private static double[] measure(int threads, int count, Work work) throws Exception {
        long cpu = PROCESS.getProcessCpuTime();
        long began = System.nanoTime();
        try (var pool = Executors.newFixedThreadPool(threads)) {
            List<Future<Object>> ends = new ArrayList<>();
            for (int thread = 0; thread < threads; thread++) {
                SplittableRandom random = new SplittableRandom(thread);
                Callable<Object> task = () -> {
                    Object last = "";
                    for (int i = 0; i < 2 * count / threads; i++) {
                        last = work.at(random.nextInt(count));
                    }
                    return last;
                };
                ends.add(pool.submit(task));
            }
            for (Future<Object> end : ends) {
                var unused = end.get();
            }
        }
        long ended = System.nanoTime();
        double all = 2.0 * count * 1000;
        return new double[] {(ended - began) / all, (PROCESS.getProcessCpuTime() - cpu) / all};
    }

    private static double[] batches(Work work) throws Exception {
        double[] each = measure(1, KEYS / BATCH * 10, i -> work.at(i / 10 * BATCH));
        return new double[] {each[0] / BATCH, each[1] / BATCH};
    }

    private static void print(int round, String what, double[] figures) {
        if (round >= ROUNDS - 2) {
            System.out.printf("%-24s %8.2f µs  %8.2f µs of CPU%n", what, figures[0], figures[1]);
        }
    }

    private static long used(RedisServer server) {
        return Long.parseLong(Redis.field(server.command("INFO", "memory"), "used_memory", "0"));
    }

    private static StoreWrite write(String key) {
        StoreKey at = StoreKey.of("acme", "ns", key);
        byte[] value = new byte[1024];
        RandomGenerator.getDefault().nextBytes(value);
        long now = System.currentTimeMillis();
        Head head = new Head(key, "", now, now + 3_600_000, 1, value.length, 0, List.of(), List.of());
        Envelope.Sealed sealed = Envelope.seal(at, head, value, Compressor.NONE);
        return new StoreWrite(at, sealed.head(), sealed.bytes(), Condition.NONE, Long.MAX_VALUE, now);
    }

    private static long sum(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return crc.getValue();
    }

    private static Object opened(EntryStore store, StoreKey key, String name) {
        return Envelope.open(key, name, store.get(key), DictionarySource.NONE);
    }

    private static Object set(StatefulRedisConnection<byte[], byte[]> raw, byte[] name, StoreWrite write) {
        return raw.sync().set(name, write.envelope());
    }

    private static Object pipeline(StatefulRedisConnection<byte[], byte[]> raw, byte[][] names, int from)
            throws Exception {
        List<RedisFuture<byte[]>> answers = new ArrayList<>();
        for (int i = from; i < from + BATCH; i++) {
            answers.add(raw.async().get(names[i]));
        }
        long sum = 0;
        for (RedisFuture<byte[]> answer : answers) {
            sum += sum(answer.get());
        }
        return sum;
    }

    private static Object setAll(
            StatefulRedisConnection<byte[], byte[]> raw, byte[][] names, List<StoreWrite> writes, int from)
            throws Exception {
        List<RedisFuture<String>> answers = new ArrayList<>();
        for (int i = from; i < from + BATCH; i++) {
            answers.add(raw.async().set(names[i], writes.get(i).envelope()));
        }
        for (RedisFuture<String> answer : answers) {
            var unused = answer.get();
        }
        return answers;
    }

    private static Object all(EntryStore store, List<StoreKey> keys, int from) {
        List<byte[]> values = store.getAll(keys);
        List<Object> opened = new ArrayList<>();
        for (int i = 0; i < keys.size(); i++) {
            opened.add(Envelope.open(keys.get(i), "k" + (from + i), values.get(i), DictionarySource.NONE));
        }
        return opened;
    }
}
