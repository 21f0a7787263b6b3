package io.riptide.config;

/**
 * {@code persistence.tenant}.
 *
 * @param enabled whether callers need a credential; where not, a caller without one is the tenant {@code default}
 * @param defaultQuotas what a tenant gets that is given nothing else
 * @param maxTenants how many there may be
 */
public record TenantConfig(boolean enabled, QuotaConfig defaultQuotas, long maxTenants) {
    /** {@code default_quotas}, in the units of their names. */
    public record QuotaConfig(long memoryBytes, long operationsPerMinute, long storageBytes, long activeSessions) {}
}
