package io.riptide.config;

import java.util.Map;

/**
 * {@code persistence.cache}.
 *
 * @param defaultTtlSeconds how long an entry lives that says nothing else
 * @param maxTtlSeconds longest life
 * @param maxEntryBytes largest value
 * @param maxMemoryBytes L1 of the whole process
 * @param durability what an acknowledged write survives
 * @param enableCompression whether values are compressed at all
 * @param compressionAlgorithm with what
 * @param compressionThresholdBytes values below stay as they are
 * @param namespaces settings by namespace
 */
public record CacheConfig(
        long defaultTtlSeconds,
        long maxTtlSeconds,
        int maxEntryBytes,
        long maxMemoryBytes,
        Durability durability,
        boolean enableCompression,
        Compression compressionAlgorithm,
        int compressionThresholdBytes,
        Map<String, NamespaceConfig> namespaces) {
    public CacheConfig {
        namespaces = Map.copyOf(namespaces);
    }

    /** What an acknowledged write survives. */
    public enum Durability {
        /** The end of the process. */
        BUFFERED,
        /** The end of the machine. */
        SYNCED
    }

    /** With what values are compressed. */
    public enum Compression {
        NONE,
        LZ4,
        ZSTD,
        /** Zstandard, with dictionaries that namespaces learn from their own entries. */
        ZSTD_DICTIONARY
    }

    /** What holds in a namespace, whether or not anything is set for it. */
    public NamespaceConfig namespace(String name) {
        NamespaceConfig own = namespaces.get(name);
        return own == null ? NamespaceConfig.ttl(defaultTtlSeconds) : own;
    }

    /**
     * {@code persistence.cache.namespaces.<name>}.
     *
     * @param defaultTtlSeconds instead of the general one
     * @param ttlJitterPercent by how much of its life at most an entry ends earlier, 0 to 50
     * @param loadHardTimeoutMillis how long a load may take; 0: as long as it does
     * @param earlyRefreshPercent the part of an entry's life, at its end, in which it is loaded anew; 0 to 90
     */
    public record NamespaceConfig(
            long defaultTtlSeconds, int ttlJitterPercent, long loadHardTimeoutMillis, int earlyRefreshPercent) {
        /** With this TTL, and nothing else. */
        public static NamespaceConfig ttl(long defaultTtlSeconds) {
            return new NamespaceConfig(defaultTtlSeconds, 0, 0, 0);
        }
    }
}
