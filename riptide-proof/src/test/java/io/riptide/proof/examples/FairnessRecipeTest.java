package io.riptide.proof.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.RipTide;
import io.riptide.cache.Namespace;
import io.riptide.cache.PutOptions;
import io.riptide.cache.TenantCache;
import io.riptide.config.PersistenceConfig;
import io.riptide.store.jdbc.SqlControlStore;
import io.riptide.store.rocksdb.DataFolder;
import io.riptide.store.rocksdb.RocksDbEntryStore;
import io.riptide.tenant.TenantManager.NewTenant;
import io.riptide.tenant.TenantManager.QuotaPatch;
import io.riptide.tenant.TenantManager.TenantPatch;
import io.riptide.testkit.ManualTime;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The recipe of docs/fairness.md, compiled and run; and the page shows this very text. */
class FairnessRecipeTest {
    private static final String BEGINS = "        // recipe begins";
    private static final String ENDS = "        // recipe ends";
    private static final int VALUE_BYTES = 900_000;

    @TempDir
    Path data;

    private static void give32MebibytesOfMemory(RipTide riptide) {
        // recipe begins
        riptide.tenants()
                .update(
                        "acme",
                        new TenantPatch(null, null, null, null, new QuotaPatch(32L << 20, null, null, null), null),
                        null); // null: whatever its version is
        // recipe ends
    }

    @Test
    void theRecipeIsFollowedWithTheNextRound() {
        PersistenceConfig config = PersistenceConfig.load(List.of(), Map.of());
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
            Namespace pages = cache.namespace("pages");
            for (int i = 0; i < 60; i++) {
                pages.put("/" + i, new byte[VALUE_BYTES], PutOptions.DEFAULT);
                pages.get("/" + i);
            }
            assertThat(cache.memoryBytes()).isGreaterThan(50L * VALUE_BYTES);
            give32MebibytesOfMemory(riptide);
            riptide.tick();
            assertThat(cache.memoryBytes()).isBetween(30L << 20, 32L << 20);
        }
    }

    @Test
    void thePageShowsThisRecipe() {
        assertThat(Readme.example(Readme.text("docs/fairness.md"))).isEqualTo(Readme.example(getClass(), BEGINS, ENDS));
    }
}
