package io.riptide.store.jdbc;

import io.riptide.problem.RipTideException;
import io.riptide.spi.ControlStore;
import io.riptide.spi.IdempotencyRecord;
import io.riptide.spi.KeyRecord;
import io.riptide.spi.TenantRecord;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/**
 * Tenants and keys in a SQLite file: a write-ahead log that is flushed at each commit, so that what was acknowledged is
 * there after the process or the machine was killed. One thread writes, a few read; a caller waits for them a few
 * seconds at most.
 *
 * <p>A start costs a fixed number of statements, however many tenants there are. The file belongs to one process at a
 * time.
 */
public final class SqlControlStore implements ControlStore {
    private static final int READERS = 4;
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Lane writer;
    private final Lane readers;

    private SqlControlStore(Executor threads, Connections writer, Connections readers, Duration patience) {
        this.writer = Lane.writer(threads, patience, writer);
        this.readers = Lane.readers(READERS, threads, patience, readers);
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
        Schema.bringUp(sqlite);
        return over(threads, sqlite::openWriter, sqlite::openReader, PATIENCE);
    }

    /** Over a database whose schema is up to date. */
    static SqlControlStore over(Executor threads, Connections writer, Connections readers, Duration patience) {
        SqlControlStore store = new SqlControlStore(threads, writer, readers, patience);
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
        writer.call(h -> h.execute("DELETE FROM idempotency WHERE status IS NULL"));
    }

    @Override
    public CreateOutcome createTenant(TenantRecord tenant, KeyRecord firstKey, long maxTenants) {
        return writer.call(h -> {
            if (tenant(h, tenant.id()) != null) {
                return CreateOutcome.EXISTS;
            }
            if (h.createQuery("SELECT tenants FROM tenant_count WHERE one = 1")
                            .mapTo(Long.class)
                            .one()
                    >= maxTenants) {
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
        return readers.<@Nullable TenantRecord>call(h -> tenant(h, id));
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
        return readers.call(h -> {
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
        return writer.call(h -> Rows.bind(h.createUpdate("""
                                        UPDATE tenants SET name = :name, owner_name = :owner_name,
                                            owner_email = :owner_email, billing_plan = :plan, status = :status,
                                            suspended_reason = :reason, memory_bytes = :memory,
                                            operations_per_minute = :operations, storage_bytes = :storage,
                                            active_sessions = :sessions, settings = :settings, created_ms = :created,
                                            updated_ms = :updated, version = :version
                                        WHERE id = :id AND version = :version - 1"""), tenant).execute() == 1);
    }

    @Override
    public boolean removeTenant(String id) {
        return writer.call(h -> h.execute("DELETE FROM tenants WHERE id = ?", id) == 1);
    }

    @Override
    public boolean createKey(KeyRecord key) {
        return writer.call(h -> Rows.bind(
                                h.createUpdate("INSERT INTO api_keys (" + Rows.KEY + ") SELECT " + Rows.KEY_VALUES
                                        + " WHERE :tenant_id IS NULL OR EXISTS (SELECT 1 FROM tenants"
                                        + " WHERE id = :tenant_id AND status <> 'deleting')"),
                                key)
                        .execute()
                == 1);
    }

    @Override
    public void putAdminKey(KeyRecord key) {
        if (key.tenantId() != null) {
            throw new IllegalArgumentException("tenantId: " + key.tenantId() + " (expected: null, an admin key)");
        }
        writer.call(h -> Rows.bind(
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
        return readers.<@Nullable KeyRecord>call(
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
        return readers.call(h -> {
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
        return writer.call(h -> tenantId == null
                ? h.execute("DELETE FROM api_keys WHERE key_id = ? AND tenant_id IS NULL", keyId) == 1
                : h.execute("DELETE FROM api_keys WHERE key_id = ? AND tenant_id = ?", keyId, tenantId) == 1);
    }

    @Override
    public void touchKeys(Map<String, Long> lastUsedMillisByKeyId) {
        if (lastUsedMillisByKeyId.isEmpty()) {
            return;
        }
        Map<String, Long> used = Map.copyOf(lastUsedMillisByKeyId);
        writer.call(h -> {
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
        return writer.<@Nullable IdempotencyRecord>call(h -> {
            int begun = Rows.bind(h.createUpdate("""
                                    INSERT INTO idempotency
                                        (credential, route, key, body_hash, status, answer, created_ms)
                                    VALUES (:credential, :route, :key, :body_hash, :status, :answer, :created)
                                    ON CONFLICT (credential, route, key) DO UPDATE SET
                                        body_hash = excluded.body_hash, status = excluded.status,
                                        answer = excluded.answer, created_ms = excluded.created_ms
                                    WHERE idempotency.created_ms < :not_before"""), first)
                    .bind("not_before", notBeforeMillis)
                    .execute();
            return begun == 1 ? null : idempotent(h, first);
        });
    }

    private static IdempotencyRecord idempotent(Handle h, IdempotencyRecord call) {
        return h.createQuery("SELECT credential, route, key, body_hash, status, answer, created_ms FROM idempotency"
                        + " WHERE credential = :credential AND route = :route AND key = :key")
                .bind("credential", call.credential())
                .bind("route", call.route())
                .bind("key", call.key())
                .map((row, statement) -> Rows.idempotency(row))
                .one();
    }

    @Override
    public void finishIdempotent(IdempotencyRecord done) {
        writer.call(h -> Rows.bind(
                        h.createUpdate("UPDATE idempotency SET status = :status, answer = :answer"
                                + " WHERE credential = :credential AND route = :route AND key = :key"),
                        done)
                .execute());
    }

    @Override
    public void abandonIdempotent(String credential, String route, String key) {
        writer.call(h -> h.execute(
                "DELETE FROM idempotency WHERE credential = ? AND route = ? AND key = ? AND status IS NULL",
                credential,
                route,
                key));
    }

    @Override
    public int pruneIdempotent(long beforeMillis) {
        return writer.call(h -> h.execute("DELETE FROM idempotency WHERE created_ms < ?", beforeMillis));
    }

    @Override
    public boolean healthy() {
        try {
            return readers.call(h -> h.createQuery("SELECT one FROM tenant_count")
                            .mapTo(Integer.class)
                            .one()
                    == 1);
        } catch (RipTideException e) {
            return false;
        }
    }

    @Override
    public void close() {
        readers.close();
        writer.close();
    }
}
