package io.riptide.store.jdbc;

import io.riptide.spi.InvoiceRecord;
import io.riptide.spi.InvoiceStore;
import io.riptide.spi.PlanHeld;
import io.riptide.spi.TenantKey;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.function.LongFunction;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/** Plans and invoices, in the database of the tenants. */
final class SqlInvoiceStore implements InvoiceStore {
    private static final String COLUMNS =
            "number, tenant_id, tenant_created_ms, period, closed_ms, currency, total, document";

    private final Database database;

    SqlInvoiceStore(Database database) {
        this.database = database;
    }

    @Override
    public List<PlanHeld> plans(String tenantId) {
        return database.read(h -> h.createQuery("""
                        SELECT tenant_id, tenant_created_ms, plan, from_ms, until_ms FROM tenant_plans
                        WHERE tenant_id = :tenant ORDER BY tenant_created_ms, number""")
                .bind("tenant", tenantId)
                .map((row, statement) -> {
                    long until = row.getLong("until_ms");
                    boolean held = row.wasNull();
                    return new PlanHeld(
                            tenant(row), row.getString("plan"), row.getLong("from_ms"), held ? Long.MAX_VALUE : until);
                })
                .list());
    }

    private static TenantKey tenant(ResultSet row) throws SQLException {
        return new TenantKey(row.getString("tenant_id"), row.getLong("tenant_created_ms"));
    }

    @Override
    public List<TenantKey> unbilled(
            String period, long fromMillis, long untilMillis, @Nullable TenantKey after, int limit) {
        return database.read(h -> h.createQuery("""
                        SELECT DISTINCT tenant_id, tenant_created_ms FROM tenant_plans p
                        WHERE (tenant_id, tenant_created_ms) > (:tenant, :created)
                            AND from_ms < :until AND (until_ms IS NULL OR until_ms > :from)
                            AND NOT EXISTS (SELECT 1 FROM invoices i WHERE i.tenant_id = p.tenant_id
                                AND i.tenant_created_ms = p.tenant_created_ms AND i.period = :period)
                        ORDER BY tenant_id, tenant_created_ms LIMIT :limit""")
                .bind("tenant", after == null ? "" : after.id())
                .bind("created", after == null ? Long.MIN_VALUE : after.createdMillis())
                .bind("from", fromMillis)
                .bind("until", untilMillis)
                .bind("period", period)
                .bind("limit", limit)
                .map((row, statement) -> tenant(row))
                .list());
    }

    @Override
    public @Nullable Long firstHeldMillis() {
        return database.<@Nullable Long>read(h -> h.createQuery("SELECT min(from_ms) FROM tenant_plans")
                .map((row, statement) -> {
                    long first = row.getLong(1);
                    return row.wasNull() ? null : (Long) first;
                })
                .one());
    }

    @Override
    public InvoiceRecord add(TenantKey tenant, String period, long nowMillis, LongFunction<Draft> document) {
        return database.write(h -> {
            // First, so that of several that add at once each sees what the one before it did.
            long last = h.createQuery("SELECT last FROM invoice_numbers WHERE one = 1" + database.forUpdate())
                    .mapTo(Long.class)
                    .one();
            InvoiceRecord there = invoice(h, tenant, period);
            if (there != null) {
                return there;
            }
            long number = last + 1;
            Draft draft = document.apply(number);
            h.execute("UPDATE invoice_numbers SET last = ? WHERE one = 1", number);
            h.execute(
                    "INSERT INTO invoices (" + COLUMNS + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    number,
                    tenant.id(),
                    tenant.createdMillis(),
                    period,
                    nowMillis,
                    draft.currency(),
                    draft.total(),
                    draft.document());
            return new InvoiceRecord(
                    number, tenant, period, nowMillis, draft.currency(), draft.total(), draft.document());
        });
    }

    @Override
    public @Nullable InvoiceRecord invoice(TenantKey tenant, String period) {
        return database.<@Nullable InvoiceRecord>read(h -> invoice(h, tenant, period));
    }

    private static @Nullable InvoiceRecord invoice(Handle h, TenantKey tenant, String period) {
        return h.createQuery("SELECT " + COLUMNS + " FROM invoices WHERE tenant_id = :tenant"
                        + " AND tenant_created_ms = :created AND period = :period")
                .bind("tenant", tenant.id())
                .bind("created", tenant.createdMillis())
                .bind("period", period)
                .map((row, statement) -> invoice(row))
                .findOne()
                .orElse(null);
    }

    private static InvoiceRecord invoice(ResultSet row) throws SQLException {
        return new InvoiceRecord(
                row.getLong("number"),
                tenant(row),
                row.getString("period"),
                row.getLong("closed_ms"),
                row.getString("currency"),
                row.getString("total"),
                row.getString("document"));
    }

    @Override
    public List<InvoiceRecord> invoices(long after, int limit, @Nullable String tenantId, @Nullable String period) {
        String sql = "SELECT " + COLUMNS + " FROM invoices WHERE number > :after"
                + (tenantId == null ? "" : " AND tenant_id = :tenant")
                + (period == null ? "" : " AND period = :period")
                + " ORDER BY number LIMIT :limit";
        return database.read(h -> {
            Query query = h.createQuery(sql).bind("after", after).bind("limit", limit);
            if (tenantId != null) {
                query.bind("tenant", tenantId);
            }
            if (period != null) {
                query.bind("period", period);
            }
            return query.map((row, statement) -> invoice(row)).list();
        });
    }

    @Override
    public void closed(String period, long nowMillis) {
        database.write(h -> h.execute(
                "INSERT INTO closed_periods (period, closed_ms) VALUES (?, ?) ON CONFLICT (period) DO NOTHING",
                period,
                nowMillis));
    }

    @Override
    public @Nullable String lastClosed() {
        return database.<@Nullable String>read(h -> h.createQuery("SELECT max(period) FROM closed_periods")
                .map((row, statement) -> row.getString(1))
                .one());
    }
}
