package io.riptide.spi;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Wrapped keys of encrypted tenants. A ring belongs to a tenant and when that was made, so that an id that is used
 * again begins anew. It lies apart from tenants and entries, and in no checkpoint. What it acknowledges is durable.
 * Each method is one transaction.
 *
 * <p>Every method throws a {@code RipTideException} with {@code store-unavailable} where the store cannot answer.
 */
public interface KeyringStore extends AutoCloseable {
    /**
     * A tenant's keys.
     *
     * @param nameSecret wrapped; what names of keys and tags are made with
     * @param active whether what the tenant writes is encrypted
     * @param keys in the order of their numbers, at least one
     */
    record Ring(String tenantId, long tenantCreatedMillis, byte[] nameSecret, boolean active, List<WrappedKey> keys) {
        public Ring {
            keys = List.copyOf(keys);
        }

        /** The key that is in use. */
        public WrappedKey newest() {
            return keys.getLast();
        }
    }

    /**
     * A data key.
     *
     * @param number from 1 on
     * @param bytes wrapped
     */
    record WrappedKey(int number, byte[] bytes, long createdMillis) {}

    /** In memory, for tests and for who embeds the library without a place for keys. */
    static KeyringStore inMemory() {
        return new MemoryKeyringStore();
    }

    /** Rings in the order of their tenants' ids, of each tenant the one that was made last; from after that id. */
    List<Ring> rings(@Nullable String afterTenant, int limit);

    /** A tenant's ring, of several the one that was made last; or null. */
    @Nullable Ring ring(String tenantId);

    /** Keeps a ring where the tenant of that instant has none; returns what is there then. */
    Ring begin(Ring ring);

    /** Adds a key where its number is the next one; returns the ring as it is then, or null where it is gone. */
    @Nullable Ring add(String tenantId, long tenantCreatedMillis, WrappedKey key);

    /** Says whether a tenant is encrypted; false where its ring is gone. */
    boolean activate(String tenantId, long tenantCreatedMillis, boolean active);

    /** Adds to how often a key may have been used; returns the sum, or -1 where it is gone. */
    long reserve(String tenantId, long tenantCreatedMillis, int number, long uses);

    /** Destroys all of a tenant's rings. */
    void destroy(String tenantId);

    /** Lets go; idempotent. */
    @Override
    void close();
}
