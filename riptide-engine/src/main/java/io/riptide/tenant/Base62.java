package io.riptide.tenant;

import java.math.BigInteger;
import java.security.SecureRandom;

/** Digits, upper case, lower case: text that survives URLs, shells and double clicks. */
final class Base62 {
    private static final String DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final BigInteger RADIX = BigInteger.valueOf(DIGITS.length());

    private Base62() {}

    /** So many random digits, each of the 62 equally likely. */
    static String random(int length, SecureRandom random) {
        StringBuilder text = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            text.append(DIGITS.charAt(random.nextInt(DIGITS.length())));
        }
        return text.toString();
    }

    /** A number that is not negative, most significant digit first, filled up with zeros to a length that holds it. */
    static String fixed(BigInteger number, int length) {
        char[] text = new char[length];
        BigInteger rest = number;
        for (int i = length - 1; i >= 0; i--) {
            BigInteger[] next = rest.divideAndRemainder(RADIX);
            text[i] = DIGITS.charAt(next[1].intValue());
            rest = next[0];
        }
        if (rest.signum() != 0) {
            throw new IllegalArgumentException("number: longer than " + length + " digits");
        }
        return new String(text);
    }

    /** Writes a number of 32 bits as six digits. */
    static void put(long number, byte[] to, int at) {
        long rest = number;
        for (int i = at + 5; i >= at; i--) {
            to[i] = (byte) DIGITS.charAt((int) (rest % DIGITS.length()));
            rest /= DIGITS.length();
        }
    }

    /** Whether these bytes are digits, all of them. */
    static boolean digits(byte[] text, int from, int to) {
        for (int i = from; i < to; i++) {
            int c = text[i];
            if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'))) {
                return false;
            }
        }
        return true;
    }
}
