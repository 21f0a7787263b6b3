package io.riptide.web;

import io.riptide.problem.Problem;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The URL of a page in its one form: scheme and host in lower case, the scheme's own port and the fragment left out,
 * an empty path as {@code /}, what is not ASCII percent-encoded.
 *
 * @param scheme {@code http} or {@code https}
 * @param host a name, or an address as a literal without brackets
 * @param port 1 to 65,535
 * @param target path and query, as they go to the origin
 */
record PageUrl(String scheme, String host, int port, String target) {
    private static final int MAX_CHARS = 8192;
    private static final String FIELD = "url";
    private static final String EXPECTED = " (expected: an absolute http or https URL, percent-encoded)";

    /** The URL of that text; {@code invalid-request} where it is none, {@code origin-refused} for another scheme. */
    static PageUrl parse(@Nullable String text) {
        if (text == null || text.isEmpty()) {
            throw invalid("missing");
        }
        if (text.length() > MAX_CHARS) {
            throw invalid("longer than " + MAX_CHARS + " characters");
        }
        URI uri = uri(encoded(text));
        if (uri.getScheme() == null) {
            throw invalid("relative");
        }
        String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw Problem.of(ProblemCode.ORIGIN_REFUSED, "url: another scheme (expected: http or https)")
                    .asException();
        }
        String authority = uri.getRawAuthority();
        if (uri.isOpaque() || authority == null) {
            throw invalid("without a host");
        }
        if (authority.indexOf('@') >= 0) {
            throw invalid("holds a user name or password");
        }
        return of(scheme, authority, uri);
    }

    private static PageUrl of(String scheme, String authority, URI uri) {
        int portAt = authority.endsWith("]") ? -1 : authority.lastIndexOf(':');
        String host = HostName.normalise(decodedHost(portAt < 0 ? authority : authority.substring(0, portAt)));
        if (host == null) {
            throw invalid("not a valid host");
        }
        int ownPort = scheme.equals("http") ? 80 : 443;
        int port = portAt < 0 || portAt == authority.length() - 1 ? ownPort : port(authority.substring(portAt + 1));
        String path = uri.getRawPath();
        String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
        return new PageUrl(scheme, host, port, (path == null || path.isEmpty() ? "/" : path) + query);
    }

    /** The whole URL: what a page is kept under. */
    String key() {
        return scheme + "://" + authority() + target;
    }

    /** Host and port as in a {@code Host} field. */
    String authority() {
        String name = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
        return port == (scheme.equals("http") ? 80 : 443) ? name : name + ":" + port;
    }

    private static URI uri(String text) {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            throw invalid("not a valid URL");
        }
    }

    private static int port(String text) {
        boolean digits = text.length() <= 5 && text.chars().allMatch(c -> c >= '0' && c <= '9');
        int port = digits ? Integer.parseInt(text) : 0;
        if (port < 1 || port > 65_535) {
            throw invalid("not a valid port");
        }
        return port;
    }

    /** A name that is not ASCII was percent-encoded with the rest; as a host it is decoded for IDNA again. */
    private static String decodedHost(String host) {
        return host.indexOf('%') < 0 || host.startsWith("[")
                ? host
                : java.net.URLDecoder.decode(host.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    /** Percent-encodes what is not ASCII; refuses what no URL holds and what programs read in different ways. */
    private static String encoded(String text) {
        StringBuilder out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c <= ' ' || c == 0x7f || c == '\\') {
                throw invalid("holds white space, a control character or a backslash");
            }
            if (c < 0x7f) {
                out.append(c);
                continue;
            }
            int point = text.codePointAt(i);
            if (Character.isSurrogate(c) && !Character.isSupplementaryCodePoint(point)) {
                throw invalid("not valid Unicode");
            }
            for (byte b : Character.toString(point).getBytes(StandardCharsets.UTF_8)) {
                out.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
            }
            i += Character.charCount(point) - 1;
        }
        return out.toString();
    }

    private static RipTideException invalid(String what) {
        return Problem.invalid(FIELD, what + EXPECTED).asException();
    }
}
