package io.riptide.server.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/**
 * What commands read and write besides files.
 *
 * @param in the standard input
 * @param bytes the standard output, for an entry's bytes as they are
 * @param out the same, for text in UTF-8
 * @param err the error stream, for text in UTF-8
 */
record Terminal(InputStream in, OutputStream bytes, PrintWriter out, PrintWriter err) {
    static Terminal of(InputStream in, OutputStream out, OutputStream err) {
        return new Terminal(
                in,
                out,
                new PrintWriter(out, true, StandardCharsets.UTF_8),
                new PrintWriter(err, true, StandardCharsets.UTF_8));
    }

    /** The process's own; not through {@code System.out}, which keeps to itself that a disk is full. */
    static Terminal ofProcess() {
        return of(System.in, new FileOutputStream(FileDescriptor.out), new FileOutputStream(FileDescriptor.err));
    }

    /** Text of others as it may be shown on a screen: what would steer the screen is escaped. */
    static String printable(String text) {
        StringBuilder shown = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            switch (Character.getType(c)) {
                case Character.CONTROL,
                        Character.FORMAT,
                        Character.LINE_SEPARATOR,
                        Character.PARAGRAPH_SEPARATOR,
                        Character.SURROGATE -> shown.append(String.format("\\u{%x}", c));
                default -> shown.appendCodePoint(c);
            }
        });
        return shown.toString();
    }
}
