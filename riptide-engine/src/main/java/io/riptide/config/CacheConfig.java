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
     * @param load how its values are loaded
     */
    public record NamespaceConfig(long defaultTtlSeconds, int ttlJitterPercent, LoadConfig load) {
        /** With this TTL, and nothing else. */
        public static NamespaceConfig ttl(long defaultTtlSeconds) {
            return new NamespaceConfig(defaultTtlSeconds, 0, LoadConfig.NONE);
        }

        /** How long an entry is kept beyond its end, in milliseconds, where a write says nothing of it. */
        public long staleMillis() {
            return 1000 * Math.max(load.staleWhileRevalidateSeconds(), load.staleIfErrorSeconds());
        }
    }

    /**
     * How a namespace's values are loaded; zero is none of it.
     *
     * @param hardTimeoutMillis how long a load may take; 0: as long as it does
     * @param softTimeoutMillis how long a load may take before a stale entry is served instead
     * @param earlyRefreshPercent the part of an entry's life, at its end, in which it is loaded anew; 0 to 90
     * @param staleWhileRevalidateSeconds how long after its end an entry is served while it is loaded anew
     * @param staleIfErrorSeconds how long after its end an entry is served where the load fails
     * @param negativeTtlSeconds how long it is remembered that a loader found nothing
     * @param failureTtlSeconds how long it is remembered that a loader failed
     */
    public record LoadConfig(
            long hardTimeoutMillis,
            long softTimeoutMillis,
            int earlyRefreshPercent,
            long staleWhileRevalidateSeconds,
            long staleIfErrorSeconds,
            long negativeTtlSeconds,
            long failureTtlSeconds) {
        /** Nothing of it. */
        public static final LoadConfig NONE = new LoadConfig(0, 0, 0, 0, 0, 0, 0);
    }
}
