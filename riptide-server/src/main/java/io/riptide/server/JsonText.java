package io.riptide.server;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/**
 * Whether bytes that are to be JSON are Unicode text: UTF-8 (RFC 3629), and no escape that is half a surrogate pair
 * (RFC 7493, section 2.1). The JSON parser takes both, and what it makes of them has no UTF-8 to be stored or answered.
 */
final class JsonText {
    private static final int SNIFFED = 4;
    private static final int ESCAPE_BYTES = 6;
    private static final int RADIX = 16;
    private static final int PIECE = 1024;

    private JsonText() {}

    static boolean isUnicode(byte[] bytes) {
        // UTF-16 and UTF-32, which the parser would detect, hold a NUL among their first bytes, as no JSON does.
        for (int i = 0; i < Math.min(SNIFFED, bytes.length); i++) {
            if (bytes[i] == 0) {
                return false;
            }
        }
        boolean ascii = true;
        int i = 0;
        while (i < bytes.length) {
            byte b = bytes[i];
            ascii &= b >= 0;
            if (b != '\\') {
                i++;
                continue;
            }
            int unit = escaped(bytes, i);
            if (unit < 0) {
                // Another escape, or none: the parser judges it.
                i += 2;
                continue;
            }
            i += ESCAPE_BYTES;
            if (Character.isSurrogate((char) unit)) {
                int next = escaped(bytes, i);
                if (next < 0 || !Character.isSurrogatePair((char) unit, (char) next)) {
                    return false;
                }
                i += ESCAPE_BYTES;
            }
        }
        return ascii || isUtf8(bytes);
    }

    /** The UTF-16 code unit that the escape at that place stands for, or -1 where there is none. */
    private static int escaped(byte[] bytes, int at) {
        if (at + ESCAPE_BYTES > bytes.length || bytes[at] != '\\' || bytes[at + 1] != 'u') {
            return -1;
        }
        int unit = 0;
        for (int i = at + 2; i < at + ESCAPE_BYTES; i++) {
            int digit = Character.digit(bytes[i], RADIX);
            if (digit < 0) {
                return -1;
            }
            unit = unit * RADIX + digit;
        }
        return unit;
    }

    private static boolean isUtf8(byte[] bytes) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(PIECE);
        CoderResult result = decoder.decode(in, out, true);
        while (result.isOverflow()) {
            out.clear();
            result = decoder.decode(in, out, true);
        }
        return !result.isError();
    }
}
