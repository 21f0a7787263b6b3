package io.riptide.server.demo;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A real server in a process of its own: this JVM's own command, with {@code serve}. What it prints goes to a file
 * beside its data.
 */
final class DemoServer implements AutoCloseable {
    /** Agents, and archives that are written at the end: the other process would meet this one there. */
    private static final List<String> NOT_FOR_ANOTHER =
            List.of("-javaagent", "-agent", "-XX:ArchiveClassesAtExit", "-XX:AOTCacheOutput", "-XX:AOTMode=record");

    private static final long READY_SECONDS = 30;
    private static final long STOP_SECONDS = 15;

    private final Class<?> main;
    private final Path data;
    private final Path log;
    private final int port;
    private final String adminKey;
    private @Nullable Process process;

    /** Not started yet; the port is one that is free now. */
    DemoServer(Class<?> main, Path data, int port, String adminKey) throws IOException {
        this.main = main;
        this.data = data;
        this.log = data.resolveSibling(data.getFileName() + ".log");
        this.port = port == 0 ? freePort() : port;
        this.adminKey = adminKey;
    }

    /** Where it is, without a slash at the end. */
    String url() {
        return "http://127.0.0.1:" + port;
    }

    String adminKey() {
        return adminKey;
    }

    Path data() {
        return data;
    }

    /** Its process id, or -1 where it does not run. */
    long pid() {
        return process == null ? -1 : process.pid();
    }

    /**
     * Starts it and waits until it is ready.
     *
     * @return milliseconds from the start of the process to the first answer
     * @throws DemoFailure where it ends or takes longer than half a minute, with what it printed last
     */
    long start(DemoClient anyone) throws IOException, InterruptedException {
        Files.createDirectories(data);
        ProcessBuilder builder = new ProcessBuilder(command())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        // What this machine's own server is told is not for this one.
        builder.environment().keySet().removeIf(name -> name.startsWith("RIPTIDE_"));
        builder.environment().put("RIPTIDE_ADMIN_API_KEY", adminKey);
        builder.environment().putIfAbsent("MALLOC_ARENA_MAX", "2");
        long from = System.nanoTime();
        Process started = builder.start();
        process = started;
        while (!anyone.isReady()) {
            boolean late = System.nanoTime() - from > TimeUnit.SECONDS.toNanos(READY_SECONDS);
            if (late || started.waitFor(20, TimeUnit.MILLISECONDS)) {
                throw new DemoFailure("the server did not start: " + lastWords());
            }
        }
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - from);
    }

    /** Ends it as a crash does, with SIGKILL: nothing of it runs any more. */
    void kill() throws InterruptedException {
        Process running = process;
        if (running != null) {
            running.destroyForcibly();
            running.waitFor();
            process = null;
        }
    }

    /** Asks it to stop, and waits; its exit code, or -1 where it did not run or had to be killed. */
    int stop() throws InterruptedException {
        Process running = process;
        if (running == null) {
            return -1;
        }
        running.destroy();
        if (!running.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
            kill();
            return -1;
        }
        process = null;
        return running.exitValue();
    }

    @Override
    public void close() {
        try {
            stop();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            if (process != null) {
                process.destroyForcibly();
            }
        }
    }

    private List<String> command() {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current()
                .info()
                .command()
                .orElse(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        for (String argument : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            if (NOT_FOR_ANOTHER.stream().noneMatch(argument::startsWith)) {
                command.add(argument);
            }
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of("serve", "--host", "127.0.0.1", "--port", Integer.toString(port)));
        command.addAll(List.of("--data", data.toString()));
        // A folder that is not there: the demo is the same wherever it is started.
        command.addAll(List.of("--config", data.resolve("no-config").toString()));
        command.addAll(List.of("--set", "web.allow_private_addresses=true"));
        return command;
    }

    private String lastWords() throws IOException {
        List<String> lines = Files.exists(log) ? Files.readAllLines(log) : List.of();
        return lines.isEmpty() ? "it printed nothing" : lines.getLast();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
