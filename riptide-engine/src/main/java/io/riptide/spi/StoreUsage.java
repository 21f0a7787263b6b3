package io.riptide.spi;

/**
 * What a tenant occupies in the store. What has expired counts until the sweep has passed it.
 *
 * @param bytes sum of the lengths of its envelopes
 * @param entries how many
 */
public record StoreUsage(long bytes, long entries) {}
