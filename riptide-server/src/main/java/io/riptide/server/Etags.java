package io.riptide.server;

import io.riptide.problem.Problem;
import io.riptide.problem.RipTideException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Entity tags (RFC 9110, section 8.8.3): a version in hex, strong. */
final class Etags {
    private static final int RADIX = 16;

    private Etags() {}

    /** The tag of a version. */
    static String of(long version) {
        return '"' + Long.toHexString(version) + '"';
    }

    /** Whether a list as {@code If-None-Match} has it holds the version's tag, compared weakly; {@code *} holds all. */
    static boolean holds(String list, long version) {
        if (list.strip().equals("*")) {
            return true;
        }
        String tag = of(version);
        for (String listed : split(list, "If-None-Match")) {
            if (tag.equals(listed.startsWith("W/") ? listed.substring(2) : listed)) {
                return true;
            }
        }
        return false;
    }

    /** What {@code If-Match} asks for. */
    sealed interface Match {
        /** Anything that is there. */
        record Any() implements Match {}

        /** That version; null where the tag is well-formed, but never one of ours. */
        record Version(@Nullable Long version) implements Match {}
    }

    /** Reads {@code If-Match}: {@code *} or one tag; all else is refused by name. A weak tag never matches (13.1.1). */
    static Match match(String header) {
        if (header.strip().equals("*")) {
            return new Match.Any();
        }
        List<String> tags = split(header, "If-Match");
        if (tags.size() != 1) {
            throw refused("If-Match", "expected * or one entity tag");
        }
        String tag = tags.getFirst();
        return new Match.Version(tag.startsWith("W/") ? null : version(tag.substring(1, tag.length() - 1)));
    }

    private static @Nullable Long version(String hex) {
        try {
            long version = Long.parseUnsignedLong(hex, RADIX);
            return Long.toHexString(version).equals(hex) ? version : null;
        } catch (NumberFormatException e) {
            return null;
        }
    }

    private static List<String> split(String list, String field) {
        List<String> tags = new ArrayList<>();
        int at = 0;
        while (at < list.length()) {
            char c = list.charAt(at);
            if (c == ' ' || c == '\t' || c == ',') {
                at++;
                continue;
            }
            int open = c == 'W' ? at + 2 : at;
            int close = list.startsWith("W/\"", at) || c == '"' ? list.indexOf('"', open + 1) : -1;
            if (close < 0) {
                throw refused(field, "expected entity tags in double quotes");
            }
            tags.add(list.substring(at, close + 1));
            at = close + 1;
        }
        return tags;
    }

    private static RipTideException refused(String field, String message) {
        return Problem.invalid(field, message).asException();
    }
}
