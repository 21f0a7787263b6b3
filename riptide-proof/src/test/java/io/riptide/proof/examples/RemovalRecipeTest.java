package io.riptide.proof.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.RipTide;
import io.riptide.cache.Lookup;
import io.riptide.cache.Namespace;
import io.riptide.cache.PutOptions;
import io.riptide.config.PersistenceConfig;
import io.riptide.spi.Removal;
import io.riptide.spi.Removed;
import io.riptide.store.jdbc.SqlControlStore;
import io.riptide.store.rocksdb.DataFolder;
import io.riptide.store.rocksdb.RocksDbEntryStore;
import io.riptide.tenant.TenantManager.NewTenant;
import io.riptide.tenant.TenantManager.QuotaPatch;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The recipe of docs/removal.md, compiled and run; and the page shows this very text. */
class RemovalRecipeTest {
    private static final String BEGINS = "            // recipe begins";
    private static final String ENDS = "            // recipe ends";

    @TempDir
    Path data;

    @Test
    void theRecipeRemovesWhatCarriesTheTag() {
        PersistenceConfig config = PersistenceConfig.load(List.of(), Map.of());
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
            byte[] list = {1};
            byte[] imprint = {2};
            // recipe begins
            pages.put("/prices", list, PutOptions.ttl(Duration.ofHours(1)).tags("prices", "de"));
            pages.put("/imprint", imprint, PutOptions.ttl(Duration.ofHours(1)).tags("de"));

            Removed removed = pages.removeTagged("prices", Removal.Mode.REMOVE); // 1, exact
            Lookup gone = pages.get("/prices"); // a miss from here on, on every thread
            Lookup kept = pages.get("/imprint"); // a hit
            // recipe ends
            assertThat(removed).isEqualTo(new Removed(1, true));
            assertThat(gone).isInstanceOf(Lookup.Miss.class);
            assertThat(kept).isInstanceOf(Lookup.Hit.class);
        }
    }

    @Test
    void thePageShowsThisRecipe() {
        assertThat(Readme.example(Readme.text("docs/removal.md"))).isEqualTo(Readme.example(getClass(), BEGINS, ENDS));
    }
}
