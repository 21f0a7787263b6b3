package io.riptide.server;

import io.helidon.http.Header;
import io.helidon.http.HeaderValues;
import io.helidon.http.ServerResponseHeaders;
import io.riptide.quota.Allowance;

/**
 * {@code RateLimit-Policy} and {@code RateLimit} (IETF draft "RateLimit header fields for HTTP", version 8 and
 * later).
 */
final class RateHeaders {
    private static final long SECOND_NANOS = 1_000_000_000L;

    private RateHeaders() {}

    static void set(ServerResponseHeaders headers, Allowance.Probe probe) {
        headers.set(policy(probe.limit()));
        headers.set(HeaderValues.create(
                Headers.RATE_LIMIT,
                "\"default\";r=" + probe.remaining() + ";t=" + Math.ceilDiv(probe.resetNanos(), SECOND_NANOS)));
    }

    private static Header policy(long limit) {
        return HeaderValues.create(Headers.RATE_LIMIT_POLICY, "\"default\";q=" + limit + ";w=60");
    }
}
