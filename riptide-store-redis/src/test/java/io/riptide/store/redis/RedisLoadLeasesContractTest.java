package io.riptide.store.redis;

import io.riptide.config.RedisConfig;
import io.riptide.spi.LoadLeases;
import io.riptide.testkit.Await;
import io.riptide.testkit.LoadLeasesContract;
import io.riptide.testkit.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

class RedisLoadLeasesContractTest implements LoadLeasesContract {
    private static RedisServer server;
    private final List<Redis> opened = new ArrayList<>();

    @BeforeAll
    static void startServer() {
        server = RedisServer.start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void empty() {
        server.command("FLUSHALL");
    }

    @AfterEach
    void closeAll() {
        opened.forEach(Redis::close);
    }

    @Override
    public LoadLeases node() {
        Redis redis = Redis.open(Opened.config(server.url(), RedisConfig.Mode.STANDALONE), System::nanoTime);
        opened.add(redis);
        return new RedisLoadLeases(redis);
    }

    @Override
    public void pass(long millis) {
        long start = System.nanoTime();
        long nanos = TimeUnit.MILLISECONDS.toNanos(millis);
        Await.until(
                Duration.ofMillis(10 * millis), "time to pass at the server", () -> System.nanoTime() - start > nanos);
    }
}
