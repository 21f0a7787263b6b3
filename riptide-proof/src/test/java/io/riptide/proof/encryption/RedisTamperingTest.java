package io.riptide.proof.encryption;

import io.lettuce.core.RedisClient;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.riptide.RipTide;
import io.riptide.config.RedisConfig;
import io.riptide.entry.StoreKey;
import io.riptide.spi.Backing;
import io.riptide.spi.UsageStore;
import io.riptide.store.jdbc.SqlControlStore;
import io.riptide.store.redis.RedisBacking;
import io.riptide.tenant.Keyring;
import io.riptide.testkit.RedisServer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Values of a real Redis, changed by another client of it. */
class RedisTamperingTest extends Tampering {
    private static final int SIZE_AT = 12;
    private static final int TAGS_AT = 48;

    private static RedisServer server;

    @TempDir
    private Path folder;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

    @BeforeAll
    static void startServer() {
        server = RedisServer.start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @AfterEach
    void end() {
        String unused = server.command("FLUSHALL");
        threads.close();
        timer.shutdownNow();
    }

    @Override
    RipTide open(Keyring keyring) {
        RedisConfig config = new RedisConfig(server.url(), RedisConfig.Mode.STANDALONE, 2, 10_000, "");
        RedisBacking redis = RedisBacking.open(config, timer, System::nanoTime, new SecureRandom(), keyring);
        SqlControlStore control = SqlControlStore.sqlite(folder.resolve("control.db"), threads);
        Backing backing = new Backing(
                redis.entries(), control, redis.feed(), redis.permits(), redis.loads(), UsageStore.inMemory());
        return RipTide.open(CONFIG, backing, keyring, null);
    }

    @Override
    void tamper(BiConsumer<Raw, Map<StoreKey, Row>> how) {
        RedisClient client = RedisClient.create(server.url());
        try (StatefulRedisConnection<byte[], byte[]> connection = client.connect(ByteArrayCodec.INSTANCE)) {
            Values raw = new Values(connection.sync());
            how.accept(raw, raw.rows());
        } finally {
            client.shutdown();
        }
    }

    /** As {@code StoredValue} lays them out. */
    private record Values(RedisCommands<byte[], byte[]> redis) implements Raw {
        @Override
        public Map<StoreKey, Row> rows() {
            Map<StoreKey, Row> rows = new HashMap<>();
            for (byte[] key : redis.keys("riptide:tenant:*")) {
                StoreKey.parse(new String(key, StandardCharsets.US_ASCII))
                        .ifPresent(at -> rows.put(at, row(redis.get(key))));
            }
            return rows;
        }

        private static Row row(byte[] value) {
            int headAt = TAGS_AT + 1 + 4 * value[TAGS_AT] + 2;
            int end = headAt + ByteBuffer.wrap(value).getShort(headAt - 2);
            return new Row(
                    Arrays.copyOf(value, headAt),
                    Arrays.copyOfRange(value, headAt, end),
                    Arrays.copyOfRange(value, end, value.length));
        }

        @Override
        public void put(StoreKey at, Row row) {
            ByteBuffer value = ByteBuffer.allocate(row.front().length + row.head().length + row.envelope().length);
            value.put(row.front()).put(row.head()).put(row.envelope());
            String unused = redis.set(at.bytes(), value.array(), SetArgs.Builder.keepttl());
        }

        @Override
        public byte[] front(byte[] front, byte[] head, byte[] envelope) {
            ByteBuffer copy = ByteBuffer.wrap(front.clone());
            copy.putInt(SIZE_AT, envelope.length).putShort(front.length - 2, (short) head.length);
            return copy.array();
        }
    }
}
