package io.riptide.cache;

/**
 * One entry of a batch write.
 *
 * @param value the array is taken over
 */
public record BatchEntry(String key, byte[] value, PutOptions options) {}
