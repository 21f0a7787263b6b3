package io.riptide.store.jdbc;

import io.riptide.spi.TenantKey;
import io.riptide.spi.UsageColumn;
import io.riptide.spi.UsageStore;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;
import org.jdbi.v3.core.statement.Update;
import org.jspecify.annotations.Nullable;

/**
 * What tenants used, over SQL: in a SQLite file apart from that of the tenants, so that a round of it does not hold up
 * who writes there; or in the PostgreSQL of the tenants. A caller waits a few seconds at most.
 */
public final class SqlUsageStore implements UsageStore {
    /** As many tenants are folded in one transaction: others who write wait for it. */
    private static final int FOLDED_AT_ONCE = 50;

    private static final String FOLDED =
            "tenant_id = :tenant_id AND tenant_created_ms = :tenant_created_ms" + " AND hour < :before AND epoch <> ''";

    private static final Duration PATIENCE = Duration.ofSeconds(5);
    /** Quoted: some are words of SQL. */
    private static final List<String> COLUMNS = Arrays.stream(UsageColumn.values())
            .map(column -> '"' + column.columnName() + '"')
            .toList();

    /** No process has this name, nor has a folded day. */
    private static final String NOBODY = "-";

    private final Database database;
    private final boolean ends;
    private final String keep;
    private final String sum;
    private final String fold;

    /** Over a database whose schema is up to date; {@code ends} where it is this one's to close. */
    SqlUsageStore(Database database, boolean ends) {
        this.database = database;
        this.ends = ends;
        this.keep = "INSERT INTO tenant_usage (tenant_id, tenant_created_ms, hour, epoch, " + String.join(", ", COLUMNS)
                + ") VALUES (?, ?, ?, ?" + ", ?".repeat(COLUMNS.size())
                + ") ON CONFLICT (tenant_id, tenant_created_ms, hour, epoch) DO UPDATE SET "
                + COLUMNS.stream()
                        .map(name ->
                                name + " = " + database.larger() + "(tenant_usage." + name + ", excluded." + name + ")")
                        .collect(Collectors.joining(", "));
        this.sum = "SELECT "
                + COLUMNS.stream()
                        .map(name -> "CAST(coalesce(sum(" + name + "), 0) AS BIGINT)")
                        .collect(Collectors.joining(", "))
                + " FROM tenant_usage WHERE tenant_id = :tenant_id AND tenant_created_ms = :tenant_created_ms"
                + " AND hour >= :from_hour AND hour < :to_hour AND NOT (epoch = :epoch AND hour >= :epoch_hour)";
        this.fold = "INSERT INTO tenant_usage (tenant_id, tenant_created_ms, hour, epoch, " + String.join(", ", COLUMNS)
                + ") SELECT tenant_id, tenant_created_ms, hour - hour % 24, '', "
                + COLUMNS.stream()
                        .map(name -> "CAST(sum(" + name + ") AS BIGINT)")
                        .collect(Collectors.joining(", "))
                + " FROM tenant_usage WHERE " + FOLDED
                + " GROUP BY tenant_id, tenant_created_ms, hour - hour % 24"
                + " ON CONFLICT (tenant_id, tenant_created_ms, hour, epoch) DO UPDATE SET "
                + COLUMNS.stream()
                        .map(name -> name + " = tenant_usage." + name + " + excluded." + name)
                        .collect(Collectors.joining(", "));
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
            try (PreparedStatement batch = h.getConnection().prepareStatement(keep)) {
                for (Row row : rows) {
                    bind(batch, row);
                    batch.addBatch();
                }
                return batch.executeBatch().length;
            }
        });
    }

    /** By position and with nothing between: of thousands of rows a second, names would cost as much as the rest. */
    private static void bind(PreparedStatement batch, Row row) throws SQLException {
        batch.setString(1, row.tenantId());
        batch.setLong(2, row.tenantCreatedMillis());
        batch.setLong(3, row.hour());
        batch.setString(4, row.epoch());
        int at = 5;
        for (long count : row.counts()) {
            batch.setLong(at++, count);
        }
    }

    @Override
    public long[] sum(String tenantId, long tenantCreatedMillis, long fromHour, long toHour) {
        return sum(tenantId, tenantCreatedMillis, fromHour, toHour, NOBODY, 0);
    }

    @Override
    public long[] sumWithout(String tenantId, long tenantCreatedMillis, long fromHour, String epoch, long epochHour) {
        return sum(tenantId, tenantCreatedMillis, fromHour, Long.MAX_VALUE, epoch, epochHour);
    }

    private long[] sum(
            String tenantId, long tenantCreatedMillis, long fromHour, long toHour, String epoch, long epochHour) {
        return database.read(h -> h.createQuery(sum)
                .bind("tenant_id", tenantId)
                .bind("tenant_created_ms", tenantCreatedMillis)
                .bind("from_hour", fromHour)
                .bind("to_hour", toHour)
                .bind("epoch", epoch)
                .bind("epoch_hour", epochHour)
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
    public @Nullable TenantKey fold(@Nullable TenantKey after, long beforeHour) {
        List<TenantKey> tenants = database.read(h -> h.createQuery("""
                        SELECT DISTINCT tenant_id, tenant_created_ms FROM tenant_usage
                        WHERE (tenant_id, tenant_created_ms) > (:tenant_id, :tenant_created_ms)
                        ORDER BY tenant_id, tenant_created_ms LIMIT :limit""")
                .bind("tenant_id", after == null ? "" : after.id())
                .bind("tenant_created_ms", after == null ? Long.MIN_VALUE : after.createdMillis())
                .bind("limit", FOLDED_AT_ONCE)
                .map((row, statement) -> new TenantKey(row.getString(1), row.getLong(2)))
                .list());
        if (!tenants.isEmpty()) {
            var unused = database.write(h -> {
                for (TenantKey tenant : tenants) {
                    if (bind(h.createUpdate(fold), tenant, beforeHour).execute() > 0) {
                        bind(h.createUpdate("DELETE FROM tenant_usage WHERE " + FOLDED), tenant, beforeHour)
                                .execute();
                    }
                }
                return tenants.size();
            });
        }
        return tenants.size() < FOLDED_AT_ONCE ? null : tenants.getLast();
    }

    private static Update bind(Update statement, TenantKey tenant, long beforeHour) {
        return statement
                .bind("tenant_id", tenant.id())
                .bind("tenant_created_ms", tenant.createdMillis())
                .bind("before", beforeHour);
    }

    @Override
    public void close() {
        if (ends) {
            database.close();
        }
    }
}
