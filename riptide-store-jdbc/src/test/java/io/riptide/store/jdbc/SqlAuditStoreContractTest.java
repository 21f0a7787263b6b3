package io.riptide.store.jdbc;

import io.riptide.spi.AuditStore;
import io.riptide.testkit.AuditStoreContract;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class SqlAuditStoreContractTest implements AuditStoreContract {
    @TempDir
    Path folder;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private SqlControlStore control;

    @BeforeEach
    void open() {
        control = SqlControlStore.sqlite(folder.resolve("control.db"), threads);
    }

    @AfterEach
    void close() {
        control.close();
        threads.close();
    }

    @Override
    public AuditStore store() {
        return control.audit();
    }
}
