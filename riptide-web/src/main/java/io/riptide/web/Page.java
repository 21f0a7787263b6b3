package io.riptide.web;

import io.riptide.entry.Entry;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The head of a page as it is kept in front of its body, big-endian:
 *
 * <pre>
 * u8  version (1)      u8  flags (bit 0: may be handed to others)
 * u16 status           i64 when it left its origin, epoch milliseconds
 * u16 fields, each:    u16 length of name, name, u16 length of value, value (ISO-8859-1)
 * the rest             body
 * </pre>
 *
 * <p>A tenant can write whatever it likes under a page's key, so what is read is input: it is bounded and checked, and
 * what does not hold is no page.
 *
 * @param fields end-to-end fields of the answer
 * @param shared whether the answer may be handed to others than the one who asked
 * @param bodyAt where the body begins in the kept value
 */
record Page(int status, List<HeaderField> fields, long bornMillis, boolean shared, int bodyAt) {
    private static final byte VERSION = 1;
    private static final int SHARED = 1;
    private static final int FIXED = 14;
    private static final int MAX_FIELDS = 256;

    /** Head and body of an answer as one value. */
    static byte[] encode(OriginAnswer answer, List<HeaderField> fields, Freshness freshness) {
        int size = FIXED;
        for (HeaderField field : fields) {
            size += 4 + field.name().length() + field.value().length();
        }
        ByteBuffer out = ByteBuffer.allocate(size + answer.body().length);
        out.put(VERSION).put((byte) (freshness.storable() ? SHARED : 0));
        out.putShort((short) answer.status()).putLong(freshness.bornMillis());
        out.putShort((short) fields.size());
        for (HeaderField field : fields) {
            text(out, field.name());
            text(out, field.value());
        }
        return out.put(answer.body()).array();
    }

    /** The head of a kept page, or null where the value is none. */
    static @Nullable Page decode(Entry entry) {
        ByteBuffer in = entry.value();
        if (in.remaining() < FIXED || in.get() != VERSION) {
            return null;
        }
        int flags = in.get();
        int status = Short.toUnsignedInt(in.getShort());
        long born = in.getLong();
        int count = Short.toUnsignedInt(in.getShort());
        if ((flags & ~SHARED) != 0 || status < 200 || status > 599 || count > MAX_FIELDS) {
            return null;
        }
        List<HeaderField> fields = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            String name = text(in);
            String value = name == null ? null : text(in);
            if (name == null || value == null || !HeaderRules.isSafe(name, value)) {
                return null;
            }
            fields.add(new HeaderField(name, value));
        }
        return new Page(status, fields, born, (flags & SHARED) != 0, in.position());
    }

    private static void text(ByteBuffer out, String text) {
        out.putShort((short) text.length()).put(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static @Nullable String text(ByteBuffer in) {
        if (in.remaining() < 2) {
            return null;
        }
        int length = Short.toUnsignedInt(in.getShort());
        if (length > in.remaining()) {
            return null;
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
