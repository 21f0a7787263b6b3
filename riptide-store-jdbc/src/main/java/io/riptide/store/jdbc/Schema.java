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
final class Schema {
    /** The newest migration under {@code db/control}. */
    static final int NEWEST = 1;

    private Schema() {}

    static void bringUp(Sqlite sqlite) {
        int version;
        try (Connection connection = sqlite.openWriter()) {
            version = version(connection);
        } catch (SQLException e) {
            throw sqlite.opening(e);
        }
        if (version > NEWEST) {
            throw newer(version);
        }
        if (version < NEWEST) {
            Migration.run(sqlite);
        }
    }

    private static RipTideException newer(int version) {
        return Lane.unavailable(
                "The control store's schema has version " + version + ", and this build of RipTide knows " + NEWEST
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
