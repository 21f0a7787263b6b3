package io.riptide.store.jdbc;

import io.riptide.spi.KeyringStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Wrapped keys of encrypted tenants, over SQL: in a SQLite file apart from all others, so that a copy of those holds no
 * key; or in the PostgreSQL of the tenants. A caller waits a few seconds at most.
 */
public final class SqlKeyringStore implements KeyringStore {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final String OF_TENANT = " WHERE tenant_id = :tenant AND tenant_created_ms = :created";
    private static final String NEWEST = "SELECT tenant_id, tenant_created_ms, name_secret, active FROM"
            + " keyring_tenants r WHERE tenant_created_ms = (SELECT max(tenant_created_ms) FROM keyring_tenants"
            + " WHERE tenant_id = r.tenant_id)";

    private final Database database;
    private final boolean ends;

    /** Over a database whose schema is up to date; {@code ends} where it is this one's to close. */
    SqlKeyringStore(Database database, boolean ends) {
        this.database = database;
        this.ends = ends;
    }

    /**
     * Opens this file, made with mode 0600 where it is not there, and brings its schema up to date. Refuses as {@link
     * SqlControlStore#sqlite} does.
     *
     * @param threads runs five tasks at once for as long as the store is open; the caller ends it after the store
     */
    public static SqlKeyringStore sqlite(Path file, Executor threads) {
        Sqlite sqlite = new Sqlite(file);
        sqlite.prepare();
        Schema.KEYRING.bringUp(sqlite);
        return new SqlKeyringStore(new Lanes(threads, sqlite::openWriter, sqlite::openReader, PATIENCE), true);
    }

    /** A row of a tenant's ring without its keys. */
    private record Tenant(String tenantId, long createdMillis, byte[] nameSecret, boolean active) {}

    @Override
    public List<Ring> rings(@Nullable String afterTenant, int limit) {
        return database.read(h -> {
            List<Ring> rings = new ArrayList<>();
            h.createQuery(NEWEST + " AND tenant_id > :after ORDER BY tenant_id LIMIT :limit")
                    .bind("after", afterTenant == null ? "" : afterTenant)
                    .bind("limit", limit)
                    .map((row, statement) ->
                            new Tenant(row.getString(1), row.getLong(2), row.getBytes(3), row.getInt(4) == 1))
                    .list()
                    .forEach(tenant -> rings.add(ring(h, tenant)));
            return rings;
        });
    }

    @Override
    public @Nullable Ring ring(String tenantId) {
        return database.<@Nullable Ring>read(h -> h.createQuery(NEWEST + " AND tenant_id = :tenant")
                .bind("tenant", tenantId)
                .map((row, statement) ->
                        new Tenant(row.getString(1), row.getLong(2), row.getBytes(3), row.getInt(4) == 1))
                .findOne()
                .map(tenant -> ring(h, tenant))
                .orElse(null));
    }

    private static Ring ring(Handle h, Tenant tenant) {
        List<WrappedKey> keys = h.createQuery(
                        "SELECT number, wrapped, created_ms FROM keyring_keys" + OF_TENANT + " ORDER BY number")
                .bind("tenant", tenant.tenantId())
                .bind("created", tenant.createdMillis())
                .map((row, statement) -> new WrappedKey(row.getInt(1), row.getBytes(2), row.getLong(3)))
                .list();
        return new Ring(tenant.tenantId(), tenant.createdMillis(), tenant.nameSecret(), tenant.active(), keys);
    }

    private static @Nullable Ring ring(Handle h, String tenantId, long createdMillis) {
        return h.createQuery(
                        "SELECT tenant_id, tenant_created_ms, name_secret, active FROM keyring_tenants" + OF_TENANT)
                .bind("tenant", tenantId)
                .bind("created", createdMillis)
                .map((row, statement) ->
                        new Tenant(row.getString(1), row.getLong(2), row.getBytes(3), row.getInt(4) == 1))
                .findOne()
                .map(tenant -> ring(h, tenant))
                .orElse(null);
    }

    @Override
    public Ring begin(Ring ring) {
        return database.write(h -> {
            int begun = h.createUpdate("INSERT INTO keyring_tenants"
                            + " (tenant_id, tenant_created_ms, name_secret, active)"
                            + " VALUES (:tenant, :created, :secret, :active) ON CONFLICT DO NOTHING")
                    .bind("tenant", ring.tenantId())
                    .bind("created", ring.tenantCreatedMillis())
                    .bind("secret", ring.nameSecret())
                    .bind("active", ring.active() ? 1 : 0)
                    .execute();
            if (begun == 1) {
                ring.keys().forEach(key -> insert(h, ring.tenantId(), ring.tenantCreatedMillis(), key));
                return ring;
            }
            Ring there = ring(h, ring.tenantId(), ring.tenantCreatedMillis());
            return there == null ? ring : there;
        });
    }

    private static void insert(Handle h, String tenantId, long createdMillis, WrappedKey key) {
        h.createUpdate("INSERT INTO keyring_keys (tenant_id, tenant_created_ms, number, wrapped, created_ms)"
                        + " VALUES (:tenant, :created, :number, :wrapped, :at) ON CONFLICT DO NOTHING")
                .bind("tenant", tenantId)
                .bind("created", createdMillis)
                .bind("number", key.number())
                .bind("wrapped", key.bytes())
                .bind("at", key.createdMillis())
                .execute();
    }

    @Override
    public @Nullable Ring add(String tenantId, long tenantCreatedMillis, WrappedKey key) {
        return database.<@Nullable Ring>write(h -> {
            // Of several that add at once each sees the key of the one before.
            boolean there = h.createQuery("SELECT 1 FROM keyring_tenants" + OF_TENANT + database.forUpdate())
                    .bind("tenant", tenantId)
                    .bind("created", tenantCreatedMillis)
                    .mapTo(Integer.class)
                    .findOne()
                    .isPresent();
            Ring before = there ? ring(h, tenantId, tenantCreatedMillis) : null;
            if (before == null || before.newest().number() + 1 != key.number()) {
                return before;
            }
            insert(h, tenantId, tenantCreatedMillis, key);
            return ring(h, tenantId, tenantCreatedMillis);
        });
    }

    @Override
    public boolean activate(String tenantId, long tenantCreatedMillis, boolean active) {
        return database.write(h -> h.createUpdate("UPDATE keyring_tenants SET active = :active" + OF_TENANT)
                        .bind("active", active ? 1 : 0)
                        .bind("tenant", tenantId)
                        .bind("created", tenantCreatedMillis)
                        .execute()
                == 1);
    }

    @Override
    public long reserve(String tenantId, long tenantCreatedMillis, int number, long uses) {
        return database.write(h -> h.createQuery("UPDATE keyring_keys SET uses = uses + :uses" + OF_TENANT
                        + " AND number = :number RETURNING uses")
                .bind("uses", uses)
                .bind("tenant", tenantId)
                .bind("created", tenantCreatedMillis)
                .bind("number", number)
                .mapTo(Long.class)
                .findOne()
                .orElse(-1L));
    }

    @Override
    public void destroy(String tenantId) {
        var unused = database.write(h -> {
            if (ends) {
                // What was deleted is written over, not only marked as free.
                h.execute("PRAGMA secure_delete = ON");
            }
            return h.execute("DELETE FROM keyring_tenants WHERE tenant_id = ?", tenantId);
        });
    }

    @Override
    public void close() {
        if (ends) {
            database.close();
        }
    }
}
