package io.riptide.cache;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a value is loaded. What is null is as the namespace says.
 *
 * @param hardTimeout how long this caller waits, and how long the load that it starts may take, 1 ms to an hour; zero:
 *     as long as it does, on this caller's thread
 * @param softTimeout how long a load may take before this caller is given a stale entry that it may have instead, 1 ms
 *     to an hour and less than the hard one; zero: it waits for the load
 * @param earlyRefreshPercent the part of an entry's life, at its end, in which this read has it loaded anew behind it,
 *     {@code 0} (not at all) to {@value #MAX_EARLY_REFRESH_PERCENT}
 * @param staleWhileRevalidate for how long after an entry's end this read is answered with it at once, while it is
 *     loaded anew behind the answer, 0 to ten years
 * @param staleIfError for how long after an entry's end this read is answered with it where the load fails or the soft
 *     timeout is over, 0 to ten years
 * @param negativeTtl for how long it is remembered that the loader found nothing, 0 to a day
 * @param failureTtl for how long it is remembered that the loader failed, 0 to an hour
 */
public record LoadOptions(
        @Nullable Duration hardTimeout,
        @Nullable Duration softTimeout,
        @Nullable Integer earlyRefreshPercent,
        @Nullable Duration staleWhileRevalidate,
        @Nullable Duration staleIfError,
        @Nullable Duration negativeTtl,
        @Nullable Duration failureTtl) {
    /** The largest part of an entry's life in which it may be loaded anew. */
    public static final int MAX_EARLY_REFRESH_PERCENT = 90;

    /** What the namespace says. */
    public static final LoadOptions DEFAULT = new LoadOptions(null, null, null, null, null, null, null);

    static final Duration LONGEST_STALE = Duration.ofDays(3650);

    private static final Duration SHORTEST_TIMEOUT = Duration.ofMillis(1);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration DAY = Duration.ofDays(1);

    public LoadOptions {
        requireTimeout("hardTimeout", hardTimeout);
        requireTimeout("softTimeout", softTimeout);
        if (hardTimeout != null
                && softTimeout != null
                && !hardTimeout.isZero()
                && softTimeout.compareTo(hardTimeout) >= 0) {
            throw new IllegalArgumentException(
                    "softTimeout: " + softTimeout + " (expected: less than hardTimeout, " + hardTimeout + ")");
        }
        if (earlyRefreshPercent != null
                && (earlyRefreshPercent < 0 || earlyRefreshPercent > MAX_EARLY_REFRESH_PERCENT)) {
            throw new IllegalArgumentException("earlyRefreshPercent: " + earlyRefreshPercent + " (expected: 0 to "
                    + MAX_EARLY_REFRESH_PERCENT + ")");
        }
        requireWithin("staleWhileRevalidate", staleWhileRevalidate, LONGEST_STALE);
        requireWithin("staleIfError", staleIfError, LONGEST_STALE);
        requireWithin("negativeTtl", negativeTtl, DAY);
        requireWithin("failureTtl", failureTtl, HOUR);
    }

    private static void requireTimeout(String name, @Nullable Duration timeout) {
        if (timeout != null && !timeout.isZero()) {
            if (timeout.compareTo(SHORTEST_TIMEOUT) < 0 || timeout.compareTo(HOUR) > 0) {
                throw new IllegalArgumentException(name + ": " + timeout + " (expected: 0, or 1 ms to 1 h)");
            }
        }
    }

    static void requireWithin(String name, @Nullable Duration time, Duration longest) {
        if (time != null && (time.isNegative() || time.compareTo(longest) > 0)) {
            throw new IllegalArgumentException(name + ": " + time + " (expected: 0 to " + longest + ")");
        }
    }

    /** With this timeout too. */
    public LoadOptions hardTimeout(Duration timeout) {
        return new LoadOptions(
                timeout, softTimeout, earlyRefreshPercent, staleWhileRevalidate, staleIfError, negativeTtl, failureTtl);
    }

    /** With this soft timeout too. */
    public LoadOptions softTimeout(Duration timeout) {
        return new LoadOptions(
                hardTimeout, timeout, earlyRefreshPercent, staleWhileRevalidate, staleIfError, negativeTtl, failureTtl);
    }

    /** With this early refresh too. */
    public LoadOptions earlyRefreshPercent(int percent) {
        return new LoadOptions(
                hardTimeout, softTimeout, percent, staleWhileRevalidate, staleIfError, negativeTtl, failureTtl);
    }

    /** With this window too. */
    public LoadOptions staleWhileRevalidate(Duration window) {
        return new LoadOptions(
                hardTimeout, softTimeout, earlyRefreshPercent, window, staleIfError, negativeTtl, failureTtl);
    }

    /** With this window too. */
    public LoadOptions staleIfError(Duration window) {
        return new LoadOptions(
                hardTimeout, softTimeout, earlyRefreshPercent, staleWhileRevalidate, window, negativeTtl, failureTtl);
    }

    /** Remembering nothing for so long, too. */
    public LoadOptions negativeTtl(Duration ttl) {
        return new LoadOptions(
                hardTimeout, softTimeout, earlyRefreshPercent, staleWhileRevalidate, staleIfError, ttl, failureTtl);
    }

    /** Remembering failures for so long, too. */
    public LoadOptions failureTtl(Duration ttl) {
        return new LoadOptions(
                hardTimeout, softTimeout, earlyRefreshPercent, staleWhileRevalidate, staleIfError, negativeTtl, ttl);
    }
}
