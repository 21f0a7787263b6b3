package io.riptide.cache;

/**
 * Where an entry lies in L1: the namespace's handle and the key as it is, so that a hit hashes nothing but what the
 * string caches. A handle beyond those that are kept equals another of the same name.
 */
final class L1Key {
    private final Namespace namespace;
    private final String key;
    private final int hash;

    L1Key(Namespace namespace, String key) {
        this.namespace = namespace;
        this.key = key;
        this.hash = key.hashCode() * 31 + namespace.nameHash();
    }

    String namespace() {
        return namespace.name();
    }

    String key() {
        return key;
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof L1Key that
                && hash == that.hash
                && (namespace == that.namespace || namespace.name().equals(that.namespace.name()))
                && key.equals(that.key);
    }
}
