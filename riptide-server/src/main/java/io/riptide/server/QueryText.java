package io.riptide.server;

import io.riptide.problem.Problem;
import java.util.HashMap;
import java.util.Map;

/** A query as name and value pairs, percent-decoded; {@code +} is literal, as in a path. */
final class QueryText {
    /** Stands for a value that was given more than once; no decoded value holds a NUL. */
    static final String REPEATED = "\0";

    private QueryText() {}

    static Map<String, String> parse(String raw) {
        if (raw.chars().anyMatch(c -> c <= ' ' || c >= 0x7f)) {
            throw Problem.invalid("query", "expected printable ASCII, all else percent-encoded")
                    .asException();
        }
        Map<String, String> pairs = new HashMap<>();
        for (int from = 0; from <= raw.length(); ) {
            int to = raw.indexOf('&', from);
            to = to < 0 ? raw.length() : to;
            if (to > from) {
                int equals = raw.indexOf('=', from);
                int nameEnd = equals < 0 || equals > to ? to : equals;
                String name = RawPath.decode(raw, from, nameEnd, "query");
                String value = nameEnd == to ? "" : RawPath.decode(raw, nameEnd + 1, to, name);
                pairs.merge(name, value, (one, two) -> REPEATED);
            }
            from = to + 1;
        }
        return pairs;
    }
}
