package io.riptide.tenant;

import io.riptide.config.TenantConfig;
import io.riptide.spi.ControlStore;
import io.riptide.spi.KeyRecord;
import io.riptide.spi.Quotas;
import io.riptide.spi.TenantRecord;
import io.riptide.spi.Time;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Tenants and keys. */
public final class TenantManager {
    /** Over this store. */
    public TenantManager(TenantConfig config, ControlStore store, Time time, SecureRandom random) {
        throw new UnsupportedOperationException();
    }

    /**
     * What a new tenant is to be; nulls take the defaults.
     *
     * @param id null: one is made
     * @param quotas each member null: the default one
     * @param settings a JSON object as text, at most 64 KiB
     */
    public record NewTenant(
            @Nullable String id,
            @Nullable String name,
            @Nullable String ownerName,
            @Nullable String ownerEmail,
            @Nullable String billingPlan,
            QuotaPatch quotas,
            @Nullable String settings) {}

    /** What a change replaces; null keeps what is there. */
    public record TenantPatch(
            @Nullable String name,
            @Nullable String ownerName,
            @Nullable String ownerEmail,
            @Nullable String billingPlan,
            QuotaPatch quotas,
            @Nullable String settings) {}

    /** Quotas of which each may be left out. */
    public record QuotaPatch(
            @Nullable Long memoryBytes,
            @Nullable Long operationsPerMinute,
            @Nullable Long storageBytes,
            @Nullable Long activeSessions) {
        /** Leaves all out. */
        public static final QuotaPatch NONE = new QuotaPatch(null, null, null, null);

        /** These quotas over others. */
        public Quotas over(Quotas base) {
            return new Quotas(
                    memoryBytes == null ? base.memoryBytes() : memoryBytes,
                    operationsPerMinute == null ? base.operationsPerMinute() : operationsPerMinute,
                    storageBytes == null ? base.storageBytes() : storageBytes,
                    activeSessions == null ? base.activeSessions() : activeSessions);
        }
    }

    /** A tenant with its first key, shown this once. */
    public record Created(TenantRecord tenant, NewKey key) {}

    /** A key, shown this once. */
    public record NewKey(KeyRecord key, String apiKey) {}

    /** Creates a tenant; every wrong field is named at once; {@code conflict} where the id is taken. */
    public Created create(NewTenant tenant) {
        throw new UnsupportedOperationException();
    }

    /** A tenant; {@code not-found} where there is none. */
    public TenantRecord tenant(String id) {
        throw new UnsupportedOperationException();
    }

    /** Tenants in the order of their ids, from after that id. */
    public List<TenantRecord> list(
            @Nullable String after, int limit, TenantRecord.@Nullable Status status, @Nullable String plan) {
        throw new UnsupportedOperationException();
    }

    /** Changes a tenant; {@code precondition-failed} where {@code ifVersion} is not null and has moved. */
    public TenantRecord update(String id, TenantPatch patch, @Nullable Long ifVersion) {
        throw new UnsupportedOperationException();
    }

    /** Suspends; idempotent. */
    public TenantRecord suspend(String id, String reason) {
        throw new UnsupportedOperationException();
    }

    /** Resumes; idempotent. */
    public TenantRecord resume(String id) {
        throw new UnsupportedOperationException();
    }

    /** Turns a tenant to {@code deleting}; the door then erases it and calls {@link #erased}. Idempotent. */
    public TenantRecord delete(String id) {
        throw new UnsupportedOperationException();
    }

    /** Takes the row and keys of a tenant away whose data is gone. */
    public void erased(String id) {
        throw new UnsupportedOperationException();
    }

    /** A new API key of a tenant; an empty set of scopes allows all. */
    public NewKey createKey(String tenantId, String name, Set<Action> scopes, @Nullable Duration expiresIn) {
        throw new UnsupportedOperationException();
    }

    /** A new admin key. */
    public NewKey createAdminKey(String name, Role role, @Nullable Duration expiresIn) {
        throw new UnsupportedOperationException();
    }

    /** Keys of a tenant, or admin keys where null, in the order of their ids. */
    public List<KeyRecord> keys(@Nullable String tenantId, @Nullable String after, int limit) {
        throw new UnsupportedOperationException();
    }

    /** Revokes at once; {@code not-found} where there is none. */
    public void revokeKey(@Nullable String tenantId, String keyId) {
        throw new UnsupportedOperationException();
    }

    /** Called with each tenant that changed, after it was stored and before the change is acknowledged. */
    public void onTenantChange(Consumer<TenantRecord> listener) {
        throw new UnsupportedOperationException();
    }

    /** Called with the id of each key that was revoked, likewise. */
    public void onKeyRevoked(Consumer<String> listener) {
        throw new UnsupportedOperationException();
    }
}
