package io.riptide.entry;

import io.riptide.problem.Problem;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;

/** Words under which entries are removed together: 1 to 128 bytes of UTF-8 without control characters. Case counts. */
public final class Tag {
    private Tag() {}

    /** Returns the tag, or refuses the field that holds it. */
    public static String require(String field, String tag) {
        byte[] bytes = tag.length() > Head.MAX_TAG_BYTES ? null : Utf8.encode(tag);
        if (bytes == null
                || bytes.length == 0
                || bytes.length > Head.MAX_TAG_BYTES
                || tag.chars().anyMatch(Character::isISOControl)) {
            throw Problem.invalid(
                            field, "expected 1 to " + Head.MAX_TAG_BYTES + " bytes of UTF-8 without control characters")
                    .asException();
        }
        return tag;
    }

    /** Returns the tags, each once, or refuses the field that holds them: one of them, or more than there may be. */
    public static List<String> requireAll(String field, List<String> tags) {
        if (tags.isEmpty()) {
            return List.of();
        }
        SequencedSet<String> distinct = new LinkedHashSet<>();
        tags.forEach(tag -> distinct.add(require(field, tag)));
        if (distinct.size() > Head.MAX_TAGS) {
            throw Problem.invalid(field, distinct.size() + " tags (expected: at most " + Head.MAX_TAGS + ")")
                    .asException();
        }
        return List.copyOf(distinct);
    }

    /** The first 16 bytes of SHA-256 (FIPS 180-4) of its UTF-8, as 32 lower-case hex digits: its name in an index. */
    public static String hash(String tag) {
        byte[] bytes = Utf8.encode(tag);
        if (bytes == null) {
            throw new IllegalArgumentException("tag: an unpaired surrogate (expected: well-formed text)");
        }
        return StoreKey.hash(bytes);
    }
}
