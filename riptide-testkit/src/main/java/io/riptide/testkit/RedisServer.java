package io.riptide.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A real Redis server in a process and a directory of its own: the program that the system property
 * {@value #PROGRAM_PROPERTY} names, or else the one in {@code org.signal:embedded-redis}, which must be on the class
 * path then. It can be killed, frozen and started again. Listens on loopback.
 */
public final class RedisServer implements AutoCloseable {
    /** The path of a {@code redis-server} to start. */
    public static final String PROGRAM_PROPERTY = "riptide.testkit.redis-server";

    private static final String BINARY = "redis-server-7.0.15-";
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Path directory;
    private final int port;
    private final List<String> words;
    private Process process;

    private RedisServer(Path directory, int port, List<String> words) {
        this.directory = directory;
        this.port = port;
        this.words = words;
        this.process = run();
        awaitReady();
    }

    /**
     * Starts one that keeps nothing on disk, and waits until it answers.
     *
     * @param options as on its command line: {@code "--appendonly", "yes"}
     */
    public static RedisServer start(String... options) {
        return start(freePort(), List.of(options));
    }

    static RedisServer start(int port, List<String> options) {
        try {
            Path directory = Files.createTempDirectory("riptide-redis-");
            List<String> words = new ArrayList<>();
            String program = System.getProperty(PROGRAM_PROPERTY, "");
            words.add(program.isEmpty() ? embedded(directory).toString() : program);
            // A file that it may rewrite: sentinels and CONFIG REWRITE need one.
            words.add(Files.createFile(directory.resolve("redis.conf")).toString());
            words.addAll(List.of("--port", Integer.toString(port), "--bind", "127.0.0.1", "--dir"));
            words.add(directory.toString());
            words.addAll(List.of("--save", "", "--loglevel", "warning"));
            words.addAll(options);
            return new RedisServer(directory, port, words);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path embedded(Path directory) throws IOException {
        String system =
                System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("mac") ? "darwin" : "linux";
        String machine = System.getProperty("os.arch", "").equals("aarch64") ? "arm64" : "amd64";
        String name = BINARY + system + "-" + machine;
        Path binary = directory.resolve("redis-server");
        try (InputStream in = RedisServer.class.getClassLoader().getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(
                        name + " is not on the class path (expected: org.signal:embedded-redis 0.9.1)");
            }
            Files.copy(in, binary);
        }
        Files.setPosixFilePermissions(binary, PosixFilePermissions.fromString("rwx------"));
        return binary;
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            // A cluster's nodes talk to each other on a port 10,000 above.
            return socket.getLocalPort() > 55_000 ? freePort() : socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Process run() {
        try {
            Process started = new ProcessBuilder(words)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(
                            directory.resolve("redis.log").toFile()))
                    .start();
            Runtime.getRuntime().addShutdownHook(new Thread(started::destroyForcibly));
            return started;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void awaitReady() {
        Await.until(PATIENCE, "Redis on port " + port + " to answer", () -> {
            if (!process.isAlive()) {
                throw new IllegalStateException("Redis ended: " + log());
            }
            try {
                String answer = command("PING");
                return answer.equals("PONG") || answer.startsWith("NOAUTH");
            } catch (UncheckedIOException e) {
                return false;
            }
        });
    }

    /** What it logged. */
    public String log() {
        try {
            return Files.readString(directory.resolve("redis.log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The port that it listens on, the same for its whole life. */
    public int port() {
        return port;
    }

    /** {@code redis://127.0.0.1:port}. */
    public String url() {
        return "redis://127.0.0.1:" + port;
    }

    /** Where its files lie. */
    public Path directory() {
        return directory;
    }

    /** Whether the process runs, frozen or not. */
    public boolean alive() {
        return process.isAlive();
    }

    /**
     * Sends one command without a password and returns the answer as text: an error as it is written, a list's elements
     * by line. Waits for up to 5 seconds.
     */
    public String command(String... command) {
        return RawRedis.call(port, command);
    }

    /** Ends it without a chance to save anything (SIGKILL), and waits until it has ended. */
    public void kill() {
        process.destroyForcibly();
        awaitEnd();
    }

    /** Asks it to end in order (SIGTERM), and waits until it has. */
    public void stop() {
        process.destroy();
        awaitEnd();
    }

    /** Starts it again after it ended, on the same port, over the files it left; waits until it answers. */
    public void restart() {
        process = run();
        awaitReady();
    }

    /** The same without what it kept: it begins with nothing. */
    public void restartEmpty() {
        try (Stream<Path> files = Files.walk(directory)) {
            List<Path> kept = files.sorted(Comparator.reverseOrder())
                    .filter(file -> file.toString().matches(".*\\.(rdb|aof|manifest)"))
                    .toList();
            for (Path file : kept) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        restart();
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
        try {
            Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
            if (kill.waitFor() != 0) {
                throw new IllegalStateException("kill -" + name + " failed for Redis on port " + port);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private void awaitEnd() {
        try {
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException("Redis on port " + port + " did not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** Ends it and deletes its directory; idempotent. */
    @Override
    public void close() {
        kill();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (java.nio.file.NoSuchFileException e) {
            // Closed before.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
