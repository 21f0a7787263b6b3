package io.riptide.server;

import io.helidon.http.Header;
import io.helidon.http.HeaderValues;
import io.helidon.http.ServerResponseHeaders;
import io.riptide.quota.Allowance;

/**
 * {@code RateLimit-Policy} and {@code RateLimit} (IETF draft "RateLimit header fields for HTTP", version 8 and later).
 * The policy that was printed last is kept: most tenants share a few.
 */
final class RateHeaders {
    private static final long SECOND_NANOS = 1_000_000_000L;

    private volatile Policy last = Policy.of(0);

    void set(ServerResponseHeaders headers, Allowance.Probe probe) {
        Policy policy = last;
        if (policy.limit != probe.limit()) {
            policy = Policy.of(probe.limit());
            last = policy;
        }
        headers.set(policy.header);
        headers.set(HeaderValues.create(
                Headers.RATE_LIMIT,
                "\"default\";r=" + probe.remaining() + ";t=" + Math.ceilDiv(probe.resetNanos(), SECOND_NANOS)));
    }

    private record Policy(long limit, Header header) {
        static Policy of(long limit) {
            return new Policy(
                    limit, HeaderValues.createCached(Headers.RATE_LIMIT_POLICY, "\"default\";q=" + limit + ";w=60"));
        }
    }
}
