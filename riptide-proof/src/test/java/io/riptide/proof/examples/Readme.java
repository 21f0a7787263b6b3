package io.riptide.proof.examples;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The README and the other pages of this working copy. */
final class Readme {
    private Readme() {}

    /** The folder that it lies in. */
    static Path root() {
        Path root = Path.of("").toAbsolutePath();
        while (!Files.exists(root.resolve("mvnw"))) {
            root = root.getParent();
        }
        return root;
    }

    static String text() {
        return text("README.md");
    }

    /** The file at that path from the root. */
    static String text(String path) {
        try {
            return Files.readString(root().resolve(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The first block of Java on a page. */
    static String example(String page) {
        return between(page, "\n```java", "\n```");
    }

    /** The part of a test's source between two lines, as a page shows it. */
    static String example(Class<?> test, String begin, String end) {
        String source = text("riptide-proof/src/test/java/" + test.getName().replace('.', '/') + ".java");
        String example = between(source, "\n" + begin, "\n" + end);
        return example.stripTrailing().stripIndent() + "\n";
    }

    /** The whole lines between two marks. */
    private static String between(String text, String begin, String end) {
        int from = text.indexOf('\n', text.indexOf(begin) + 1) + 1;
        return text.substring(from, text.indexOf(end, from - 1) + 1);
    }
}
