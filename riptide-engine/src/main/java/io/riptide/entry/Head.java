package io.riptide.entry;

import java.util.List;

/**
 * What is known of an entry without its body: small, so that listing, overwriting and accounting never read a body.
 *
 * @param key the full key
 * @param contentType media type of the value, or empty where none was given
 * @param createdMillis when it was written, epoch milliseconds
 * @param expiresMillis when it ends, epoch milliseconds; the entry is gone at this instant
 * @param version differs with each write of the key; the base of its ETag
 * @param valueBytes length of the value as the caller gave it
 * @param storedBytes length of the whole envelope as it lies in the store; what {@code storage_bytes} counts
 * @param tags at most 16
 * @param generations the generations that the writer knew, in the order that the removal rules define; empty where none
 */
public record Head(
        String key,
        String contentType,
        long createdMillis,
        long expiresMillis,
        long version,
        int valueBytes,
        int storedBytes,
        List<String> tags,
        List<Long> generations) {
    public Head {
        tags = List.copyOf(tags);
        generations = List.copyOf(generations);
    }

    /** Whether the entry has ended at {@code nowMillis}. */
    public boolean expiredAt(long nowMillis) {
        return expiresMillis <= nowMillis;
    }
}
