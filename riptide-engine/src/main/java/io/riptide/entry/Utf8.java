package io.riptide.entry;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** UTF-8 (RFC 3629) that neither replaces nor drops: text that has no UTF-8, and bytes that are none, are null. */
final class Utf8 {
    private static final char REPLACEMENT = '\uFFFD';

    private Utf8() {}

    /** The text's bytes, or null where it holds an unpaired surrogate. */
    static byte @Nullable [] encode(String text) {
        return isWellFormed(text) ? text.getBytes(StandardCharsets.UTF_8) : null;
    }

    /** The text of {@code bytes[from, to)}, or null where that is not well-formed. */
    static @Nullable String decode(byte[] bytes, int from, int to) {
        String text = new String(bytes, from, to - from, StandardCharsets.UTF_8);
        // The JDK puts U+FFFD where bytes are malformed. The same character may have been written; then it encodes to
        // itself.
        if (text.indexOf(REPLACEMENT) < 0) {
            return text;
        }
        byte[] again = text.getBytes(StandardCharsets.UTF_8);
        return Arrays.equals(again, 0, again.length, bytes, from, to) ? text : null;
    }

    private static boolean isWellFormed(String text) {
        int length = text.length();
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                i++;
                if (i == length || !Character.isSurrogatePair(c, text.charAt(i))) {
                    return false;
                }
            }
        }
        return true;
    }
}
