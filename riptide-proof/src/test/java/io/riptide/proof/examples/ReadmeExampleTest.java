package io.riptide.proof.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.RipTide;
import io.riptide.cache.Loader.Loaded;
import io.riptide.cache.Lookup;
import io.riptide.cache.Namespace;
import io.riptide.cache.PutOptions;
import io.riptide.config.PersistenceConfig;
import io.riptide.store.jdbc.SqlControlStore;
import io.riptide.store.rocksdb.DataFolder;
import io.riptide.store.rocksdb.RocksDbEntryStore;
import io.riptide.tenant.TenantManager.NewTenant;
import io.riptide.tenant.TenantManager.QuotaPatch;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's Java block, compiled and run; and the README shows this very text. */
class ReadmeExampleTest {
    private static final String BEGINS = "        // README begins";
    private static final String ENDS = "        // README ends";

    private final AtomicInteger renders = new AtomicInteger();

    @TempDir
    Path data;

    private byte[] render(String path) {
        renders.incrementAndGet();
        return ("page " + path).getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void theExampleLoadsOnceAndReadsItFromMemory() {
        // README begins
        PersistenceConfig config = PersistenceConfig.load(List.of(Path.of("config")), Map.of());
        try (ExecutorService threads = Executors.newCachedThreadPool();
                DataFolder folder = DataFolder.own(data);
                RipTide riptide = RipTide.open(
                        config,
                        RocksDbEntryStore.open(
                                folder.entries(),
                                config.rocksdb(),
                                config.cache().durability(),
                                threads),
                        SqlControlStore.sqlite(folder.path().resolve("control.db"), threads),
                        null)) {
            NewTenant acme = new NewTenant("acme", "Acme", "Ann", "ann@example.com", "free", QuotaPatch.NONE, null);
            String apiKey = riptide.tenants().create(acme).key().apiKey();

            Namespace pages = riptide.door().tenant(apiKey, null).cache().namespace("pages");
            for (int i = 0; i < 2; i++) {
                Lookup found = pages.getOrLoad(
                        "/prices", path -> new Loaded(render(path), PutOptions.ttl(Duration.ofMinutes(10))));
                if (found instanceof Lookup.Hit hit) {
                    System.out.println(hit.tier() + ": " + hit.entry().size() + " bytes"); // LOADED, then L2
                }
            }
        }
        // README ends
        assertThat(renders).hasValue(1);
    }

    @Test
    void theReadmeShowsThisExample() {
        assertThat(Readme.example(Readme.text())).isEqualTo(Readme.example(getClass(), BEGINS, ENDS));
    }
}
