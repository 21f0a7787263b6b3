package io.riptide.store.jdbc;

import io.riptide.spi.ControlStore;
import io.riptide.testkit.ControlStoreContract;
import io.riptide.testkit.PostgresServer;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

class PostgresContractTest implements ControlStoreContract {
    private static PostgresServer server;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private SqlControlStore store;

    @BeforeAll
    static void startServer() {
        server = PostgresServer.start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void open() {
        server.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
        store = SqlControlStore.postgres(server.url(), threads);
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
        store = SqlControlStore.postgres(server.url(), threads);
    }
}
