package io.riptide.spi;

import io.riptide.entry.Head;
import io.riptide.entry.StoreKey;

/**
 * One entry on its way into the store.
 *
 * @param key where
 * @param head what is known of it; {@code head.storedBytes()} equals {@code envelope.length}
 * @param envelope the whole envelope; not changed by anyone after this call
 * @param condition when to write
 * @param storageLimit the tenant's limit in bytes; a write that would bring its usage above is refused
 * @param nowMillis the instant at which expiry is judged, epoch milliseconds
 */
public record StoreWrite(
        StoreKey key, Head head, byte[] envelope, Condition condition, long storageLimit, long nowMillis) {}
