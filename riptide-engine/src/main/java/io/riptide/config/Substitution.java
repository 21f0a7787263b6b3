package io.riptide.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code ${env:NAME}} and {@code ${file:/path}} within a value. What they give is not looked into again. */
final class Substitution {
    private static final int MAX_FILE_BYTES = 64 << 10;

    private final Map<String, String> environment;

    Substitution(Map<String, String> environment) {
        this.environment = environment;
    }

    /** Either the text, or what is wrong. */
    record Result(String text, @Nullable String problem) {
        static Result problem(String message) {
            return new Result("", message);
        }
    }

    static boolean isIn(String text) {
        return text.contains("${");
    }

    Result apply(String text) {
        StringBuilder out = new StringBuilder();
        int at = 0;
        for (int start = text.indexOf("${"); start >= 0; start = text.indexOf("${", at)) {
            int end = text.indexOf('}', start);
            if (end < 0) {
                return Result.problem("${ without } (expected ${env:NAME} or ${file:/path})");
            }
            Result one = one(text.substring(start + 2, end));
            if (one.problem() != null) {
                return one;
            }
            out.append(text, at, start).append(one.text());
            at = end + 1;
        }
        return new Result(out.append(text, at, text.length()).toString(), null);
    }

    private Result one(String reference) {
        if (reference.startsWith("env:")) {
            String name = reference.substring("env:".length());
            String value = environment.get(name);
            return value == null
                    ? Result.problem("the environment variable " + Shown.printable(name, 80) + " is not set")
                    : new Result(value, null);
        }
        if (reference.startsWith("file:")) {
            return file(reference.substring("file:".length()));
        }
        return Result.problem("unknown reference (expected ${env:NAME} or ${file:/path})");
    }

    /** A file's text without the line end that editors leave behind it. */
    private static Result file(String name) {
        String shown = Shown.printable(name, 200);
        try {
            Path path = Path.of(name);
            if (!path.isAbsolute()) {
                return Result.problem("${file:" + shown + "} is relative (expected an absolute path)");
            }
            try (InputStream in = Files.newInputStream(path)) {
                byte[] bytes = in.readNBytes(MAX_FILE_BYTES + 1);
                return bytes.length > MAX_FILE_BYTES
                        ? Result.problem("the file " + shown + " is over " + MAX_FILE_BYTES + " bytes")
                        : new Result(new String(bytes, StandardCharsets.UTF_8).stripTrailing(), null);
            }
        } catch (InvalidPathException | IOException | SecurityException e) {
            return Result.problem("the file " + shown + " cannot be read");
        }
    }
}
