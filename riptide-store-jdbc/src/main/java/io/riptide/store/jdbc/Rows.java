package io.riptide.store.jdbc;

import io.riptide.spi.IdempotencyRecord;
import io.riptide.spi.KeyRecord;
import io.riptide.spi.Quotas;
import io.riptide.spi.TenantRecord;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jspecify.annotations.Nullable;

/** Between rows and records. */
final class Rows {
    static final String TENANT =
            "id, name, owner_name, owner_email, billing_plan, status, suspended_reason, memory_bytes,"
                    + " operations_per_minute, storage_bytes, active_sessions, settings, access_policies,"
                    + " encryption_enabled, created_ms, updated_ms, version";
    static final String TENANT_VALUES = ":id, :name, :owner_name, :owner_email, :plan, :status, :reason, :memory,"
            + " :operations, :storage, :sessions, :settings, :policies, :encrypted, :created, :updated, :version";
    static final String KEY =
            "key_id, tenant_id, role, name, scopes, secret_hash, created_ms, expires_ms, last_used_ms";
    static final String KEY_VALUES = ":key_id, :tenant_id, :role, :name, :scopes, :hash, :created, :expires, :used";

    private Rows() {}

    static String text(TenantRecord.Status status) {
        return status.name().toLowerCase(Locale.ROOT);
    }

    static <S extends SqlStatement<S>> S bind(S statement, TenantRecord tenant) {
        Quotas quotas = tenant.quotas();
        return statement
                .bind("id", tenant.id())
                .bind("name", tenant.name())
                .bind("owner_name", tenant.ownerName())
                .bind("owner_email", tenant.ownerEmail())
                .bind("plan", tenant.billingPlan())
                .bind("status", text(tenant.status()))
                .bind("reason", tenant.suspendedReason())
                .bind("memory", quotas.memoryBytes())
                .bind("operations", quotas.operationsPerMinute())
                .bind("storage", quotas.storageBytes())
                .bind("sessions", quotas.activeSessions())
                .bind("settings", tenant.settings())
                .bind("policies", Policies.print(tenant.accessPolicies()))
                .bind("encrypted", tenant.encryptionEnabled() ? 1 : 0)
                .bind("created", tenant.createdMillis())
                .bind("updated", tenant.updatedMillis())
                .bind("version", tenant.version());
    }

    static TenantRecord tenant(ResultSet row) throws SQLException {
        return new TenantRecord(
                row.getString("id"),
                row.getString("name"),
                row.getString("owner_name"),
                row.getString("owner_email"),
                row.getString("billing_plan"),
                TenantRecord.Status.valueOf(row.getString("status").toUpperCase(Locale.ROOT)),
                row.getString("suspended_reason"),
                new Quotas(
                        row.getLong("memory_bytes"),
                        row.getLong("operations_per_minute"),
                        row.getLong("storage_bytes"),
                        row.getLong("active_sessions")),
                row.getString("settings"),
                Policies.parse(row.getString("access_policies")),
                row.getInt("encryption_enabled") == 1,
                row.getLong("created_ms"),
                row.getLong("updated_ms"),
                row.getLong("version"));
    }

    static <S extends SqlStatement<S>> S bind(S statement, KeyRecord key) {
        return statement
                .bind("key_id", key.keyId())
                .bind("tenant_id", key.tenantId())
                .bind("role", key.role())
                .bind("name", key.name())
                .bind("scopes", String.join(" ", key.scopes()))
                .bind("hash", key.secretHash())
                .bind("created", key.createdMillis())
                .bind("expires", key.expiresMillis())
                .bind("used", key.lastUsedMillis());
    }

    static KeyRecord key(ResultSet row) throws SQLException {
        String scopes = row.getString("scopes");
        return new KeyRecord(
                row.getString("key_id"),
                row.getString("tenant_id"),
                row.getString("role"),
                row.getString("name"),
                scopes.isEmpty() ? List.of() : List.of(scopes.split(" ", -1)),
                row.getBytes("secret_hash"),
                row.getLong("created_ms"),
                nullableLong(row, "expires_ms"),
                nullableLong(row, "last_used_ms"));
    }

    static <S extends SqlStatement<S>> S bind(S statement, IdempotencyRecord call) {
        return statement
                .bind("credential", call.credential())
                .bind("route", call.route())
                .bind("key", call.key())
                .bind("body_hash", call.bodyHash())
                .bind("status", call.status())
                .bind("answer", call.answer())
                .bind("tenant", call.tenantId())
                .bind("created", call.createdMillis());
    }

    static IdempotencyRecord idempotency(ResultSet row) throws SQLException {
        Long status = nullableLong(row, "status");
        return new IdempotencyRecord(
                row.getString("credential"),
                row.getString("route"),
                row.getString("key"),
                row.getString("body_hash"),
                status == null ? null : (Integer) status.intValue(),
                row.getString("answer"),
                row.getString("tenant_id"),
                row.getLong("created_ms"));
    }

    private static @Nullable Long nullableLong(ResultSet row, String column) throws SQLException {
        long value = row.getLong(column);
        return row.wasNull() ? null : (Long) value;
    }
}
