package io.riptide.store.jdbc;

import io.riptide.spi.AuditStore;
import io.riptide.testkit.AuditStoreContract;
import io.riptide.testkit.PostgresServer;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

class PostgresAuditStoreContractTest implements AuditStoreContract {
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
    public AuditStore store() {
        return control.audit();
    }
}
