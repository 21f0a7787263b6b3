package io.riptide.server;

import io.helidon.http.Header;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;

/** Names and constant values of headers, made once. */
final class Headers {
    static final HeaderName API_KEY = HeaderNames.create("X-API-Key");
    static final HeaderName TENANT = HeaderNames.create("X-Tenant-ID");
    static final HeaderName REQUEST_ID = HeaderNames.create("X-Request-ID");
    static final HeaderName TTL = HeaderNames.create("X-RipTide-TTL");
    static final HeaderName TAGS = HeaderNames.create("X-RipTide-Tags");
    static final HeaderName IDEMPOTENCY_KEY = HeaderNames.create("Idempotency-Key");
    static final HeaderName CACHE_STATUS = HeaderNames.create("Cache-Status");
    static final HeaderName RATE_LIMIT = HeaderNames.create("RateLimit");
    static final HeaderName RATE_LIMIT_POLICY = HeaderNames.create("RateLimit-Policy");
    static final HeaderName CSP = HeaderNames.create("Content-Security-Policy");

    static final Header SANDBOX = HeaderValues.createCached(CSP, "sandbox");
    static final Header NO_STORE = HeaderValues.createCached(HeaderNames.CACHE_CONTROL, "no-store");
    static final Header PROBLEM = HeaderValues.createCached(HeaderNames.CONTENT_TYPE, "application/problem+json");
    static final Header CHALLENGE = HeaderValues.createCached(HeaderNames.WWW_AUTHENTICATE, "Bearer realm=\"riptide\"");
    /** Answers differ by who asks: a cache in between that may store them has to tell callers apart. */
    static final Header VARY = HeaderValues.createCached(HeaderNames.VARY, "Authorization, X-API-Key, X-Tenant-ID");

    private Headers() {}
}
