package io.riptide.store.jdbc;

import io.riptide.spi.AuditStore;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jspecify.annotations.Nullable;

/** The audit log over SQL, in the database of the tenants. */
final class SqlAuditStore implements AuditStore {
    private static final String ENDS =
            "head_seq, head_link, head_key_id, head_mac," + " anchor_seq, anchor_link, anchor_key_id, anchor_mac";
    private static final String COLUMNS =
            "seq, at_ms, actor, action, tenant_id, resource, result, request_id, detail, key_id, mac";
    private static final String VALUES =
            ":seq, :at, :actor, :action, :tenant, :resource, :result, :request, :detail, :key, :mac";
    /** By so much a clock may have gone back, and still no row is passed over. */
    private static final long SLACK_MILLIS = 24 * 3_600_000L;

    private final Database database;

    SqlAuditStore(Database database) {
        this.database = database;
    }

    @Override
    public State state() {
        return database.read(h -> h.createQuery("SELECT " + ENDS
                        + ", (SELECT coalesce(max(seq), 0) FROM audit_log) AS newest FROM audit_ends WHERE one = 1")
                .map((row, statement) -> new State(mark("anchor_", row), mark("head_", row), row.getLong("newest")))
                .one());
    }

    private static Mark mark(String prefix, ResultSet row) throws SQLException {
        return new Mark(
                row.getLong(prefix + "seq"),
                row.getString(prefix + "link"),
                row.getString(prefix + "key_id"),
                row.getString(prefix + "mac"));
    }

    @Override
    public Mark append(Function<Mark, Batch> sealing) {
        return database.write(h -> add(h, locked(h, "head_"), sealing));
    }

    /** An end; whoever else would change one waits until the transaction is over. */
    private Mark locked(Handle h, String which) {
        return h.createQuery("SELECT " + ENDS + " FROM audit_ends WHERE one = 1" + database.forUpdate())
                .map((row, statement) -> mark(which, row))
                .one();
    }

    private static Mark add(Handle h, Mark head, Function<Mark, Batch> sealing) {
        Batch batch = sealing.apply(head);
        try (PreparedBatch rows = h.prepareBatch("INSERT INTO audit_log (" + COLUMNS + ") VALUES (" + VALUES + ")")) {
            for (Row row : batch.rows()) {
                rows.bind("seq", row.seq())
                        .bind("at", row.atMillis())
                        .bind("actor", row.actor())
                        .bind("action", row.action())
                        .bind("tenant", row.tenantId())
                        .bind("resource", row.resource())
                        .bind("result", row.result())
                        .bind("request", row.requestId())
                        .bind("detail", row.detail())
                        .bind("key", row.keyId())
                        .bind("mac", row.mac())
                        .add();
            }
            int[] unused = rows.execute();
        }
        move(h, "head_", batch.head());
        return batch.head();
    }

    private static void move(Handle h, String which, Mark to) {
        h.createUpdate("UPDATE audit_ends SET " + which + "seq = :seq, " + which + "link = :link, " + which
                        + "key_id = :key, " + which + "mac = :mac WHERE one = 1")
                .bind("seq", to.seq())
                .bind("link", to.link())
                .bind("key", to.keyId())
                .bind("mac", to.mac())
                .execute();
    }

    @Override
    public boolean cut(Mark expected, Mark anchor, Function<Mark, Batch> sealing) {
        return database.write(h -> {
            if (!locked(h, "anchor_").equals(expected)) {
                return false;
            }
            move(h, "anchor_", anchor);
            h.execute("DELETE FROM audit_log WHERE seq <= ?", anchor.seq());
            Mark unused = add(h, locked(h, "head_"), sealing);
            return true;
        });
    }

    @Override
    public List<Row> after(Query query, long seq, int limit) {
        return rows(query, "seq > :seq", "ASC", seq, limit);
    }

    @Override
    public List<Row> before(Query query, long seq, int limit) {
        return rows(query, "seq < :seq", "DESC", seq, limit);
    }

    private List<Row> rows(Query query, String where, String order, long seq, int limit) {
        boolean since = query.sinceMillis() > Long.MIN_VALUE;
        String sql = "SELECT " + COLUMNS + " FROM audit_log WHERE " + where
                + (query.tenantId() == null ? "" : " AND tenant_id = :tenant")
                + (query.action() == null ? "" : " AND action = :action")
                // The second part is where to stop looking: what is older by far is not walked through.
                + (since
                        ? " AND at_ms >= :since AND seq > coalesce((SELECT seq FROM audit_log"
                                + " WHERE at_ms < :long_before ORDER BY at_ms DESC LIMIT 1), 0)"
                        : "")
                + " ORDER BY seq " + order + " LIMIT :limit";
        return database.read(h -> {
            var select = h.createQuery(sql).bind("seq", seq).bind("limit", limit);
            bind(select, "tenant", query.tenantId());
            bind(select, "action", query.action());
            if (since) {
                select.bind("since", query.sinceMillis())
                        .bind("long_before", Math.max(query.sinceMillis(), SLACK_MILLIS) - SLACK_MILLIS);
            }
            return select.map((row, statement) -> row(row)).list();
        });
    }

    private static void bind(SqlStatement<?> select, String name, @Nullable String value) {
        if (value != null) {
            select.bind(name, value);
        }
    }

    private static Row row(ResultSet row) throws SQLException {
        return new Row(
                row.getLong("seq"),
                row.getLong("at_ms"),
                text(row, "actor"),
                text(row, "action"),
                row.getString("tenant_id"),
                text(row, "resource"),
                text(row, "result"),
                row.getString("request_id"),
                text(row, "detail"),
                text(row, "key_id"),
                text(row, "mac"));
    }

    private static String text(ResultSet row, String column) throws SQLException {
        return Objects.requireNonNull(row.getString(column), column);
    }
}
