package io.riptide.proof.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.RipTide;
import io.riptide.cache.CacheStats;
import io.riptide.cache.Namespace;
import io.riptide.cache.PutOptions;
import io.riptide.cache.TenantCache;
import io.riptide.config.PersistenceConfig;
import io.riptide.proof.compress.Documents;
import io.riptide.store.jdbc.SqlControlStore;
import io.riptide.store.rocksdb.DataFolder;
import io.riptide.store.rocksdb.RocksDbEntryStore;
import io.riptide.tenant.TenantManager.NewTenant;
import io.riptide.tenant.TenantManager.QuotaPatch;
import io.riptide.testkit.ManualTime;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The recipe of docs/compression.md, compiled and run; and the page shows this very text. */
class CompressionRecipeTest {
    private static final String BEGINS = "        // recipe begins";
    private static final String ENDS = "        // recipe ends";

    @TempDir
    Path data;

    private final Documents documents = new Documents(1);
    private int number;

    private PersistenceConfig config() {
        return PersistenceConfig.load(
                List.of(), Map.of("RIPTIDE_PERSISTENCE__CACHE__COMPRESSION_ALGORITHM", "zstd_dictionary"));
    }

    private double write(TenantCache cache, List<byte[]> values) {
        // recipe begins
        CacheStats before = cache.stats();
        Namespace orders = cache.namespace("orders"); // values of one kind, in a namespace of their own
        for (byte[] document : values) {
            orders.put("order/" + number++, document, PutOptions.ttl(Duration.ofHours(1)));
        }
        CacheStats after = cache.stats();
        long given = after.valueBytesWritten() - before.valueBytesWritten();
        long stored = after.storedBytesWritten() - before.storedBytesWritten();
        double smaller = 100 - 100.0 * stored / given; // about 50 % at first, and 70 % once it has learned
        // recipe ends
        return smaller;
    }

    @Test
    void theRecipeSeesEntriesBecomeSmaller() {
        PersistenceConfig config = config();
        try (ExecutorService threads = Executors.newCachedThreadPool();
                DataFolder folder = DataFolder.own(data);
                RipTide riptide = RipTide.withTime(
                        config,
                        RocksDbEntryStore.open(
                                folder.entries(),
                                config.rocksdb(),
                                config.cache().durability(),
                                threads),
                        SqlControlStore.sqlite(folder.path().resolve("control.db"), threads),
                        new ManualTime(),
                        null)) {
            NewTenant acme = new NewTenant("acme", "Acme", "Ann", "ann@example.com", "free", QuotaPatch.NONE, null);
            String apiKey = riptide.tenants().create(acme).key().apiKey();
            TenantCache cache = riptide.door().tenant(apiKey, null).cache();
            double first = write(cache, documents.next(100));
            riptide.tick();
            double learned = write(cache, documents.next(100));
            assertThat(first).isBetween(40.0, 60.0);
            assertThat(learned).isGreaterThan(first + 10).isGreaterThan(65);
        }
    }

    @Test
    void thePageShowsThisRecipe() {
        assertThat(Readme.example(Readme.text("docs/compression.md")))
                .isEqualTo(Readme.example(getClass(), BEGINS, ENDS));
    }
}
