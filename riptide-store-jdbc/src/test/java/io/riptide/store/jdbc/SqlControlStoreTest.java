package io.riptide.store.jdbc;

import io.riptide.spi.ControlStore;
import io.riptide.testkit.ControlStoreContract;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class SqlControlStoreTest implements ControlStoreContract {
    @TempDir
    Path folder;

    private SqlControlStore store;

    @BeforeEach
    void open() {
        store = SqlControlStore.sqlite(folder.resolve("control.db"));
    }

    @AfterEach
    void close() {
        store.close();
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
