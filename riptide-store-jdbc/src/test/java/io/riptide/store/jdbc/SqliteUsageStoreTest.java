package io.riptide.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.spi.UsageColumn;
import io.riptide.spi.UsageStore;
import io.riptide.testkit.UsageStoreContract;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteUsageStoreTest implements UsageStoreContract {
    @TempDir
    Path folder;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private SqlUsageStore store;

    @BeforeEach
    void open() {
        store = SqlUsageStore.sqlite(folder.resolve("usage.db"), threads);
    }

    @AfterEach
    void close() {
        store.close();
        threads.close();
    }

    @Override
    public UsageStore store() {
        return store;
    }

    @Test
    void itIsThereAfterOpeningAnewAndForItsOwnerAlone() throws Exception {
        long[] counts = new long[UsageColumn.count()];
        counts[UsageColumn.WRITE.ordinal()] = 42;
        store.keep(List.of(new UsageStore.Row("one", "acme", 1, 7, counts)));
        store.close();
        open();
        assertThat(store.sum("acme", 1, 7, 8)).isEqualTo(counts);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("usage.db"))))
                .isEqualTo("rw-------");
    }

    @Test
    void theSchemaIsTheNewestMigration() throws Exception {
        try (Stream<Path> files = Files.list(
                Path.of(SqlUsageStore.class.getResource("/db/usage/sqlite").toURI()))) {
            assertThat(files).hasSize(Schema.USAGE.newest());
        }
    }
}
