package io.riptide.cache;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How an entry is kept.
 *
 * @param ttl from 1 ms to {@code max_ttl_seconds}; null: what the namespace or the default says
 * @param contentType media type, or empty; at most 255 bytes of printable ASCII
 */
public record PutOptions(@Nullable Duration ttl, String contentType) {
    /** The namespace's TTL, no content type. */
    public static final PutOptions DEFAULT = new PutOptions(null, "");

    /** With this TTL. */
    public static PutOptions ttl(Duration ttl) {
        return new PutOptions(ttl, "");
    }

    /** With this content type too. */
    public PutOptions contentType(String type) {
        return new PutOptions(ttl, type);
    }
}
