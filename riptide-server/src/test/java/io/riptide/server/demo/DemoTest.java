package io.riptide.server.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.server.cli.Main;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

@Timeout(180)
class DemoTest {
    private final StringWriter text = new StringWriter();

    @TempDir
    private Path folder;

    @Test
    void everyStepAnswersAsItShould() {
        int code = run("--exit", "--data", folder.resolve("data").toString());
        assertThat(text.toString())
                .contains("Every step answered as it should.", "kill -9", "429 quota-exceeded, Retry-After: ")
                .containsPattern("\n +small +6 +100 % ")
                .containsPattern("\n +base fee +0\\.\\d+ +month +0 +99 +\\d+\\.\\d\\d\n")
                .containsPattern("\n +total +EUR +\\d+\\.\\d\\d\n")
                .contains("it holds all 30 operations", "the month is closed: 3 invoices")
                .containsPattern("invoice 1 of \\d{4}-\\d\\d: \\d+\\.\\d\\d EUR")
                .doesNotContain("✗", "\u001b");
        assertThat(code).isZero();
    }

    @Test
    void aServerThatDoesNotStartIsAFailedStep() {
        int code = new CommandLine(new Demo(new PrintWriter(text, true), NoServer.class)).execute("--exit");
        assertThat(text.toString()).contains("✗ the server did not start: no server here");
        assertThat(code).isEqualTo(1);
    }

    @Test
    void aFolderThatHoldsSomethingIsNotTouched() throws Exception {
        Path file = Files.writeString(folder.resolve("mine.txt"), "mine");
        assertThat(run("--exit", "--data", folder.toString())).isEqualTo(1);
        assertThat(text.toString()).contains("--data", "expected: a new or an empty folder");
        assertThat(file).hasContent("mine");
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }

    private int run(String... arguments) {
        return new CommandLine(new Demo(new PrintWriter(text, true), Main.class)).execute(arguments);
    }

    /** A main class that ends at once. */
    static final class NoServer {
        private NoServer() {}

        public static void main(String[] arguments) {
            System.out.println("no server here");
        }
    }
}
