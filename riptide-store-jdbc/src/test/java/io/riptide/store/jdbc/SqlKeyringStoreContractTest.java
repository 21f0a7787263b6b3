package io.riptide.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.spi.KeyringStore;
import io.riptide.testkit.KeyringStoreContract;
import java.nio.charset.StandardCharsets;
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

class SqlKeyringStoreContractTest implements KeyringStoreContract {
    @TempDir
    Path folder;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private SqlKeyringStore store;

    @BeforeEach
    void open() {
        store = SqlKeyringStore.sqlite(folder.resolve("keyring.db"), threads);
    }

    @AfterEach
    void close() {
        store.close();
        threads.close();
    }

    @Override
    public KeyringStore store() {
        return store;
    }

    @Test
    void itIsThereAfterOpeningAnewAndForItsOwnerAlone() throws Exception {
        var unused = store.begin(ring("acme", "kept"));
        store.close();
        open();
        assertThat(store.ring("acme")).isNotNull();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("keyring.db"))))
                .isEqualTo("rw-------");
    }

    @Test
    void whatWasDestroyedIsNotInTheFileAnyMoreOnceItIsClosed() throws Exception {
        var unused = store.begin(ring("acme", "to-be-destroyed"));
        var unusedToo = store.begin(ring("other", "to-be-kept"));
        store.destroy("acme");
        store.close();
        StringBuilder all = new StringBuilder();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                all.append(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
            }
        }
        assertThat(all.toString()).contains("to-be-kept").doesNotContain("to-be-destroyed");
    }

    private static KeyringStore.Ring ring(String tenant, String secret) {
        byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
        return new KeyringStore.Ring(tenant, 1, bytes, true, List.of(new KeyringStore.WrappedKey(1, bytes, 1)));
    }

    @Test
    void theSchemaIsTheNewestMigration() throws Exception {
        try (Stream<Path> files = Files.list(
                Path.of(SqlKeyringStore.class.getResource("/db/keyring/sqlite").toURI()))) {
            assertThat(files).hasSize(Schema.KEYRING.newest());
        }
    }
}
