package io.riptide.spi;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An API key's row. The secret itself is nowhere.
 *
 * @param keyId public part of the key
 * @param tenantId whose it is, or null for an admin key
 * @param role {@code admin}, {@code operator} or {@code viewer} for an admin key, else null
 * @param name given by who made it
 * @param scopes actions that it may do; empty: all
 * @param secretHash SHA-256 of the secret, 32 bytes
 * @param expiresMillis when it ends, or null for never
 * @param lastUsedMillis when it was last seen, to about a minute, or null
 */
public record KeyRecord(
        String keyId,
        @Nullable String tenantId,
        @Nullable String role,
        String name,
        List<String> scopes,
        byte[] secretHash,
        long createdMillis,
        @Nullable Long expiresMillis,
        @Nullable Long lastUsedMillis) {
    public KeyRecord {
        scopes = List.copyOf(scopes);
    }
}
