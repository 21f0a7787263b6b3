package io.riptide.cache;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a value is loaded.
 *
 * @param hardTimeout how long this caller waits, and how long the load that it starts may take, 1 ms to an hour; zero:
 *     as long as it does, on this caller's thread; null: what the namespace says
 * @param earlyRefreshPercent the part of an entry's life, at its end, in which this read has it loaded anew behind it,
 *     {@code 0} (not at all) to {@value #MAX_EARLY_REFRESH_PERCENT}; null: what the namespace says
 */
public record LoadOptions(
        @Nullable Duration hardTimeout, @Nullable Integer earlyRefreshPercent) {
    /** The largest part of an entry's life in which it may be loaded anew. */
    public static final int MAX_EARLY_REFRESH_PERCENT = 90;

    /** What the namespace says. */
    public static final LoadOptions DEFAULT = new LoadOptions(null, null);

    private static final Duration SHORTEST = Duration.ofMillis(1);
    private static final Duration LONGEST = Duration.ofHours(1);

    public LoadOptions {
        if (hardTimeout != null && !hardTimeout.isZero()) {
            if (hardTimeout.compareTo(SHORTEST) < 0 || hardTimeout.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException("hardTimeout: " + hardTimeout + " (expected: 0, or 1 ms to 1 h)");
            }
        }
        if (earlyRefreshPercent != null
                && (earlyRefreshPercent < 0 || earlyRefreshPercent > MAX_EARLY_REFRESH_PERCENT)) {
            throw new IllegalArgumentException("earlyRefreshPercent: " + earlyRefreshPercent + " (expected: 0 to "
                    + MAX_EARLY_REFRESH_PERCENT + ")");
        }
    }

    /** With this timeout too. */
    public LoadOptions hardTimeout(Duration timeout) {
        return new LoadOptions(timeout, earlyRefreshPercent);
    }

    /** With this early refresh too. */
    public LoadOptions earlyRefreshPercent(int percent) {
        return new LoadOptions(hardTimeout, percent);
    }
}
