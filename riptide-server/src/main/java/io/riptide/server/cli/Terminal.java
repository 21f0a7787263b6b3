package io.riptide.server.cli;

import java.io.ByteArrayOutputStream;
import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What commands read and write besides files.
 *
 * @param in the standard input
 * @param bytes the standard output, for an entry's bytes as they are
 * @param out the same, for text in UTF-8
 * @param err the error stream, for text in UTF-8
 * @param hasSomeone whether there is someone who can be asked
 */
record Terminal(InputStream in, OutputStream bytes, PrintWriter out, PrintWriter err, boolean hasSomeone) {
    /** The longest answer to a question. */
    private static final int MAX_ANSWER = 1_000;

    /** Where there is nobody to ask. */
    static Terminal of(InputStream in, OutputStream out, OutputStream err) {
        return of(in, out, err, false);
    }

    static Terminal of(InputStream in, OutputStream out, OutputStream err, boolean hasSomeone) {
        return new Terminal(
                in,
                out,
                new PrintWriter(out, true, StandardCharsets.UTF_8),
                new PrintWriter(err, true, StandardCharsets.UTF_8),
                hasSomeone);
    }

    /** The process's own; not through {@code System.out}, which keeps to itself that a disk is full. */
    static Terminal ofProcess() {
        OutputStream out = new FileOutputStream(FileDescriptor.out);
        OutputStream err = new FileOutputStream(FileDescriptor.err);
        return of(System.in, out, err, isTerminal(System.console()));
    }

    /** Java 21 has a console only where there is a terminal; later ones have one anyway, and tell. */
    private static boolean isTerminal(@Nullable Console console) {
        try {
            return console != null
                    && Boolean.TRUE.equals(Console.class.getMethod("isTerminal").invoke(console));
        } catch (ReflectiveOperationException e) {
            return Runtime.version().feature() < 22;
        }
    }

    /** The line that is typed in answer to a question, which goes to the error stream: the output is for answers. */
    String ask(String question) throws IOException {
        err.print(question);
        err.flush();
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b >= 0 && b != '\n' && line.size() < MAX_ANSWER; b = in.read()) {
            line.write(b);
        }
        return line.toString(StandardCharsets.UTF_8).strip();
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
