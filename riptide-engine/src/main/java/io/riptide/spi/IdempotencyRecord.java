package io.riptide.spi;

import org.jspecify.annotations.Nullable;

/**
 * A creating call that carried an {@code Idempotency-Key}.
 *
 * @param credential key id of the caller
 * @param route which operation
 * @param key as the caller gave it
 * @param bodyHash SHA-256 of the request's body, hex
 * @param status the answer's HTTP status, or null while the first call still runs
 * @param answer the answer's JSON without its secrets; null while the first call still runs, and once what it made is
 *     removed
 * @param tenantId of which tenant the answer tells, or null; it goes with that tenant
 * @param createdMillis when the first call came
 */
public record IdempotencyRecord(
        String credential,
        String route,
        String key,
        String bodyHash,
        @Nullable Integer status,
        @Nullable String answer,
        @Nullable String tenantId,
        long createdMillis) {
    /** How long an answer is kept. */
    public static final long KEPT_MILLIS = 24 * 60 * 60 * 1000L;
}
