package io.riptide.config;

/**
 * {@code persistence.rocksdb}: bounds of the embedded store's native memory.
 *
 * @param blockCacheBytes blocks and indexes kept in memory
 * @param writeBufferBytes memory tables of all column families together
 */
public record StoreConfig(long blockCacheBytes, long writeBufferBytes) {}
