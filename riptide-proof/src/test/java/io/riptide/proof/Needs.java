package io.riptide.proof;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What a test needs of the machine that the build does not bring. A test that lacks it is skipped with a message that
 * {@code .ci/run} looks for, so that nothing is skipped unseen there.
 */
public final class Needs {
    private static final String SKIPPED = "SKIPPED, needs: ";

    private Needs() {}

    /** A program on the path. */
    public static void program(String name) {
        boolean found = Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, name)));
        assumeTrue(found, SKIPPED + name);
    }

    /** Something that only the machine itself can tell. */
    public static void that(boolean there, String what) {
        assumeTrue(there, SKIPPED + what);
    }
}
