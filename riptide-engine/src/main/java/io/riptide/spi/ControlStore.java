package io.riptide.spi;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tenants, keys and idempotency over SQL. What it acknowledges is durable. Each method is one transaction.
 *
 * <p>Every method throws a {@code RipTideException} with {@code store-unavailable} where the store cannot answer.
 */
public interface ControlStore extends AutoCloseable {
    /** Adds a tenant with its first key, both or neither. */
    CreateOutcome createTenant(TenantRecord tenant, KeyRecord firstKey, long maxTenants);

    /** How a creation ended. */
    enum CreateOutcome {
        CREATED,
        /** A tenant of that id is there, in whatever status. */
        EXISTS,
        /** {@code max_tenants} are there. */
        LIMIT
    }

    /** A tenant, or null. */
    @Nullable TenantRecord tenant(String id);

    /**
     * Tenants in the order of their ids.
     *
     * @param after the last id of the page before, or null
     * @param status only these, or null
     * @param plan only these, or null
     */
    List<TenantRecord> tenants(
            @Nullable String after, int limit, TenantRecord.@Nullable Status status, @Nullable String plan);

    /**
     * Replaces a tenant's row where it still has the version that {@code tenant.version()} minus one says; false where
     * it has moved or is gone.
     */
    boolean updateTenant(TenantRecord tenant);

    /** Takes a tenant's row away, with its keys and the answers that tell of it; true where it was there. */
    boolean removeTenant(String id);

    /** Adds a key; false where its tenant is gone. */
    boolean createKey(KeyRecord key);

    /** Adds an admin key, or replaces the one of the same id: the environment's key at each start. */
    void putAdminKey(KeyRecord key);

    /** A key by its public part, or null. */
    @Nullable KeyRecord key(String keyId);

    /** Keys of a tenant, or the admin keys where {@code tenantId} is null, in the order of their ids. */
    List<KeyRecord> keys(@Nullable String tenantId, @Nullable String after, int limit);

    /** Revokes a key of that tenant (of no tenant: an admin key); true where it was there. */
    boolean removeKey(@Nullable String tenantId, String keyId);

    /** Has a key end by then where it would end later; false where it is not there. Whose it is as above. */
    boolean endKey(@Nullable String tenantId, String keyId, long expiresMillis);

    /** Notes when keys were last seen; keys that are gone are passed over. */
    void touchKeys(Map<String, Long> lastUsedMillisByKeyId);

    /** The audit log, in the same place, for as long as this is open. */
    AuditStore audit();

    /** Plans that tenants held, which it keeps by itself as they change, and invoices. */
    InvoiceStore invoices();

    /** Whether other processes may use it too. */
    boolean shared();

    /**
     * Whom to tell of changes of tenants and keys that any process made, this one too; once. In a thread of the store's
     * own, within a second of the change while the store answers. Does nothing where one process has the store alone.
     */
    void listen(Changes changes);

    /** Is told what was changed. Its methods return soon; what they throw is as if anything had been changed. */
    interface Changes {
        /** A tenant's row was added, changed or taken away. */
        void tenant(String id);

        /** A key was added, changed or revoked. */
        void key(String keyId);

        /** Anything may have been. */
        void anything();
    }

    /**
     * Takes or keeps a lease: true for one holder at a time, until it ends by itself or is released. By the store's own
     * clock. Always true where one process has the store alone.
     */
    boolean lease(String job, String holder, long forMillis);

    /** Ends a lease where this holder has it. */
    void release(String job, String holder);

    /**
     * Begins an idempotent call: null where this is the first (it is now noted as running), else what is known. Records
     * older than {@code notBeforeMillis} count as absent, and so do those that have not ended a minute after they
     * began: their process has.
     */
    @Nullable IdempotencyRecord beginIdempotent(IdempotencyRecord first, long notBeforeMillis);

    /** Notes how the first call ended. */
    void finishIdempotent(IdempotencyRecord done);

    /** Forgets a call that failed, so that it may be tried again. */
    void abandonIdempotent(String credential, String route, String key);

    /** Takes away what is older than the instant; returns how many. */
    int pruneIdempotent(long beforeMillis);

    /** Whether the store answers, by asking it. */
    boolean healthy();

    /** Lets go; idempotent. */
    @Override
    void close();
}
