package io.riptide.cache;

/** The capability to one tenant's entries. No method takes a tenant's id. */
public final class TenantCache {
    /** A namespace by its name, which is checked. */
    public Namespace namespace(String name) {
        throw new UnsupportedOperationException();
    }

    /** How this tenant's cache does. */
    public CacheStats stats() {
        throw new UnsupportedOperationException();
    }
}
