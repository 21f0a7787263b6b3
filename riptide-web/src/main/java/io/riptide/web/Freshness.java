package io.riptide.web;

import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Whether a shared cache may keep an answer, and for how long it is fresh: RFC 9111, 3 and 4.2, as a pure function.
 * Only what the origin calls fresh is kept; nothing is guessed from {@code Last-Modified}.
 *
 * @param storable whether the answer may be kept and handed to others at all
 * @param bornMillis when it left the origin by all that is known, epoch milliseconds: the base of its age
 * @param lifetimeMillis how long from then on it is fresh; zero where the origin says nothing
 */
record Freshness(boolean storable, long bornMillis, long lifetimeMillis) {
    /** Statuses whose meaning this cache knows and that stand for a whole answer. */
    private static final Set<Integer> STATUSES =
            Set.of(200, 203, 204, 300, 301, 302, 307, 308, 404, 405, 410, 414, 501);

    /**
     * Request fields that are the same for each origin request, so that an answer that varies by them does not vary.
     */
    private static final Set<String> CONSTANT = Set.of("accept-encoding", "user-agent");

    private static final long SECOND = 1000;

    /**
     * Judges an answer.
     *
     * @param requestMillis when the request was sent
     * @param responseMillis when the head of the answer was there
     */
    static Freshness of(long requestMillis, long responseMillis, int status, List<HeaderField> fields) {
        Directives directives = Directives.of(fields);
        long born = responseMillis - initialAge(requestMillis, responseMillis, fields);
        long lifetime = lifetime(directives, responseMillis, fields);
        boolean storable = STATUSES.contains(status)
                && !directives.has("no-store")
                && !directives.has("private")
                && !directives.has("no-cache")
                && HeaderField.first(fields, "set-cookie") == null
                && variesByNothing(fields)
                && born + lifetime > responseMillis;
        return new Freshness(storable, born, lifetime);
    }

    /** How long it stays fresh, milliseconds; zero or less where it is stale. */
    long remainingMillis(long nowMillis) {
        return bornMillis + lifetimeMillis - nowMillis;
    }

    private static long lifetime(Directives directives, long responseMillis, List<HeaderField> fields) {
        long shared = directives.seconds("s-maxage");
        if (shared >= 0) {
            return shared * SECOND;
        }
        long own = directives.seconds("max-age");
        if (own >= 0) {
            return own * SECOND;
        }
        List<String> expires = HeaderField.all(fields, "expires");
        if (expires.size() != 1) {
            return 0;
        }
        OptionalLong at = HttpDate.parse(expires.getFirst(), responseMillis);
        long from = date(fields, responseMillis).orElse(responseMillis);
        return at.isPresent() ? Math.clamp(at.getAsLong() - from, 0, Directives.MAX_SECONDS * SECOND) : 0;
    }

    /** {@code corrected_initial_age} of RFC 9111, 4.2.3. */
    private static long initialAge(long requestMillis, long responseMillis, List<HeaderField> fields) {
        long date = date(fields, responseMillis).orElse(responseMillis);
        long apparent = Math.max(0, responseMillis - date);
        long delay = Math.max(0, responseMillis - requestMillis);
        return Math.max(apparent, age(fields) * SECOND + delay);
    }

    private static long age(List<HeaderField> fields) {
        String value = HeaderField.first(fields, "age");
        if (value == null) {
            return 0;
        }
        int comma = value.indexOf(',');
        return Directives.deltaSeconds((comma < 0 ? value : value.substring(0, comma)).strip(), 0);
    }

    private static OptionalLong date(List<HeaderField> fields, long nowMillis) {
        String value = HeaderField.first(fields, "date");
        return value == null ? OptionalLong.empty() : HttpDate.parse(value, nowMillis);
    }

    private static boolean variesByNothing(List<HeaderField> fields) {
        for (String value : HeaderField.all(fields, "vary")) {
            for (String name : value.split(",", -1)) {
                String stripped = name.strip().toLowerCase(Locale.ROOT);
                if (!stripped.isEmpty() && !CONSTANT.contains(stripped)) {
                    return false;
                }
            }
        }
        return true;
    }
}
