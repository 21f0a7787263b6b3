package io.riptide.tenant;

import io.riptide.spi.Quotas;
import io.riptide.spi.TenantRecord;
import io.riptide.tenant.TenantManager.TenantPatch;
import org.jspecify.annotations.Nullable;

/** Rows from rows: what a change makes of a tenant, before it is written. */
final class TenantRows {
    private TenantRows() {}

    /** The tenant that is there where tenants are switched off: the same in each process, so that its usage adds up. */
    static TenantRecord byConfiguration(Quotas quotas) {
        String id = TenantManager.DEFAULT_ID;
        return new TenantRecord(id, id, "", "", "free", TenantRecord.Status.ACTIVE, null, quotas, "{}", 0, 0, 1);
    }

    static TenantRecord patched(TenantRecord row, TenantPatch patch) {
        return new TenantRecord(
                row.id(),
                patch.name() == null ? row.name() : patch.name(),
                patch.ownerName() == null ? row.ownerName() : patch.ownerName(),
                patch.ownerEmail() == null ? row.ownerEmail() : patch.ownerEmail(),
                patch.billingPlan() == null ? row.billingPlan() : patch.billingPlan(),
                row.status(),
                row.suspendedReason(),
                patch.quotas().over(row.quotas()),
                patch.settings() == null ? row.settings() : patch.settings(),
                patch.accessPolicies() == null ? row.accessPolicies() : patch.accessPolicies(),
                patch.encryptionEnabled() == null ? row.encryptionEnabled() : patch.encryptionEnabled(),
                row.createdMillis(),
                row.updatedMillis(),
                row.version());
    }

    static TenantRecord withStatus(TenantRecord row, TenantRecord.Status status, @Nullable String reason) {
        return new TenantRecord(
                row.id(),
                row.name(),
                row.ownerName(),
                row.ownerEmail(),
                row.billingPlan(),
                status,
                reason,
                row.quotas(),
                row.settings(),
                row.accessPolicies(),
                row.encryptionEnabled(),
                row.createdMillis(),
                row.updatedMillis(),
                row.version());
    }

    /** The version after this one. A wall clock that went back does not take the time of the last change back. */
    static TenantRecord next(TenantRecord row, long now) {
        return new TenantRecord(
                row.id(),
                row.name(),
                row.ownerName(),
                row.ownerEmail(),
                row.billingPlan(),
                row.status(),
                row.suspendedReason(),
                row.quotas(),
                row.settings(),
                row.accessPolicies(),
                row.encryptionEnabled(),
                row.createdMillis(),
                Math.max(row.updatedMillis(), now),
                row.version() + 1);
    }
}
