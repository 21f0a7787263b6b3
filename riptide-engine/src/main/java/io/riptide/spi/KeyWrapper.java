package io.riptide.spi;

import org.jspecify.annotations.Nullable;

/**
 * Wraps tenants' keys, so that they may lie where others can read. The place for a key management service; the built-in
 * one wraps with the master key. Any number of threads.
 *
 * <p>Both throw a {@code RipTideException} with {@code store-unavailable} where a service does not answer.
 */
public interface KeyWrapper {
    /** Wraps a key of 32 bytes with its tenant's id bound in: under another id it does not unwrap. */
    byte[] wrap(String tenantId, byte[] key);

    /** What {@link #wrap} was given for this tenant; null where it was not wrapped so. */
    byte @Nullable [] unwrap(String tenantId, byte[] wrapped);
}
