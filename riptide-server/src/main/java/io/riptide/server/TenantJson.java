package io.riptide.server;

import com.fasterxml.jackson.core.JsonGenerator;
import io.riptide.spi.KeyRecord;
import io.riptide.spi.Quotas;
import io.riptide.spi.TenantRecord;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;

/** How tenants and keys are printed. */
final class TenantJson {
    static final Map<String, Object> QUOTAS = Schemas.object(
            "memory_bytes",
            Schemas.COUNT,
            "operations_per_minute",
            Schemas.COUNT,
            "storage_bytes",
            Schemas.COUNT,
            "active_sessions",
            Schemas.COUNT);
    static final Map<String, Object> TENANT = Schemas.object(
            "id",
            Schemas.STRING,
            "name",
            Schemas.STRING,
            "owner_name",
            Schemas.STRING,
            "owner_email",
            Schemas.STRING,
            "billing_plan",
            Schemas.STRING,
            "status",
            Schemas.oneOf("active", "suspended", "deleting"),
            "suspended_reason",
            Schemas.NULLABLE_STRING,
            "quotas",
            QUOTAS,
            "encryption_enabled",
            Schemas.BOOLEAN,
            "access_policies",
            Schemas.array(PolicyJson.POLICY),
            "settings",
            Schemas.ANY_OBJECT,
            "created_at",
            Schemas.TIME,
            "updated_at",
            Schemas.TIME,
            "api_key?",
            Schemas.STRING);
    static final Map<String, Object> KEY = Schemas.object(
            "key_id",
            Schemas.STRING,
            "name",
            Schemas.STRING,
            "scopes?",
            Schemas.array(Schemas.STRING),
            "role?",
            Schemas.oneOf("admin", "operator", "viewer"),
            "created_at",
            Schemas.TIME,
            "expires_at",
            Schemas.NULLABLE_TIME,
            "last_used_at",
            Schemas.NULLABLE_TIME,
            "api_key?",
            Schemas.STRING);

    private TenantJson() {}

    /** The members of a tenant. */
    static void tenant(JsonGenerator json, TenantRecord tenant) throws IOException {
        json.writeStringField("id", tenant.id());
        json.writeStringField("name", tenant.name());
        json.writeStringField("owner_name", tenant.ownerName());
        json.writeStringField("owner_email", tenant.ownerEmail());
        json.writeStringField("billing_plan", tenant.billingPlan());
        json.writeStringField("status", tenant.status().name().toLowerCase(Locale.ROOT));
        json.writeStringField("suspended_reason", tenant.suspendedReason());
        json.writeFieldName("quotas");
        quotas(json, tenant.quotas());
        json.writeBooleanField("encryption_enabled", tenant.encryptionEnabled());
        PolicyJson.print(json, tenant.accessPolicies());
        json.writeFieldName("settings");
        json.writeRawValue(tenant.settings());
        json.writeStringField("created_at", Json.time(tenant.createdMillis()));
        json.writeStringField("updated_at", Json.time(tenant.updatedMillis()));
    }

    /** Quotas as an object. */
    static void quotas(JsonGenerator json, Quotas quotas) throws IOException {
        json.writeStartObject();
        json.writeNumberField("memory_bytes", quotas.memoryBytes());
        json.writeNumberField("operations_per_minute", quotas.operationsPerMinute());
        json.writeNumberField("storage_bytes", quotas.storageBytes());
        json.writeNumberField("active_sessions", quotas.activeSessions());
        json.writeEndObject();
    }

    /** The members of a key: scopes of a tenant's, the role of an administrator's. */
    static void key(JsonGenerator json, KeyRecord key) throws IOException {
        json.writeStringField("key_id", key.keyId());
        json.writeStringField("name", key.name());
        if (key.role() != null) {
            json.writeStringField("role", key.role());
        } else {
            json.writeArrayFieldStart("scopes");
            for (String scope : key.scopes()) {
                json.writeString(scope);
            }
            json.writeEndArray();
        }
        json.writeStringField("created_at", Json.time(key.createdMillis()));
        Long expires = key.expiresMillis();
        json.writeStringField("expires_at", expires == null ? null : Json.time(expires));
        Long used = key.lastUsedMillis();
        json.writeStringField("last_used_at", used == null ? null : Json.time(used));
    }
}
