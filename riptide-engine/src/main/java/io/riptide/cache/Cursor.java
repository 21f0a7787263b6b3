package io.riptide.cache;

import io.riptide.entry.StoreKey;
import io.riptide.problem.Problem;
import java.util.Base64;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Where a page of a listing ended, as text that callers hand back: a form byte and the hash of the last key. */
final class Cursor {
    private static final byte FORM = 1;
    private static final int HASH_BYTES = 16;
    private static final HexFormat HEX = HexFormat.of();

    private Cursor() {}

    static String print(StoreKey last) {
        byte[] bytes = new byte[1 + HASH_BYTES];
        bytes[0] = FORM;
        System.arraycopy(HEX.parseHex(last.hash()), 0, bytes, 1, HASH_BYTES);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    static @Nullable StoreKey parse(String tenantId, String namespace, @Nullable String cursor) {
        if (cursor == null) {
            return null;
        }
        byte[] bytes;
        try {
            bytes = Base64.getUrlDecoder().decode(cursor);
        } catch (IllegalArgumentException e) {
            throw refusal();
        }
        if (bytes.length != 1 + HASH_BYTES || bytes[0] != FORM) {
            throw refusal();
        }
        return new StoreKey(tenantId, namespace, HEX.formatHex(bytes, 1, bytes.length));
    }

    private static RuntimeException refusal() {
        return Problem.invalid("cursor", "expected the next_cursor of a page before, unchanged")
                .asException();
    }
}
