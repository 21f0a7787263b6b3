package io.riptide.server;

import io.riptide.problem.Problem;
import io.riptide.problem.RipTideException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request's path as it came, split at each slash and then decoded once (RFC 3986, section 2.4). A percent-encoded
 * slash so belongs to its segment and never separates; {@code ;} and {@code +} are literal. Nothing is normalised: an
 * empty, {@code .} or {@code ..} segment is refused however it is written.
 */
final class RawPath {
    private static final int EXPECTED_SEGMENTS = 5;

    private RawPath() {}

    /** The decoded segments; {@code /} has none. */
    static List<String> segments(String raw) {
        String path = raw;
        if (path.isEmpty() || path.charAt(0) != '/') {
            path = withoutAuthority(raw);
        }
        List<String> segments = new ArrayList<>(EXPECTED_SEGMENTS);
        int length = path.length();
        if (length == 1) {
            return segments;
        }
        int from = 1;
        while (from <= length) {
            int to = path.indexOf('/', from);
            if (to < 0) {
                to = length;
            }
            segments.add(segment(path, from, to));
            from = to + 1;
        }
        return segments;
    }

    /** The first segment as it is written, to tell whose area a path lies in before it is judged. */
    static String firstSegment(String raw) {
        String path = raw.startsWith("/") ? raw : "/";
        int end = path.indexOf('/', 1);
        return end < 0 ? path.substring(1) : path.substring(1, end);
    }

    /** The absolute form of a request target (RFC 9112, section 3.2.2), which every server has to take. */
    private static String withoutAuthority(String raw) {
        if (raw.regionMatches(true, 0, "http://", 0, 7) || raw.regionMatches(true, 0, "https://", 0, 8)) {
            int slash = raw.indexOf('/', raw.indexOf("//") + 2);
            return slash < 0 ? "/" : raw.substring(slash);
        }
        throw refused("expected a path that begins with /");
    }

    private static String segment(String path, int from, int to) {
        boolean encoded = false;
        for (int i = from; i < to; i++) {
            char c = path.charAt(i);
            if (c == '%') {
                encoded = true;
            } else if (c <= ' ' || c >= 0x7f) {
                throw refused("expected printable ASCII, all else percent-encoded");
            }
        }
        String segment = encoded ? decode(path, from, to, "path") : path.substring(from, to);
        if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
            throw refused("expected no empty, . or .. segment");
        }
        return segment;
    }

    /**
     * Decodes percent-escapes of ASCII text as UTF-8; refuses what is not well-formed, and NUL, under that field's
     * name.
     */
    static String decode(String text, int from, int to, String field) {
        byte[] bytes = new byte[to - from];
        int n = 0;
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (c == '%') {
                boolean whole = i + 2 < to;
                int high = whole ? Character.digit(text.charAt(i + 1), 16) : -1;
                int low = whole ? Character.digit(text.charAt(i + 2), 16) : -1;
                if (high < 0 || low < 0) {
                    throw refused(field, "expected two hex digits after each %");
                }
                bytes[n++] = (byte) (high << 4 | low);
                i += 2;
            } else {
                bytes[n++] = (byte) c;
            }
        }
        String decoded = utf8(ByteBuffer.wrap(bytes, 0, n));
        if (decoded == null || decoded.indexOf('\0') >= 0) {
            throw refused(field, "expected well-formed UTF-8 without NUL");
        }
        return decoded;
    }

    private static @Nullable String utf8(ByteBuffer bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(bytes)
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    private static RipTideException refused(String message) {
        return refused("path", message);
    }

    private static RipTideException refused(String field, String message) {
        return Problem.invalid(field, message).asException();
    }
}
