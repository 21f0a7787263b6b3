package io.riptide.store.jdbc;

import io.riptide.problem.RipTideException;
import io.riptide.spi.AuditStore;
import io.riptide.spi.ControlStore;
import io.riptide.spi.IdempotencyRecord;
import io.riptide.spi.InvoiceStore;
import io.riptide.spi.KeyRecord;
import io.riptide.spi.KeyringStore;
import io.riptide.spi.TenantRecord;
import io.riptide.spi.UsageStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/**
 * Tenants and keys over SQL. In a SQLite file: a write-ahead log that is flushed at each commit, so that what was
 * acknowledged is there after the process or the machine was killed; one thread writes, a few read, and the file
 * belongs to one process at a time. Or in a PostgreSQL that several processes share. A caller waits a few seconds at
 * most.
 *
 * <p>A start costs a fixed number of statements, however many tenants there are.
 */
public final class SqlControlStore implements ControlStore {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** After so long a call that has not ended is one whose process did. */
    private static final Duration LONGEST_CALL = Duration.ofMinutes(1);

    private final Database database;

    private SqlControlStore(Database database) {
        this.database = database;
    }

    /**
     * Opens this file, made with mode 0600 where it is not there, and brings its schema up to date. Refuses with {@code
     * store-unavailable} and a text for the operator where it is damaged, held by another process, not permitted, or
     * written by a newer build.
     *
     * @param threads runs five tasks at once for as long as the store is open; platform threads, for SQLite's calls
     *     block in native code. The caller ends it after the store
     */
    public static SqlControlStore sqlite(Path file, Executor threads) {
        Sqlite sqlite = new Sqlite(file);
        sqlite.prepare();
        Schema.CONTROL.bringUp(sqlite);
        return over(threads, sqlite::openWriter, sqlite::openReader, PATIENCE);
    }

    /**
     * Connects to a PostgreSQL that several processes may share, and brings its schema up to date. Refuses with {@code
     * store-unavailable} and a text for the operator where it cannot be reached, or does not let this user in.
     *
     * @param url {@code jdbc:postgresql://…}; it may hold a password, and stands in no message
     * @param threads runs one task for as long as the store is open, once somebody listens
     */
    public static SqlControlStore postgres(String url, Executor threads) {
        return new SqlControlStore(Postgres.open(url, threads));
    }

    /** Over a database whose schema is up to date. */
    static SqlControlStore over(Executor threads, Connections writer, Connections readers, Duration patience) {
        SqlControlStore store = new SqlControlStore(new Lanes(threads, writer, readers, patience));
        try {
            store.forgetUnfinished();
            return store;
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
    }

    /**
     * Calls that ran when the last process ended are over: left as running they would block their retries for a day.
     */
    private void forgetUnfinished() {
        database.write(h -> h.execute("DELETE FROM idempotency WHERE status IS NULL"));
    }

    @Override
    public CreateOutcome createTenant(TenantRecord tenant, KeyRecord firstKey, long maxTenants) {
        return database.write(h -> {
            // First, so that of several that create at once each counts those before it.
            long there = h.createQuery("SELECT tenants FROM tenant_count WHERE one = 1" + database.forUpdate())
                    .mapTo(Long.class)
                    .one();
            if (tenant(h, tenant.id()) != null) {
                return CreateOutcome.EXISTS;
            }
            if (there >= maxTenants) {
                return CreateOutcome.LIMIT;
            }
            Rows.bind(
                            h.createUpdate(
                                    "INSERT INTO tenants (" + Rows.TENANT + ") VALUES (" + Rows.TENANT_VALUES + ")"),
                            tenant)
                    .execute();
            Rows.bind(
                            h.createUpdate("INSERT INTO api_keys (" + Rows.KEY + ") VALUES (" + Rows.KEY_VALUES + ")"),
                            firstKey)
                    .execute();
            return CreateOutcome.CREATED;
        });
    }

    @Override
    public @Nullable TenantRecord tenant(String id) {
        return database.<@Nullable TenantRecord>read(h -> tenant(h, id));
    }

    private static @Nullable TenantRecord tenant(Handle h, String id) {
        return h.createQuery("SELECT " + Rows.TENANT + " FROM tenants WHERE id = :id")
                .bind("id", id)
                .map((row, statement) -> Rows.tenant(row))
                .findOne()
                .orElse(null);
    }

    @Override
    public List<TenantRecord> tenants(
            @Nullable String after, int limit, TenantRecord.@Nullable Status status, @Nullable String plan) {
        String sql = "SELECT " + Rows.TENANT + " FROM tenants WHERE id > :after"
                + (status == null ? "" : " AND status = :status")
                + (plan == null ? "" : " AND billing_plan = :plan")
                + " ORDER BY id LIMIT :limit";
        return database.read(h -> {
            Query query =
                    h.createQuery(sql).bind("after", after == null ? "" : after).bind("limit", limit);
            if (status != null) {
                query.bind("status", Rows.text(status));
            }
            if (plan != null) {
                query.bind("plan", plan);
            }
            return query.map((row, statement) -> Rows.tenant(row)).list();
        });
    }

    @Override
    public boolean updateTenant(TenantRecord tenant) {
        return database.write(h -> Rows.bind(h.createUpdate("""
                                        UPDATE tenants SET name = :name, owner_name = :owner_name,
                                            owner_email = :owner_email, billing_plan = :plan, status = :status,
                                            suspended_reason = :reason, memory_bytes = :memory,
                                            operations_per_minute = :operations, storage_bytes = :storage,
                                            active_sessions = :sessions, settings = :settings,
                                            access_policies = :policies, encryption_enabled = :encrypted,
                                            created_ms = :created, updated_ms = :updated, version = :version
                                        WHERE id = :id AND version = :version - 1"""), tenant).execute() == 1);
    }

    @Override
    public boolean removeTenant(String id) {
        return database.write(h -> {
            // What the call that made it was answered goes; that it was made stays, so that a repeat makes no other.
            h.execute("DELETE FROM idempotency WHERE tenant_id = ? AND route LIKE ?", id, "%/" + id + "/%");
            h.execute("UPDATE idempotency SET answer = NULL, tenant_id = NULL WHERE tenant_id = ?", id);
            return h.execute("DELETE FROM tenants WHERE id = ?", id) == 1;
        });
    }

    @Override
    public boolean createKey(KeyRecord key) {
        return database.write(h -> {
            if (key.tenantId() != null) {
                boolean there = h.createQuery(
                                "SELECT 1 FROM tenants WHERE id = :id AND status <> 'deleting'" + database.forUpdate())
                        .bind("id", key.tenantId())
                        .mapTo(Integer.class)
                        .findOne()
                        .isPresent();
                if (!there) {
                    return false;
                }
            }
            return Rows.bind(
                                    h.createUpdate(
                                            "INSERT INTO api_keys (" + Rows.KEY + ") VALUES (" + Rows.KEY_VALUES + ")"),
                                    key)
                            .execute()
                    == 1;
        });
    }

    @Override
    public void putAdminKey(KeyRecord key) {
        if (key.tenantId() != null) {
            throw new IllegalArgumentException("tenantId: " + key.tenantId() + " (expected: null, an admin key)");
        }
        database.write(h -> Rows.bind(
                        h.createUpdate("INSERT INTO api_keys (" + Rows.KEY + ") VALUES (" + Rows.KEY_VALUES
                                + ") ON CONFLICT (key_id) DO UPDATE SET role = excluded.role, name = excluded.name,"
                                + " scopes = excluded.scopes, secret_hash = excluded.secret_hash,"
                                + " created_ms = excluded.created_ms, expires_ms = excluded.expires_ms"
                                + " WHERE api_keys.tenant_id IS NULL"),
                        key)
                .execute());
    }

    @Override
    public @Nullable KeyRecord key(String keyId) {
        return database.<@Nullable KeyRecord>read(
                h -> h.createQuery("SELECT " + Rows.KEY + " FROM api_keys WHERE key_id = :id")
                        .bind("id", keyId)
                        .map((row, statement) -> Rows.key(row))
                        .findOne()
                        .orElse(null));
    }

    @Override
    public List<KeyRecord> keys(@Nullable String tenantId, @Nullable String after, int limit) {
        String sql = "SELECT " + Rows.KEY + " FROM api_keys WHERE "
                + (tenantId == null ? "tenant_id IS NULL" : "tenant_id = :tenant")
                + " AND key_id > :after ORDER BY key_id LIMIT :limit";
        return database.read(h -> {
            Query query =
                    h.createQuery(sql).bind("after", after == null ? "" : after).bind("limit", limit);
            if (tenantId != null) {
                query.bind("tenant", tenantId);
            }
            return query.map((row, statement) -> Rows.key(row)).list();
        });
    }

    @Override
    public boolean removeKey(@Nullable String tenantId, String keyId) {
        return database.write(h -> tenantId == null
                ? h.execute("DELETE FROM api_keys WHERE key_id = ? AND tenant_id IS NULL", keyId) == 1
                : h.execute("DELETE FROM api_keys WHERE key_id = ? AND tenant_id = ?", keyId, tenantId) == 1);
    }

    @Override
    public boolean endKey(@Nullable String tenantId, String keyId, long expiresMillis) {
        return database.write(h -> h.createUpdate("UPDATE api_keys SET expires_ms = CASE WHEN expires_ms < :expires"
                                + " THEN expires_ms ELSE :expires END WHERE key_id = :id"
                                + " AND tenant_id IS NOT DISTINCT FROM CAST(:tenant AS TEXT)")
                        .bind("expires", expiresMillis)
                        .bind("id", keyId)
                        .bind("tenant", tenantId)
                        .execute()
                == 1);
    }

    @Override
    public void touchKeys(Map<String, Long> lastUsedMillisByKeyId) {
        if (lastUsedMillisByKeyId.isEmpty()) {
            return;
        }
        // In one order, so that two who do this do not wait for each other.
        Map<String, Long> used = new TreeMap<>(lastUsedMillisByKeyId);
        database.write(h -> {
            try (PreparedBatch batch = h.prepareBatch("UPDATE api_keys SET last_used_ms = :used"
                    + " WHERE key_id = :id AND (last_used_ms IS NULL OR last_used_ms < :used)")) {
                used.forEach((id, millis) ->
                        batch.bind("id", id).bind("used", millis).add());
                return batch.execute().length;
            }
        });
    }

    @Override
    public @Nullable IdempotencyRecord beginIdempotent(IdempotencyRecord first, long notBeforeMillis) {
        return database.<@Nullable IdempotencyRecord>write(h -> {
            int begun = Rows.bind(h.createUpdate("""
                                    INSERT INTO idempotency
                                        (credential, route, key, body_hash, status, answer, tenant_id, created_ms)
                                    VALUES
                                        (:credential, :route, :key, :body_hash, :status, :answer, :tenant, :created)
                                    ON CONFLICT (credential, route, key) DO UPDATE SET
                                        body_hash = excluded.body_hash, status = excluded.status,
                                        answer = excluded.answer, tenant_id = excluded.tenant_id,
                                        created_ms = excluded.created_ms
                                    WHERE idempotency.created_ms < :not_before OR (idempotency.status IS NULL
                                        AND idempotency.created_ms < excluded.created_ms - :longest)"""), first)
                    .bind("not_before", notBeforeMillis)
                    .bind("longest", LONGEST_CALL.toMillis())
                    .execute();
            return begun == 1 ? null : idempotent(h, first);
        });
    }

    private static IdempotencyRecord idempotent(Handle h, IdempotencyRecord call) {
        return h.createQuery("SELECT credential, route, key, body_hash, status, answer, tenant_id, created_ms"
                        + " FROM idempotency"
                        + " WHERE credential = :credential AND route = :route AND key = :key")
                .bind("credential", call.credential())
                .bind("route", call.route())
                .bind("key", call.key())
                .map((row, statement) -> Rows.idempotency(row))
                .one();
    }

    @Override
    public void finishIdempotent(IdempotencyRecord done) {
        database.write(h -> Rows.bind(
                        h.createUpdate("UPDATE idempotency SET status = :status, answer = :answer, tenant_id = :tenant"
                                + " WHERE credential = :credential AND route = :route AND key = :key"),
                        done)
                .execute());
    }

    @Override
    public void abandonIdempotent(String credential, String route, String key) {
        database.write(h -> h.execute(
                "DELETE FROM idempotency WHERE credential = ? AND route = ? AND key = ? AND status IS NULL",
                credential,
                route,
                key));
    }

    @Override
    public int pruneIdempotent(long beforeMillis) {
        return database.write(h -> {
            database.prune(h);
            return h.execute("DELETE FROM idempotency WHERE created_ms < ?", beforeMillis);
        });
    }

    @Override
    public boolean healthy() {
        try {
            return database.read(h -> h.createQuery("SELECT one FROM tenant_count")
                            .mapTo(Integer.class)
                            .one()
                    == 1);
        } catch (RipTideException e) {
            return false;
        }
    }

    /** What tenants used, in the same database, for as long as this is open; for one that several processes share. */
    public UsageStore usage() {
        return new SqlUsageStore(database, false);
    }

    /** Keys of encrypted tenants, likewise. */
    public KeyringStore keyring() {
        return new SqlKeyringStore(database, false);
    }

    @Override
    public AuditStore audit() {
        return new SqlAuditStore(database);
    }

    @Override
    public InvoiceStore invoices() {
        return new SqlInvoiceStore(database);
    }

    @Override
    public boolean shared() {
        return database.shared();
    }

    @Override
    public void listen(Changes changes) {
        database.listen(changes);
    }

    @Override
    public boolean lease(String job, String holder, long forMillis) {
        return database.lease(job, holder, forMillis);
    }

    @Override
    public void release(String job, String holder) {
        database.release(job, holder);
    }

    @Override
    public void close() {
        database.close();
    }
}
