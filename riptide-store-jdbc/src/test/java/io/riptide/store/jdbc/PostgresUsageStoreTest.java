package io.riptide.store.jdbc;

import io.riptide.spi.UsageStore;
import io.riptide.testkit.PostgresServer;
import io.riptide.testkit.UsageStoreContract;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

class PostgresUsageStoreTest implements UsageStoreContract {
    private static PostgresServer server;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private SqlControlStore control;

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
        control = SqlControlStore.postgres(server.url(), threads);
    }

    @AfterEach
    void close() {
        control.close();
        threads.close();
    }

    @Override
    public UsageStore store() {
        return control.usage();
    }
}
