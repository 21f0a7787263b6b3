package io.riptide.proof.trace;

import java.io.IOException;
import java.io.Reader;
import java.util.regex.Pattern;

/** The fields of one line after the other. What is not as expected ends in a message that says where it stands. */
final class TraceLine {
    private static final int LONGEST = 1 << 16;
    /** Half of what a long can hold, so that a range that begins there ends there too. */
    private static final long LARGEST = Long.MAX_VALUE >> 1;

    private final Reader reader;
    private final String input;
    private final Pattern separator;
    private String[] fields = {};
    private long number;

    /**
     * Before the first line.
     *
     * @param input its name, for messages
     */
    TraceLine(Reader reader, String input, Pattern separator) {
        this.reader = reader;
        this.input = input;
        this.separator = separator;
    }

    /** Goes on to the next line that isn't blank; false where there is none. */
    boolean next() throws IOException {
        StringBuilder line = new StringBuilder();
        while (true) {
            int read = reader.read();
            if (read >= 0 && read != '\n') {
                if (line.length() == LONGEST) {
                    throw new IllegalArgumentException(
                            input + ":" + (number + 1) + ": a line of more than " + LONGEST + " characters");
                }
                line.append((char) read);
                continue;
            }
            number++;
            String text = line.toString().strip();
            if (!text.isEmpty()) {
                fields = separator.split(text, -1);
                return true;
            }
            if (read < 0) {
                return false;
            }
            line.setLength(0);
        }
    }

    /** A field that is not empty. */
    String text(int field, String called) {
        if (field >= fields.length || fields[field].isEmpty()) {
            throw wrong(field, called, "a text");
        }
        return fields[field];
    }

    /** A field that is a whole number and not negative. */
    long whole(int field, String called) {
        return number(field, called, 10, text(field, called), "a whole number from 0 to " + LARGEST);
    }

    /** A field that is a number in hexadecimal after 0x. */
    long hexadecimal(int field, String called) {
        String text = text(field, called);
        String expected = "0x and up to 15 digits of hexadecimal";
        if (!text.startsWith("0x")) {
            throw wrong(field, called, expected);
        }
        return number(field, called, 16, text.substring(2), expected);
    }

    private long number(int field, String called, int radix, String digits, String expected) {
        try {
            long value = Long.parseLong(digits, radix);
            if (value >= 0 && value <= LARGEST) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Said below, as for a number out of bounds.
        }
        throw wrong(field, called, expected);
    }

    /** That a field is not what it should be. */
    IllegalArgumentException wrong(int field, String called, String expected) {
        String is = field < fields.length ? "\"" + fields[field] + "\"" : "missing";
        return new IllegalArgumentException(
                input + ":" + number + ": " + called + ": " + is + " (expected: " + expected + ")");
    }
}
