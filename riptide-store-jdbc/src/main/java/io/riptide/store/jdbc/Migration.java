package io.riptide.store.jdbc;

import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/** Runs Flyway. A class of its own, for Flyway's classes take longer to load than all else at an ordinary start. */
final class Migration {
    private Migration() {}

    static void run(Sqlite sqlite, String location) {
        try {
            Flyway.configure(Migration.class.getClassLoader())
                    .dataSource(sqlite.url(), "", "")
                    .locations("classpath:" + location)
                    .failOnMissingLocations(true)
                    .load()
                    .migrate();
        } catch (FlywayException e) {
            throw sqlite.opening(e);
        }
    }
}
