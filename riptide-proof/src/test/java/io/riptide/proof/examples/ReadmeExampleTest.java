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
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
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
    private static final String BEGINS = "// README begins";
    private static final String ENDS = "// README ends";

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
    void theReadmeShowsThisExample() throws IOException {
        String own = "riptide-proof/src/test/java/" + getClass().getName().replace('.', '/') + ".java";
        String source = Files.readString(Readme.root().resolve(own));
        String example = between(source.substring(source.indexOf("@Test")), BEGINS, ENDS);
        String shown = between(Readme.text(), "```java", "```");
        assertThat(shown).isEqualTo(example.stripTrailing().stripIndent() + "\n");
    }

    /** The whole lines between two marks. */
    private static String between(String text, String begin, String end) {
        int from = text.indexOf('\n', text.indexOf(begin)) + 1;
        int to = text.indexOf(end, from);
        return text.substring(from, text.lastIndexOf('\n', to) + 1);
    }
}
