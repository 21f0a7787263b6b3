package io.riptide.proof.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.RipTide;
import io.riptide.cache.LoadOptions;
import io.riptide.cache.Loader.Loaded;
import io.riptide.cache.Lookup;
import io.riptide.cache.Namespace;
import io.riptide.cache.PutOptions;
import io.riptide.config.PersistenceConfig;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import io.riptide.spi.Removal;
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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The recipe of docs/loading.md, compiled and run; and the page shows this very text. */
class LoadingRecipeTest {
    private static final String BEGINS = "        // recipe begins";
    private static final String ENDS = "        // recipe ends";

    @TempDir
    Path data;

    private byte[] render(String path) throws InterruptedException {
        if (path.equals("/hangs")) {
            new CountDownLatch(1).await();
        }
        return ("page " + path).getBytes(StandardCharsets.UTF_8);
    }

    private static boolean exists(String path) {
        return !path.equals("/nowhere");
    }

    private static byte[] notFound(String path) {
        return ("no page " + path).getBytes(StandardCharsets.UTF_8);
    }

    private byte[] priceList(Namespace pages, String path) {
        // recipe begins
        LoadOptions options = LoadOptions.DEFAULT
                .softTimeout(Duration.ofMillis(100)) // after that an older page, where there is one
                .hardTimeout(Duration.ofMillis(500)) // after that origin-failed, where there is none
                .staleIfError(Duration.ofHours(1)) // how old it may be
                .negativeTtl(Duration.ofSeconds(30)) // a page that is not there is not asked for again
                .earlyRefreshPercent(20); // in the last two of ten minutes, reads have it loaded anew behind them
        Lookup found = pages.getOrLoad(
                path,
                key -> exists(key)
                        ? new Loaded(
                                render(key),
                                PutOptions.ttl(Duration.ofMinutes(10)).jitterPercent(10))
                        : Loaded.nothing(),
                options);
        return switch (found) {
            case Lookup.Hit hit -> hit.entry().toByteArray();
            case Lookup.Stale stale -> stale.entry().toByteArray();
            case Lookup.Miss miss -> notFound(path);
        };
        // recipe ends
    }

    @Test
    void theRecipeAnswersAndGivesUpWhatHangs() {
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
            assertThat(priceList(pages, "/prices")).asString().isEqualTo("page /prices");
            assertThat(priceList(pages, "/nowhere")).asString().isEqualTo("no page /nowhere");
            pages.put(
                    "/hangs",
                    "an older page".getBytes(StandardCharsets.UTF_8),
                    PutOptions.ttl(Duration.ofMinutes(1)).keepStale(Duration.ofHours(1)));
            assertThat(pages.removeAll(Removal.Mode.STALE).entries()).isPositive();
            assertThat(priceList(pages, "/hangs")).asString().isEqualTo("an older page");
            assertThat(pages.removeAll(Removal.Mode.REMOVE).exact()).isTrue();
            assertThat(org.assertj.core.api.Assertions.catchThrowableOfType(
                                    RipTideException.class, () -> priceList(pages, "/hangs"))
                            .problem()
                            .code())
                    .isEqualTo(ProblemCode.ORIGIN_FAILED);
        }
    }

    @Test
    void thePageShowsThisRecipe() {
        assertThat(Readme.example(Readme.text("docs/loading.md"))).isEqualTo(Readme.example(getClass(), BEGINS, ENDS));
    }
}
