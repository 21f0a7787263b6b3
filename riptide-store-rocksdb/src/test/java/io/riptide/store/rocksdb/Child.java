package io.riptide.store.rocksdb;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A real Java process of these tests, to be killed. */
final class Child implements AutoCloseable {
    private final Process process;
    private final Path libraries;
    private final BufferedReader output;

    private Child(Process process, Path libraries) {
        this.process = process;
        this.libraries = libraries;
        this.output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    static Child start(Class<?> main, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-Xmx256m",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder child = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
        // RocksDB unpacks its native library at start and takes it away at a normal end, which these children never
        // see.
        Path libraries = Files.createTempDirectory("riptide-child");
        child.environment().put("ROCKSDB_SHAREDLIB_DIR", libraries.toString());
        return new Child(child.start(), libraries);
    }

    long pid() {
        return process.pid();
    }

    /** The next line, or null at the end of what it said. */
    String readLine() throws IOException {
        return output.readLine();
    }

    /** SIGKILL: no hook runs, nothing is flushed. What it said before may still be read. */
    void kill() throws InterruptedException {
        process.toHandle().destroyForcibly();
        if (!process.waitFor(20, TimeUnit.SECONDS)) {
            throw new AssertionError("the child did not end");
        }
    }

    @Override
    public void close() throws Exception {
        kill();
        output.close();
        try (Stream<Path> files = Files.list(libraries)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(libraries);
    }
}
