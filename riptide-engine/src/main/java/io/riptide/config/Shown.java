package io.riptide.config;

/** Text from a file as it may stand in a one-line message. */
final class Shown {
    private Shown() {}

    /** Control characters replaced, cut to a length. */
    static String printable(String text, int maxLength) {
        StringBuilder out = new StringBuilder(Math.min(text.length(), maxLength));
        for (int i = 0; i < text.length() && i < maxLength; i++) {
            char c = text.charAt(i);
            boolean plain = c >= ' ' && c != 0x7f && !(c >= 0x80 && c < 0xa0) && c != '\u2028' && c != '\u2029';
            out.append(plain && !Character.isSurrogate(c) ? c : '?');
        }
        return text.length() > maxLength ? out.append('…').toString() : out.toString();
    }
}
