package io.riptide.web;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Which header fields pass from the caller to the origin and back (RFC 9110, 7.6.1). */
final class HeaderRules {
    private static final Set<String> HOP_BY_HOP = Set.of(
            "connection",
            "keep-alive",
            "proxy-authenticate",
            "proxy-authentication-info",
            "proxy-authorization",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "http2-settings",
            "content-length");

    /**
     * Of the caller's: credentials and cookies, which are this server's; what describes a body, for there is none;
     * what is set here; conditions and ranges, for the cache keeps whole answers and answers for others with them.
     */
    private static final Set<String> NOT_TO_ORIGIN = Set.of(
            "authorization",
            "cookie",
            "x-api-key",
            "x-tenant-id",
            "host",
            "user-agent",
            "accept-encoding",
            "expect",
            "content-type",
            "content-encoding",
            "idempotency-key",
            "if-match",
            "if-none-match",
            "if-modified-since",
            "if-unmodified-since",
            "if-range",
            "range");

    /**
     * Of the origin's: what speaks of the host that answers, which is this one to the caller, and what is set here.
     */
    private static final Set<String> NOT_TO_CALLER = Set.of(
            "age",
            "alt-svc",
            "clear-site-data",
            "strict-transport-security",
            "service-worker-allowed",
            "x-request-id",
            "ratelimit",
            "ratelimit-policy");

    private static final String OWN_PREFIX = "x-riptide-";
    private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~";

    private HeaderRules() {}

    /** What goes to the origin. */
    static List<HeaderField> toOrigin(List<HeaderField> fields, String userAgent) {
        List<HeaderField> out = passing(fields, NOT_TO_ORIGIN);
        out.add(new HeaderField("User-Agent", userAgent));
        out.add(new HeaderField("Accept-Encoding", "identity"));
        return out;
    }

    /** What comes back to the caller. */
    static List<HeaderField> toCaller(List<HeaderField> fields) {
        return passing(fields, NOT_TO_CALLER);
    }

    /** Whether a field can stand in a message: a token as name, a value without control characters (RFC 9110, 5.5). */
    static boolean isSafe(String name, String value) {
        if (name.isEmpty()) {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (!letter && TOKEN_MARKS.indexOf(c) < 0) {
                return false;
            }
        }
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if ((c < ' ' && c != '\t') || c == 0x7f || c > 0xff) {
                return false;
            }
        }
        return true;
    }

    private static List<HeaderField> passing(List<HeaderField> fields, Set<String> held) {
        Set<String> named = connectionNamed(fields);
        List<HeaderField> out = new ArrayList<>(fields.size() + 2);
        for (HeaderField field : fields) {
            String name = field.name().toLowerCase(Locale.ROOT);
            boolean passes = !HOP_BY_HOP.contains(name)
                    && !held.contains(name)
                    && !named.contains(name)
                    && !name.startsWith(OWN_PREFIX)
                    && isSafe(name, field.value());
            if (passes) {
                out.add(field);
            }
        }
        return out;
    }

    private static Set<String> connectionNamed(List<HeaderField> fields) {
        Set<String> names = new HashSet<>();
        for (String value : HeaderField.all(fields, "connection")) {
            for (String name : value.split(",", -1)) {
                names.add(name.strip().toLowerCase(Locale.ROOT));
            }
        }
        return names;
    }
}
