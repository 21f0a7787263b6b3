package io.riptide.proof.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.RipTide;
import io.riptide.cache.Loader;
import io.riptide.cache.Loader.Loaded;
import io.riptide.cache.Lookup;
import io.riptide.cache.Namespace;
import io.riptide.cache.PutOptions;
import io.riptide.config.PersistenceConfig;
import io.riptide.spi.Backing;
import io.riptide.spi.UsageStore;
import io.riptide.store.jdbc.SqlControlStore;
import io.riptide.store.redis.RedisBacking;
import io.riptide.tenant.TenantManager.NewTenant;
import io.riptide.tenant.TenantManager.QuotaPatch;
import io.riptide.testkit.Await;
import io.riptide.testkit.RedisServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Four nodes over one real Redis: a key that all are asked for at once is loaded once. */
class LoadsOverNodesTest {
    private static final int NODES = 4;
    private static final int READERS = 200;

    @TempDir
    private Path folder;

    private final AtomicInteger loads = new AtomicInteger();
    private final CountDownLatch loading = new CountDownLatch(1);
    private final CountDownLatch go = new CountDownLatch(1);
    private ExecutorService threads;
    private ScheduledExecutorService timer;
    private RedisServer server;
    private final List<RipTide> nodes = new ArrayList<>();
    private final List<Namespace> namespaces = new ArrayList<>();

    @BeforeEach
    void open() {
        threads = Executors.newCachedThreadPool();
        timer = Executors.newSingleThreadScheduledExecutor();
        server = RedisServer.start();
        for (int i = 0; i < NODES; i++) {
            PersistenceConfig config = PersistenceConfig.load(
                    List.of(),
                    Map.of(
                            "RIPTIDE_PERSISTENCE__REDIS__URL",
                            server.url(),
                            "RIPTIDE_PERSISTENCE__REDIS__COMMAND_TIMEOUT_MS",
                            "10000"));
            RedisBacking redis =
                    RedisBacking.open(config.redis(), timer, System::nanoTime, RandomGenerator.getDefault());
            RipTide node = RipTide.open(
                    config,
                    new Backing(
                            redis.entries(),
                            SqlControlStore.sqlite(folder.resolve("control" + i), threads),
                            redis.feed(),
                            redis.permits(),
                            redis.loads(),
                            UsageStore.inMemory()),
                    null);
            nodes.add(node);
            var made = node.tenants()
                    .create(new NewTenant("acme", "T", "O", "o@example.com", "free", QuotaPatch.NONE, null));
            namespaces.add(node.door().tenant(made.key().apiKey(), null).cache().namespace("ns"));
        }
    }

    @AfterEach
    void close() {
        go.countDown();
        nodes.forEach(RipTide::close);
        server.close();
        timer.shutdownNow();
        threads.shutdownNow();
    }

    private Loaded load(String key) throws InterruptedException {
        int number = loads.incrementAndGet();
        loading.countDown();
        go.await();
        return new Loaded(("v" + number).getBytes(StandardCharsets.US_ASCII), PutOptions.DEFAULT);
    }

    private static String read(Namespace at, Loader loader) {
        return at.getOrLoad("k", loader) instanceof Lookup.Hit hit
                ? new String(hit.entry().toByteArray(), StandardCharsets.US_ASCII)
                : "none";
    }

    private List<Future<String>> readEverywhere() {
        List<Future<String>> readers = new ArrayList<>();
        for (int i = 0; i < READERS; i++) {
            for (Namespace at : namespaces) {
                readers.add(threads.submit(() -> read(at, this::load)));
            }
        }
        return readers;
    }

    @Test
    void of_all_readers_at_all_nodes_one_loads() throws Exception {
        List<Future<String>> readers = readEverywhere();
        assertThat(loading.await(20, TimeUnit.SECONDS)).isTrue();
        // Longer than the lease: it is kept while the load runs.
        assertThat(readers.getFirst()).matches(reader -> !endsWithin(reader, 6));
        go.countDown();
        for (Future<String> reader : readers) {
            assertThat(reader.get()).isEqualTo("v1");
        }
        assertThat(loads).hasValue(1);
        // Sooner than it would end by itself.
        Await.until(
                Duration.ofSeconds(2),
                "the lease to be given up",
                () -> server.command("KEYS", "riptide:meta:load:*").isEmpty());
    }

    @Test
    void a_node_that_ends_over_a_load_is_followed_by_another() throws Exception {
        Future<String> dead = threads.submit(() -> read(namespaces.getFirst(), this::load));
        assertThat(loading.await(20, TimeUnit.SECONDS)).isTrue();
        Future<String> follower = threads.submit(() -> read(
                namespaces.getLast(),
                key -> new Loaded("mine".getBytes(StandardCharsets.US_ASCII), PutOptions.DEFAULT)));
        assertThat(endsWithin(follower, 1)).isFalse();
        nodes.getFirst().close();
        assertThat(follower.get(20, TimeUnit.SECONDS)).isEqualTo("mine");
        assertThat(dead).isNotDone();
    }

    private static boolean endsWithin(Future<String> reader, int seconds) {
        try {
            var unused = reader.get(seconds, TimeUnit.SECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }
}
