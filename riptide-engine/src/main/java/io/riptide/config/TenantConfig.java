package io.riptide.config;

/**
 * {@code persistence.tenant}.
 *
 * @param enabled whether callers need a credential; where not, a caller without one is the tenant {@code default}
 * @param defaultQuotas what a tenant gets that is given nothing else
 * @param maxTenants how many there may be
 * @param shadow which quotas only count what they would have refused
 * @param autoSuspend whether a tenant that goes on being refused is suspended
 * @param storageFull what becomes of a write that the quota of stored bytes does not hold
 */
public record TenantConfig(
        boolean enabled,
        QuotaConfig defaultQuotas,
        long maxTenants,
        ShadowConfig shadow,
        AutoSuspend autoSuspend,
        StorageFull storageFull) {
    /** Quotas that refuse, and nobody is suspended. */
    public TenantConfig(boolean enabled, QuotaConfig defaultQuotas, long maxTenants) {
        this(
                enabled,
                defaultQuotas,
                maxTenants,
                new ShadowConfig(false, false),
                new AutoSuspend(false, 1000, 600),
                StorageFull.REFUSE);
    }

    /** {@code shadow}, by quota. */
    public record ShadowConfig(boolean operationsPerMinute, boolean storageBytes) {}

    /** {@code auto_suspend}: after so many refused calls within so many seconds, on one node. */
    public record AutoSuspend(boolean enabled, long afterViolations, long withinSeconds) {}

    /** {@code storage_full}. */
    public enum StorageFull {
        /** The write is refused. */
        REFUSE,
        /** The tenant's entries that end first go for it. */
        EVICT
    }

    /** {@code default_quotas}, in the units of their names. */
    public record QuotaConfig(long memoryBytes, long operationsPerMinute, long storageBytes, long activeSessions) {}
}
