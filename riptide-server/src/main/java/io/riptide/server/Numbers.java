package io.riptide.server;

/** Numbers in text, as headers and queries hold them. */
final class Numbers {
    private static final int MAX_DIGITS = 18;

    private Numbers() {}

    /** A whole number of ASCII digits, or -1 where the text is anything else (or longer than 18 digits). */
    static long parse(String text) {
        int length = text.length();
        if (length == 0 || length > MAX_DIGITS) {
            return -1;
        }
        long number = 0;
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            number = number * 10 + (c - '0');
        }
        return number;
    }
}
