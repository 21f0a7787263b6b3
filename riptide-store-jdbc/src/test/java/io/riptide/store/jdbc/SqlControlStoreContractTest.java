package io.riptide.store.jdbc;

import io.riptide.spi.ControlStore;
import io.riptide.testkit.ControlStoreContract;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class SqlControlStoreContractTest implements ControlStoreContract {
    @TempDir
    Path folder;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private SqlControlStore store;

    @BeforeEach
    void open() {
        store = SqlControlStore.sqlite(folder.resolve("control.db"), threads);
    }

    @AfterEach
    void close() {
        store.close();
        threads.close();
    }

    @Override
    public ControlStore store() {
        return store;
    }

    @Override
    public void reopen() {
        store.close();
        open();
    }
}
