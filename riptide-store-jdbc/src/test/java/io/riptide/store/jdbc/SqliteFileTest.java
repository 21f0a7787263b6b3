package io.riptide.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import io.riptide.spi.ControlStore.CreateOutcome;
import io.riptide.spi.IdempotencyRecord;
import io.riptide.testkit.ControlStoreContract;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The file under the store: its mode, its schema, and what an operator is told where it does not open. */
class SqliteFileTest {
    @TempDir
    Path folder;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private Path file;

    @BeforeEach
    void name() {
        file = folder.resolve("data").resolve("control.db");
    }

    @AfterEach
    void endThreads() {
        threads.close();
    }

    private SqlControlStore open() {
        return SqlControlStore.sqlite(file, threads);
    }

    private void sql(String... statements) throws SQLException {
        try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement s = c.createStatement()) {
            for (String each : statements) {
                s.execute(each);
            }
        }
    }

    /** Refused with this for the operator, and with the file left as it was. */
    private void refused(String... words) throws IOException {
        byte[] before = Files.isRegularFile(file) ? Files.readAllBytes(file) : new byte[0];
        RipTideException e = catchThrowableOfType(RipTideException.class, this::open);
        assertThat(e).isNotNull();
        assertThat(e.problem().code()).isEqualTo(ProblemCode.STORE_UNAVAILABLE);
        assertThat(e.problem().detail()).contains(words);
        if (before.length > 0) {
            assertThat(Files.readAllBytes(file)).isEqualTo(before);
        }
    }

    @Test
    void theFileAndThoseBesideItAreTheOwnersAlone() throws IOException {
        try (SqlControlStore store = open();
                Stream<Path> files = Files.list(file.getParent())) {
            assertThat(store.createTenant(ControlStoreContract.tenant("a"), ControlStoreContract.key("k", "a"), 10))
                    .isEqualTo(CreateOutcome.CREATED);
            assertThat(files.toList())
                    .hasSize(3)
                    .allSatisfy(each -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(each)))
                            .as(each.toString())
                            .isEqualTo("rw-------"));
        }
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        open().close();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void theSchemaIsTheNewestMigration() throws Exception {
        open().close();
        List<String> shipped;
        try (Stream<Path> files = Files.list(
                Path.of(SqlControlStore.class.getResource("/db/control/sqlite").toURI()))) {
            shipped = files.map(each -> each.getFileName().toString()).sorted().toList();
        }
        assertThat(shipped).hasSize(Schema.CONTROL.newest());
        assertThat(shipped.getLast()).startsWith("V" + Schema.CONTROL.newest() + "__");
        try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement s = c.createStatement();
                ResultSet r = s.executeQuery("SELECT count(*), max(version) FROM flyway_schema_history")) {
            assertThat(r.getInt(1)).isEqualTo(Schema.CONTROL.newest());
            assertThat(r.getInt(2)).isEqualTo(Schema.CONTROL.newest());
        }
    }

    @Test
    void commitsAreFlushedToAWriteAheadLog() throws SQLException {
        Sqlite sqlite = new Sqlite(file);
        sqlite.prepare();
        try (Connection c = sqlite.openWriter();
                Statement s = c.createStatement()) {
            assertThat(pragma(s, "journal_mode")).isEqualTo("wal");
            assertThat(pragma(s, "synchronous")).as("FULL").isEqualTo("2");
            assertThat(pragma(s, "foreign_keys")).isEqualTo("1");
        }
    }

    private static String pragma(Statement s, String name) throws SQLException {
        try (ResultSet r = s.executeQuery("PRAGMA " + name)) {
            return r.getString(1);
        }
    }

    @Test
    void aSchemaThatANewerBuildWroteIsRefused() throws Exception {
        open().close();
        sql("INSERT INTO flyway_schema_history SELECT 99, '99', description, type, script, checksum, installed_by,"
                + " installed_on, execution_time, success FROM flyway_schema_history LIMIT 1");
        refused("version 99", "newer build");
    }

    @ParameterizedTest
    @ValueSource(strings = {"no database at all, but a text that is long enough to be looked at", "SQLite format 3"})
    void whatIsNoDatabaseIsNamedDamaged(String content) throws IOException {
        Files.createDirectories(file.getParent());
        Files.write(file, (content + "x".repeat(4_096)).getBytes(StandardCharsets.US_ASCII));
        refused(file.toString(), "damaged", "backup");
    }

    @Test
    void aDatabaseWhosePagesAreOverwrittenIsNamedDamaged() throws IOException {
        open().close();
        try (RandomAccessFile raw = new RandomAccessFile(file.toFile(), "rw")) {
            raw.seek(100);
            raw.write(new byte[3_000]);
        }
        refused("damaged", "backup");
    }

    @Test
    void aFileThatAnotherHoldsIsNamedSo() throws Exception {
        open().close();
        try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement s = c.createStatement()) {
            s.execute("PRAGMA locking_mode = EXCLUSIVE");
            s.execute("BEGIN EXCLUSIVE");
            RipTideException e = catchThrowableOfType(RipTideException.class, this::open);
            assertThat(e).isNotNull();
            assertThat(e.problem().detail()).contains("another process holds this database");
        }
        open().close();
    }

    @Test
    void aFolderThatCannotBeMadeIsNamed() throws IOException {
        Files.writeString(file.getParent(), "a file where a folder should be");
        refused(file.toString(), "check that its folder is writable");
    }

    @Test
    void aDirectoryInTheFilesPlaceIsNamed() throws IOException {
        Files.createDirectories(file);
        refused(file.toString());
    }

    @Test
    void eachQueryIsAnsweredFromAnIndex() throws SQLException {
        open().close();
        List<String> queries = List.of(
                "SELECT * FROM tenants WHERE id = 'a'",
                "SELECT * FROM tenants WHERE id > 'a' ORDER BY id LIMIT 10",
                "SELECT * FROM tenants WHERE id > 'a' AND status = 'active' ORDER BY id LIMIT 10",
                "SELECT * FROM tenants WHERE id > 'a' AND billing_plan = 'free' ORDER BY id LIMIT 10",
                "SELECT * FROM tenants WHERE id > 'a' AND status = 'x' AND billing_plan = 'p' ORDER BY id LIMIT 10",
                "UPDATE tenants SET name = 'x' WHERE id = 'a' AND version = 2",
                "DELETE FROM tenants WHERE id = 'a'",
                "SELECT * FROM api_keys WHERE key_id = 'k'",
                "SELECT * FROM api_keys WHERE tenant_id IS NULL AND key_id > 'k' ORDER BY key_id LIMIT 10",
                "SELECT * FROM api_keys WHERE tenant_id = 'a' AND key_id > 'k' ORDER BY key_id LIMIT 10",
                "DELETE FROM api_keys WHERE key_id = 'k' AND tenant_id = 'a'",
                "UPDATE api_keys SET last_used_ms = 1 WHERE key_id = 'k' AND last_used_ms < 1",
                "SELECT * FROM idempotency WHERE credential = 'c' AND route = 'r' AND key = 'k'",
                "DELETE FROM idempotency WHERE created_ms < 5",
                "DELETE FROM idempotency WHERE status IS NULL",
                "SELECT tenants FROM tenant_count WHERE one = 1");
        try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement s = c.createStatement()) {
            for (String query : queries) {
                List<String> plan = new ArrayList<>();
                try (ResultSet r = s.executeQuery("EXPLAIN QUERY PLAN " + query)) {
                    while (r.next()) {
                        plan.add(r.getString("detail"));
                    }
                }
                assertThat(plan).as(query).isNotEmpty().noneMatch(step -> step.contains("TEMP B-TREE"));
                boolean partial = query.contains("status IS NULL");
                assertThat(plan)
                        .as(query)
                        .allMatch(step ->
                                step.startsWith("SEARCH") || (partial && step.contains("INDEX idempotency_running")));
            }
        }
    }

    @Test
    void aCallThatRanWhenTheStoreWasClosedMayBeBegunAgain() {
        IdempotencyRecord call = new IdempotencyRecord("c", "r", "k", "h", null, null, null, 100);
        try (SqlControlStore store = open()) {
            assertThat(store.beginIdempotent(call, 0)).isNull();
        }
        try (SqlControlStore store = open()) {
            assertThat(store.beginIdempotent(call, 0)).isNull();
        }
    }
}
