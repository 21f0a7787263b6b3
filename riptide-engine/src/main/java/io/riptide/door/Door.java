package io.riptide.door;

import io.riptide.cache.PersistentCacheManager;
import io.riptide.config.TenantConfig;
import io.riptide.grant.TenantGrant;
import io.riptide.spi.ControlStore;
import io.riptide.spi.Time;
import io.riptide.tenant.TenantManager;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Credential in, caller out. The one maker of a {@link TenantGrant}. */
public final class Door {
    /** Over these. */
    public Door(
            TenantConfig config,
            TenantManager tenants,
            ControlStore store,
            PersistentCacheManager cache,
            Time time,
            @Nullable String environmentAdminKey) {
        throw new UnsupportedOperationException();
    }

    /**
     * Whoever shows this secret; null where it is nobody's. Constant time in the secret; forged keys die without I/O.
     *
     * @param secret an API key or the environment's admin key
     */
    public @Nullable Caller caller(String secret) {
        throw new UnsupportedOperationException();
    }

    /**
     * A tenant's call: the credential decides, the header must agree. Refuses with {@code unauthenticated} (alike for an
     * unknown tenant, a wrong key, none), {@code access-denied} (a disagreeing header, an administrator), {@code
     * tenant-suspended}.
     */
    public TenantCaller tenant(@Nullable String secret, @Nullable String tenantHeader) {
        throw new UnsupportedOperationException();
    }

    /** An administrator's call; {@code unauthenticated} without a valid credential, {@code access-denied} for a tenant's. */
    public AdminCaller admin(@Nullable String secret) {
        throw new UnsupportedOperationException();
    }

    /** The live grant of a tenant, for the figures that administrators see; {@code not-found} where there is none. */
    public TenantGrant grant(String tenantId) {
        throw new UnsupportedOperationException();
    }

    /** Grants that are live now. */
    public List<TenantGrant> grants() {
        throw new UnsupportedOperationException();
    }

    /** Erases tenants that were left half deleted by a stop; called once at start. */
    public void resumeErasures() {
        throw new UnsupportedOperationException();
    }

    /** Housekeeping, about once a second by one thread: samples active meters, drops idle grants, notes last use of keys. */
    public void tick() {
        throw new UnsupportedOperationException();
    }
}
