package io.riptide.entry;

import org.jspecify.annotations.Nullable;

/** How tenants' bytes lie in a store. Any number of threads. */
public interface Ciphers {
    /** No tenant is encrypted. */
    Ciphers NONE = tenantId -> EntryCipher.NONE;

    /** How a tenant's bytes are written now, as far as this process knows; no I/O. */
    EntryCipher of(String tenantId);

    /**
     * How a tenant's bytes are read that are encrypted, whether it still is or not; asks the keyring where this process
     * has not heard of it.
     *
     * @throws io.riptide.problem.RipTideException {@code store-unavailable} where that cannot be found out
     */
    default EntryCipher find(String tenantId) {
        return of(tenantId);
    }

    /** How the bytes of a head were written. */
    default EntryCipher ofRow(StoreKey at, byte[] row) {
        return EntryCipher.isSealed(row) ? find(at.tenantId()) : EntryCipher.NONE;
    }

    /** A head from its bytes in a store, encrypted or not; null where they are not one of that key. */
    default @Nullable Head head(StoreKey at, byte[] row) {
        return ofRow(at, row).openHead(at, row);
    }

    /** The same where the tenant is to see it: one that is not written as its tenant's are now is not its own. */
    default @Nullable Head ownHead(StoreKey at, byte[] row) {
        return EntryCipher.isSealed(row) == of(at.tenantId()).encrypts() ? head(at, row) : null;
    }
}
