package io.riptide.store.jdbc;

import io.riptide.problem.RipTideException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Brings a database to the newest version of the schema. Which version it has is asked first, by two statements, so
 * that {@link Migration} is loaded only where there is something to do.
 */
enum Schema {
    /** Tenants and keys. */
    CONTROL("control", 6),
    /** What tenants used. */
    USAGE("usage", 2),
    /** Keys of encrypted tenants. */
    KEYRING("keyring", 1);

    private final String folder;
    private final int newest;

    Schema(String folder, int newest) {
        this.folder = folder;
        this.newest = newest;
    }

    /** The newest of its migrations for SQLite. */
    int newest() {
        return newest;
    }

    /** Where they lie on the class path. */
    String location() {
        return "db/" + folder + "/sqlite";
    }

    void bringUp(Sqlite sqlite) {
        int version;
        try (Connection connection = sqlite.openWriter()) {
            version = version(connection);
        } catch (SQLException e) {
            throw sqlite.opening(e);
        }
        if (version > newest) {
            throw newer(version);
        }
        if (version < newest) {
            Migration.run(sqlite, location());
        }
    }

    private RipTideException newer(int version) {
        return Lane.unavailable(
                "The schema of " + folder + ".db has version " + version + ", and this build of RipTide knows " + newest
                        + " at most: start the newer build that wrote it, or restore a backup from before.",
                null);
    }

    /** The version that is there; 0 for an empty database. */
    private static int version(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            try (ResultSet table = statement.executeQuery(
                    "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'flyway_schema_history'")) {
                if (!table.next()) {
                    return 0;
                }
            }
            try (ResultSet row = statement.executeQuery("SELECT version FROM flyway_schema_history"
                    + " WHERE success AND version IS NOT NULL ORDER BY installed_rank DESC LIMIT 1")) {
                return row.next() ? row.getInt(1) : 0;
            }
        }
    }
}
