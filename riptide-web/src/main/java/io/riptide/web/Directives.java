package io.riptide.web;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The directives of {@code Cache-Control} fields (RFC 9111, 5.2): names in any case, an argument as token or quoted
 * string, several fields as one list. What cannot be read is left out; a number that cannot be, or that is given twice
 * with different values, counts as zero, so that nothing is called fresh by mistake.
 */
final class Directives {
    /** Larger deltas mean this many seconds (RFC 9111, 1.2.2). */
    static final long MAX_SECONDS = 1L << 31;

    private static final long NONE = -1;

    private final Map<String, String> arguments = new HashMap<>();

    private Directives() {}

    static Directives of(List<HeaderField> fields) {
        Directives directives = new Directives();
        for (String value : HeaderField.all(fields, "cache-control")) {
            directives.read(value);
        }
        return directives;
    }

    boolean has(String name) {
        return arguments.containsKey(name);
    }

    /** The seconds of a directive; zero where they are not valid, -1 where the directive is not there. */
    long seconds(String name) {
        String argument = arguments.get(name);
        return argument == null ? NONE : deltaSeconds(argument, 0);
    }

    /** A non-negative whole number of seconds, cut at {@link #MAX_SECONDS}; the other value where it is none. */
    static long deltaSeconds(String text, long otherwise) {
        if (text.isEmpty()) {
            return otherwise;
        }
        long seconds = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return otherwise;
            }
            seconds = Math.min(MAX_SECONDS, seconds * 10 + (c - '0'));
        }
        return seconds;
    }

    private void read(String value) {
        int at = 0;
        while (at < value.length()) {
            int end = endOfMember(value, at);
            add(value.substring(at, end).strip());
            at = end + 1;
        }
    }

    /** The comma that ends a member, one in a quoted string left aside. */
    private static int endOfMember(String value, int from) {
        boolean quoted = false;
        for (int i = from; i < value.length(); i++) {
            char c = value.charAt(i);
            if (quoted && c == '\\') {
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                return i;
            }
        }
        return value.length();
    }

    private void add(String member) {
        if (member.isEmpty()) {
            return;
        }
        int equals = member.indexOf('=');
        String name =
                (equals < 0 ? member : member.substring(0, equals)).strip().toLowerCase(Locale.ROOT);
        String argument =
                equals < 0 ? "" : unquoted(member.substring(equals + 1).strip());
        arguments.merge(name, argument, (first, second) -> first.equals(second) ? first : "");
    }

    private static String unquoted(String text) {
        boolean quoted = text.length() >= 2 && text.startsWith("\"") && text.endsWith("\"");
        return quoted ? text.substring(1, text.length() - 1) : text;
    }
}
