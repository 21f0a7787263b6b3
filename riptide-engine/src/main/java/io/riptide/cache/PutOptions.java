package io.riptide.cache;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How an entry is kept.
 *
 * @param ttl from 1 ms to {@code max_ttl_seconds}; null: what the namespace or the default says
 * @param contentType media type, or empty; at most 255 bytes of printable ASCII
 * @param jitterPercent by how much of its TTL at most the entry ends earlier, 0 to {@value #MAX_JITTER_PERCENT};
 *     null: what the namespace says
 * @param tags words under which it can be removed with others; at most 16 of at most 128 bytes
 * @param keepStale how long it is kept beyond its end, for loads that may serve it then, 0 to ten years; null: as long
 *     as the load that brings it, or else the namespace, may serve it
 */
public record PutOptions(
        @Nullable Duration ttl,
        String contentType,
        @Nullable Integer jitterPercent,
        List<String> tags,
        @Nullable Duration keepStale) {
    /** The largest part of its TTL by which an entry may end earlier. */
    public static final int MAX_JITTER_PERCENT = 50;

    /** The namespace's TTL and jitter, no content type. */
    public static final PutOptions DEFAULT = new PutOptions(null, "");

    public PutOptions {
        tags = List.copyOf(tags);
        if (jitterPercent != null && (jitterPercent < 0 || jitterPercent > MAX_JITTER_PERCENT)) {
            throw new IllegalArgumentException(
                    "jitterPercent: " + jitterPercent + " (expected: 0 to " + MAX_JITTER_PERCENT + ")");
        }
        LoadOptions.requireWithin("keepStale", keepStale, LoadOptions.LONGEST_STALE);
    }

    /** With the namespace's jitter and windows. */
    public PutOptions(@Nullable Duration ttl, String contentType) {
        this(ttl, contentType, null, List.of(), null);
    }

    /** With this TTL. */
    public static PutOptions ttl(Duration ttl) {
        return new PutOptions(ttl, "");
    }

    /** With this content type too. */
    public PutOptions contentType(String type) {
        return new PutOptions(ttl, type, jitterPercent, tags, keepStale);
    }

    /** With this jitter too. */
    public PutOptions jitterPercent(int percent) {
        return new PutOptions(ttl, contentType, percent, tags, keepStale);
    }

    /** With these tags instead. */
    public PutOptions tags(List<String> words) {
        return new PutOptions(ttl, contentType, jitterPercent, words, keepStale);
    }

    /** With these tags instead. */
    public PutOptions tags(String... words) {
        return tags(List.of(words));
    }

    /** Kept for so long beyond its end, too. */
    public PutOptions keepStale(Duration time) {
        return new PutOptions(ttl, contentType, jitterPercent, tags, time);
    }
}
