package io.riptide.store.jdbc;

import io.riptide.spi.UsageColumn;
import io.riptide.spi.UsageStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;
import org.jdbi.v3.core.statement.PreparedBatch;

/**
 * What tenants used, over SQL: in a SQLite file apart from that of the tenants, so that a round of it does not hold up
 * who writes there; or in the PostgreSQL of the tenants. A caller waits a few seconds at most.
 */
public final class SqlUsageStore implements UsageStore {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final List<String> COLUMNS =
            Arrays.stream(UsageColumn.values()).map(UsageColumn::columnName).toList();

    /** Some are words of SQL. */
    private static final List<String> QUOTED =
            COLUMNS.stream().map(name -> '"' + name + '"').toList();

    private final Database database;
    private final boolean ends;
    private final String keep;
    private final String sum;

    /** Over a database whose schema is up to date; {@code ends} where it is this one's to close. */
    SqlUsageStore(Database database, boolean ends) {
        this.database = database;
        this.ends = ends;
        this.keep = "INSERT INTO tenant_usage (tenant_id, tenant_created_ms, hour, epoch, " + String.join(", ", QUOTED)
                + ") VALUES (:tenant_id, :tenant_created_ms, :hour, :epoch, :" + String.join(", :", COLUMNS)
                + ") ON CONFLICT (tenant_id, tenant_created_ms, hour, epoch) DO UPDATE SET "
                + QUOTED.stream()
                        .map(name ->
                                name + " = " + database.larger() + "(tenant_usage." + name + ", excluded." + name + ")")
                        .collect(Collectors.joining(", "));
        this.sum = "SELECT "
                + QUOTED.stream()
                        .map(name -> "CAST(coalesce(sum(" + name + "), 0) AS BIGINT)")
                        .collect(Collectors.joining(", "))
                + " FROM tenant_usage WHERE tenant_id = :tenant_id AND tenant_created_ms = :tenant_created_ms"
                + " AND hour >= :from_hour AND hour < :to_hour";
    }

    /**
     * Opens this file, made with mode 0600 where it is not there, and brings its schema up to date. Refuses as {@link
     * SqlControlStore#sqlite} does.
     *
     * @param threads runs five tasks at once for as long as the store is open; the caller ends it after the store
     */
    public static SqlUsageStore sqlite(Path file, Executor threads) {
        Sqlite sqlite = new Sqlite(file);
        sqlite.prepare();
        Schema.USAGE.bringUp(sqlite);
        return new SqlUsageStore(new Lanes(threads, sqlite::openWriter, sqlite::openReader, PATIENCE), true);
    }

    @Override
    public void keep(List<Row> rows) {
        if (rows.isEmpty()) {
            return;
        }
        var unused = database.write(h -> {
            try (PreparedBatch batch = h.prepareBatch(keep)) {
                for (Row row : rows) {
                    batch.bind("tenant_id", row.tenantId())
                            .bind("tenant_created_ms", row.tenantCreatedMillis())
                            .bind("hour", row.hour())
                            .bind("epoch", row.epoch());
                    for (int i = 0; i < COLUMNS.size(); i++) {
                        batch.bind(COLUMNS.get(i), row.counts()[i]);
                    }
                    batch.add();
                }
                return batch.execute().length;
            }
        });
    }

    @Override
    public long[] sum(String tenantId, long tenantCreatedMillis, long fromHour, long toHour) {
        return database.read(h -> h.createQuery(sum)
                .bind("tenant_id", tenantId)
                .bind("tenant_created_ms", tenantCreatedMillis)
                .bind("from_hour", fromHour)
                .bind("to_hour", toHour)
                .map((row, statement) -> {
                    long[] counts = new long[COLUMNS.size()];
                    for (int i = 0; i < counts.length; i++) {
                        counts[i] = row.getLong(i + 1);
                    }
                    return counts;
                })
                .one());
    }

    @Override
    public void close() {
        if (ends) {
            database.close();
        }
    }
}
