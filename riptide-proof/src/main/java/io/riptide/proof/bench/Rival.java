package io.riptide.proof.bench;

import io.riptide.proof.bench.contest.Contestant;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A {@link Contestant} in its process. */
final class Rival implements AutoCloseable {
    private static final int CLOSING_SECONDS = 30;

    /** What an operation took: microseconds of processors, and how many there were in a second. */
    record Figures(double cpuMicros, double rate) {}

    private final String name;
    private final Process process;
    private final BufferedReader answers;

    private Rival(String name, Process process) {
        this.name = name;
        this.process = process;
        this.answers = process.inputReader(StandardCharsets.UTF_8);
    }

    /** Starts one and waits until it is connected. Its errors go to where this process's do. */
    static Rival start(String name, Contestant.Who who, String url, int keys, int inMemory, int poolSize) {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms512m",
                "-Xmx1g",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                Contestant.class.getName(),
                who.name(),
                url,
                String.valueOf(keys),
                String.valueOf(inMemory),
                String.valueOf(poolSize));
        try {
            Rival rival = new Rival(
                    name,
                    new ProcessBuilder(command)
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start());
            rival.answer("ready");
            return rival;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String name() {
        return name;
    }

    /** Has so many callers do a work, of so many operations in all. */
    Figures run(Contestant.Work work, int callers, int operations) {
        try {
            process.outputWriter(StandardCharsets.UTF_8)
                    .append(work.name() + " " + callers + " " + operations + "\n")
                    .flush();
        } catch (IOException e) {
            throw new UncheckedIOException(name + " ended", e);
        }
        String[] words = answer("done").split(" ", -1);
        return new Figures(Long.parseLong(words[2]) / 1e3 / operations, operations / (Long.parseLong(words[1]) / 1e9));
    }

    /** The next line that begins so; others are libraries' own. */
    private String answer(String beginning) {
        try {
            for (String line = answers.readLine(); line != null; line = answers.readLine()) {
                if (line.startsWith(beginning)) {
                    return line;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(name + " ended", e);
        }
        throw new IllegalStateException(name + " ended");
    }

    @Override
    public void close() {
        try {
            process.outputWriter(StandardCharsets.UTF_8).close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        process.onExit()
                .orTimeout(CLOSING_SECONDS, TimeUnit.SECONDS)
                .exceptionally(e -> process.destroyForcibly())
                .join();
    }
}
