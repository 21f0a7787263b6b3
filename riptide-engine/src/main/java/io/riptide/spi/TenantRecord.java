package io.riptide.spi;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A tenant's row.
 *
 * @param id {@code [A-Za-z0-9_-]{1,64}}
 * @param settings a JSON object as text
 * @param accessPolicies what its callers may do; none of them: all
 * @param encryptionEnabled whether what it stores is encrypted
 * @param version grows by one with each change; the base of its ETag
 */
public record TenantRecord(
        String id,
        String name,
        String ownerName,
        String ownerEmail,
        String billingPlan,
        Status status,
        @Nullable String suspendedReason,
        Quotas quotas,
        String settings,
        List<AccessPolicy> accessPolicies,
        boolean encryptionEnabled,
        long createdMillis,
        long updatedMillis,
        long version) {
    public TenantRecord {
        accessPolicies = List.copyOf(accessPolicies);
    }

    /** A tenant without policies, not encrypted. */
    public TenantRecord(
            String id,
            String name,
            String ownerName,
            String ownerEmail,
            String billingPlan,
            Status status,
            @Nullable String suspendedReason,
            Quotas quotas,
            String settings,
            long createdMillis,
            long updatedMillis,
            long version) {
        this(
                id,
                name,
                ownerName,
                ownerEmail,
                billingPlan,
                status,
                suspendedReason,
                quotas,
                settings,
                List.of(),
                false,
                createdMillis,
                updatedMillis,
                version);
    }

    /** Where a tenant stands. */
    public enum Status {
        /** Served. */
        ACTIVE,
        /** Refused until it is resumed; its data stays. */
        SUSPENDED,
        /** Refused for good while its data is being removed; then the row goes. */
        DELETING
    }
}
