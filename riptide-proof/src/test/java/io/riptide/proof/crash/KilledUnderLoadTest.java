package io.riptide.proof.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.config.CacheConfig.Durability;
import io.riptide.config.PersistenceConfig;
import io.riptide.entry.Head;
import io.riptide.proof.ServerProcess;
import io.riptide.spi.HeadPage;
import io.riptide.spi.StoreUsage;
import io.riptide.store.rocksdb.RocksDbEntryStore;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The real server, killed while it is written to: all that it acknowledged is there, and what tenants occupy is exact.
 */
class KilledUnderLoadTest {
    private static final int WRITERS = 4;
    private static final long LONG_AGO = 0;

    @TempDir
    private Path directory;

    @Test
    void threeKillsLoseNothing() throws Exception {
        killAndCheck(3, 400);
    }

    @Tag("proof")
    @Test
    void fiftyKillsLoseNothing() throws Exception {
        killAndCheck(50, 2000);
    }

    private void killAndCheck(int kills, int acknowledgedEach) throws Exception {
        Path data = directory.resolve("data");
        ServerProcess server = ServerProcess.start(data);
        try {
            String apiKey = server.createTenant("acme");
            List<Writer> writers = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                writers.add(new Writer(i, apiKey));
            }
            for (int kill = 0; kill < kills; kill++) {
                writeUntilKilled(server, writers, acknowledgedEach);
                StoreUsage recounted = recount(data.resolve("entries"));
                server = ServerProcess.start(data);
                check(server, apiKey, writers, recounted);
            }
        } finally {
            server.close();
        }
    }

    private static void writeUntilKilled(ServerProcess server, List<Writer> writers, int acknowledged)
            throws Exception {
        CountDownLatch enough = new CountDownLatch(acknowledged);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> running = new ArrayList<>();
            for (Writer writer : writers) {
                running.add(threads.submit(() -> writer.writeUntilItFails(server, enough)));
            }
            boolean reached = enough.await(5, TimeUnit.MINUTES);
            server.kill();
            assertThat(reached).as("%d writes were acknowledged", acknowledged).isTrue();
            for (Future<?> writer : running) {
                writer.get();
            }
        }
    }

    /** What the store says of the tenant, which must be what its heads add up to. */
    private static StoreUsage recount(Path entries) {
        try (RocksDbEntryStore store = RocksDbEntryStore.open(
                entries, PersistenceConfig.defaults().rocksdb(), Durability.BUFFERED, Runnable::run)) {
            long bytes = 0;
            long count = 0;
            HeadPage page = store.list("acme", Writer.NAMESPACE, null, 1000, LONG_AGO);
            while (true) {
                for (Head head : page.heads()) {
                    bytes += head.storedBytes();
                    count++;
                }
                if (page.next() == null) {
                    break;
                }
                page = store.list("acme", Writer.NAMESPACE, page.next(), 1000, LONG_AGO);
            }
            StoreUsage counted = new StoreUsage(bytes, count);
            assertThat(store.usage("acme"))
                    .as("the kept account, beside a recount")
                    .isEqualTo(counted);
            return counted;
        }
    }

    private static void check(ServerProcess server, String apiKey, List<Writer> writers, StoreUsage recounted) {
        HttpResponse<byte[]> usage = server.call(apiKey, "GET", "/v1/usage", null);
        assertThat(ServerProcess.json(usage).get("storage_bytes").asLong()).isEqualTo(recounted.bytes());
        assertThat(ServerProcess.json(usage).get("cache_entries").asLong()).isEqualTo(recounted.entries());
        for (Writer writer : writers) {
            writer.check(server);
        }
    }
}
