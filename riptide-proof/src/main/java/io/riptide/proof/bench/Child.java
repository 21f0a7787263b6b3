package io.riptide.proof.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A process that serves: started, measured, ended. */
final class Child implements AutoCloseable {
    private static final long TICKS_PER_SECOND = 100;

    private final Process process;
    private final String readyLine;
    private final double startSeconds;

    private Child(Process process, String readyLine, double startSeconds) {
        this.process = process;
        this.readyLine = readyLine;
        this.startSeconds = startSeconds;
    }

    /** Returns once a line that it prints matches; the rest of what it prints is passed over. */
    static Child start(List<String> command, Map<String, String> environment, Pattern ready) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        long began = System.nanoTime();
        Process process = builder.start();
        CompletableFuture<String> line = new CompletableFuture<>();
        Thread reader = Thread.ofPlatform().daemon().unstarted(() -> read(process, ready, line));
        reader.start();
        String found = line.get(300, TimeUnit.SECONDS);
        return new Child(process, found, (System.nanoTime() - began) / 1e9);
    }

    private static void read(Process process, Pattern ready, CompletableFuture<String> line) {
        StringBuilder said = new StringBuilder();
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String next = lines.readLine(); next != null; next = lines.readLine()) {
                Matcher matcher = ready.matcher(next);
                if (matcher.matches()) {
                    line.complete(matcher.group(1));
                } else if (said.length() < 4000) {
                    said.append(next).append('\n');
                }
            }
        } catch (IOException e) {
            said.append(e);
        }
        line.completeExceptionally(new IllegalStateException("it ended: " + said));
    }

    /** What the pattern's group found. */
    String ready() {
        return readyLine;
    }

    /** From its start to the line. */
    double startSeconds() {
        return startSeconds;
    }

    /** User and system time of all its threads so far, in seconds (proc(5)). */
    double cpuSeconds() throws IOException {
        String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return (double) (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
    }

    /** Resident memory in MiB. */
    double residentMib() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + process.pid() + "/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024.0;
            }
        }
        throw new IllegalStateException("no VmRSS");
    }

    /** Live heap in MiB, after a collection that is asked for. */
    double liveHeapMib() throws Exception {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        String pid = String.valueOf(process.pid());
        run(List.of(jcmd, pid, "GC.run"));
        Matcher used = Pattern.compile("used (\\d+)K").matcher(run(List.of(jcmd, pid, "GC.heap_info")));
        if (!used.find()) {
            throw new IllegalStateException("no figure of the heap");
        }
        return Long.parseLong(used.group(1)) / 1024.0;
    }

    /** As {@code kill -9} does. */
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit()
                .orTimeout(60, TimeUnit.SECONDS)
                .exceptionally(e -> process.destroyForcibly())
                .join();
    }

    /** What a program prints; it must end well. */
    static String run(List<String> command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IllegalStateException(command + " failed: " + printed);
        }
        return printed;
    }
}
