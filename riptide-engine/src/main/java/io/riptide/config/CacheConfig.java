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
        ZSTD
    }

    /**
     * {@code persistence.cache.namespaces.<name>}.
     *
     * @param defaultTtlSeconds instead of the general one
     */
    public record NamespaceConfig(long defaultTtlSeconds) {}
}
