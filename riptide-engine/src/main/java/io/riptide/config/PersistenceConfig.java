package io.riptide.config;

/**
 * All settings, checked.
 *
 * @param shutdownTimeoutSeconds how long a stop may take
 */
public record PersistenceConfig(
        CacheConfig cache,
        TenantConfig tenant,
        StoreConfig rocksdb,
        long shutdownTimeoutSeconds,
        WebConfig web,
        ServerConfig server) {}
