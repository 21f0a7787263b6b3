package io.riptide.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.testkit.ControlStoreContract;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a start and a call cost in statements, with no tenant and with a hundred thousand. */
class StatementsTest {
    private static final int MANY = 100_000;

    @TempDir
    Path folder;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicInteger statements = new AtomicInteger();

    @AfterEach
    void endThreads() {
        threads.close();
    }

    /** The connection, counting each statement that is prepared or created for one. */
    private Connection counting(Connection connection) {
        Class<?>[] types = {Connection.class};
        return (Connection) Proxy.newProxyInstance(
                StatementsTest.class.getClassLoader(), types, (proxy, method, arguments) -> {
                    if (method.getName().equals("prepareStatement")
                            || method.getName().equals("createStatement")) {
                        statements.incrementAndGet();
                    }
                    try {
                        return method.invoke(connection, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private int statementsOf(Path file) {
        statements.set(0);
        Sqlite sqlite = new Sqlite(file);
        try (SqlControlStore store = SqlControlStore.over(
                threads,
                () -> counting(sqlite.openWriter()),
                () -> counting(sqlite.openReader()),
                Duration.ofSeconds(30))) {
            assertThat(store.healthy()).isTrue();
            assertThat(store.createTenant(
                            ControlStoreContract.tenant("new"), ControlStoreContract.key("new", "new"), MANY + 1))
                    .isNotNull();
            assertThat(store.tenants("t000500", 10, null, null)).hasSizeLessThanOrEqualTo(10);
        }
        return statements.get();
    }

    private static void fill(Path file) throws SQLException {
        try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement s = c.createStatement()) {
            s.execute("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " + MANY + ")"
                    + " INSERT INTO tenants (id, name, owner_name, owner_email, billing_plan, status, suspended_reason,"
                    + " memory_bytes, operations_per_minute, storage_bytes, active_sessions, settings, created_ms,"
                    + " updated_ms, version) SELECT printf('t%06d', i), 'n', 'o', 'o@e.x', 'free', 'active', NULL,"
                    + " 1, 1, 1, 1, '{}', 1, 1, 1 FROM n");
            try (ResultSet r = s.executeQuery("SELECT tenants FROM tenant_count")) {
                assertThat(r.getInt(1)).isEqualTo(MANY);
            }
        }
    }

    @Test
    void aHundredThousandTenantsChangeNoNumberOfStatements() throws SQLException {
        Path empty = folder.resolve("empty.db");
        Path full = folder.resolve("full.db");
        SqlControlStore.sqlite(empty, threads).close();
        SqlControlStore.sqlite(full, threads).close();
        fill(full);
        int without = statementsOf(empty);
        assertThat(without).isPositive().isLessThan(20);
        assertThat(statementsOf(full)).isEqualTo(without);
    }

    @Test
    void anOrdinaryStartLoadsNoClassOfFlyway() throws Exception {
        Path file = folder.resolve("control.db");
        assertThat(flywayClassesOfAStart(file)).as("a first start migrates").isPositive();
        assertThat(flywayClassesOfAStart(file)).isZero();
    }

    /** Opens and closes the store in a process of its own; how many classes of Flyway that loaded. */
    private static long flywayClassesOfAStart(Path file) throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xlog:class+load:stdout",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        OpensAndCloses.class.getName(),
                        file.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        long loaded;
        try (java.io.BufferedReader lines = process.inputReader()) {
            loaded = lines.lines()
                    .filter(line -> line.contains("] org.flywaydb."))
                    .count();
        }
        assertThat(process.waitFor()).isZero();
        return loaded;
    }

    static final class OpensAndCloses {
        private OpensAndCloses() {}

        public static void main(String[] args) {
            try (ExecutorService threads = Executors.newCachedThreadPool()) {
                SqlControlStore.sqlite(Path.of(args[0]), threads).close();
            }
        }
    }
}
