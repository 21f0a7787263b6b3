package io.riptide.server;

import io.helidon.http.HeaderNames;
import io.riptide.entry.Tag;
import io.riptide.problem.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a PUT's headers say of how an entry is to be kept. */
final class EntryHeaders {
    private static final String MAX_AGE = "max-age=";
    private static final int MAX_TYPE = 255;

    private EntryHeaders() {}

    /**
     * How long the entry is to live: {@code X-RipTide-TTL}, else {@code Cache-Control: max-age} cut to the longest life
     * (zero removes the entry), else null. Both in seconds.
     */
    static @Nullable Duration ttl(Exchange exchange, long maxSeconds) {
        String ttl = exchange.header(Headers.TTL);
        if (ttl != null) {
            long seconds = Numbers.parse(ttl);
            if (seconds < 1 || seconds > maxSeconds) {
                throw Problem.invalid("X-RipTide-TTL", "expected a whole number of seconds from 1 to " + maxSeconds)
                        .asException();
            }
            return Duration.ofSeconds(seconds);
        }
        String control = exchange.headerList(HeaderNames.CACHE_CONTROL);
        return control == null ? null : maxAge(control, maxSeconds);
    }

    static @Nullable Duration maxAge(String control, long maxSeconds) {
        for (String part : control.split(",", -1)) {
            String directive = part.strip().toLowerCase(Locale.ROOT);
            if (directive.startsWith(MAX_AGE)) {
                String value = directive.substring(MAX_AGE.length());
                if (value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"")) {
                    value = value.substring(1, value.length() - 1);
                }
                return Duration.ofSeconds(Math.min(seconds(value, maxSeconds), maxSeconds));
            }
        }
        return null;
    }

    private static long seconds(String value, long maxSeconds) {
        boolean digits = !value.isEmpty() && value.chars().allMatch(c -> c >= '0' && c <= '9');
        if (!digits) {
            throw Problem.invalid("Cache-Control", "expected max-age to be a whole number of seconds")
                    .asException();
        }
        long seconds = Numbers.parse(value);
        return seconds < 0 ? maxSeconds : seconds;
    }

    /** The media type that the entry is to have, or empty. */
    static String contentType(Exchange exchange) {
        String type = exchange.header(HeaderNames.CONTENT_TYPE);
        if (type == null) {
            return "";
        }
        if (!isContentType(type)) {
            throw Problem.invalid("Content-Type", "expected at most " + MAX_TYPE + " printable ASCII characters")
                    .asException();
        }
        return type;
    }

    /** Whether it may be kept as a media type. */
    static boolean isContentType(String type) {
        if (type.length() > MAX_TYPE) {
            return false;
        }
        for (int i = 0; i < type.length(); i++) {
            char c = type.charAt(i);
            if (c < ' ' || c > '~') {
                return false;
            }
        }
        return true;
    }

    /** The tags of a list separated by commas, in printable ASCII; a batch carries any others. */
    static List<String> tags(Exchange exchange) {
        String list = exchange.headerList(Headers.TAGS);
        if (list == null) {
            return List.of();
        }
        List<String> tags = new ArrayList<>();
        for (String part : list.split(",", -1)) {
            String tag = part.strip();
            if (tag.chars().anyMatch(c -> c < ' ' || c > '~')) {
                throw Problem.invalid("X-RipTide-Tags", "expected tags of printable ASCII, separated by commas")
                        .asException();
            }
            if (!tag.isEmpty()) {
                tags.add(tag);
            }
        }
        return Tag.requireAll("X-RipTide-Tags", tags);
    }
}
