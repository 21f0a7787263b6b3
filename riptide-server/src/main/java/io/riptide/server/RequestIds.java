package io.riptide.server;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Names requests: the caller's {@code X-Request-ID} where it is well-formed, else a random prefix and a count. */
final class RequestIds {
    private static final int MAX = 128;

    private final String prefix;
    private final AtomicLong count = new AtomicLong();

    RequestIds(SecureRandom random) {
        prefix = HexFormat.of().toHexDigits(random.nextLong()) + "-";
    }

    String idFor(@Nullable String given) {
        return given != null && wellFormed(given) ? given : next();
    }

    String next() {
        return prefix + Long.toHexString(count.incrementAndGet());
    }

    private static boolean wellFormed(String id) {
        int length = id.length();
        if (length == 0 || length > MAX) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            char c = id.charAt(i);
            boolean fits = (c >= 'a' && c <= 'z')
                    || (c >= 'A' && c <= 'Z')
                    || (c >= '0' && c <= '9')
                    || c == '.'
                    || c == '_'
                    || c == ':'
                    || c == '-';
            if (!fits) {
                return false;
            }
        }
        return true;
    }
}
