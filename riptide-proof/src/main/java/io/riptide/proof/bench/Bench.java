package io.riptide.proof.bench;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** Runs the parts that are named, or all, prints a table and writes JSON. {@code bench/run} starts it. */
public final class Bench {
    private static final List<String> PARTS = List.of(
            "embedded",
            "http",
            "batch",
            "tenants",
            "removal",
            "redis",
            "nodes",
            "tenants-redis",
            "usage",
            "footprint",
            "process",
            "recovery");

    private final Results results = new Results();
    private final boolean isShort;

    private Bench(boolean isShort) {
        this.isShort = isShort;
    }

    /** Arguments: parts; {@code --short} runs each for a moment, to see that it works. */
    public static void main(String[] arguments) throws Exception {
        List<String> parts =
                Stream.of(arguments).filter(a -> !a.equals("--short")).toList();
        if (!PARTS.containsAll(parts)) {
            System.err.println("usage: bench/run [--short] [" + String.join("|", PARTS) + "]...");
            System.exit(2);
        }
        Bench bench = new Bench(parts.size() < arguments.length);
        for (String part : parts.isEmpty() ? PARTS : parts) {
            System.out.println(part);
            bench.run(part);
        }
        bench.results.print();
        bench.results.write(Path.of(System.getProperty("riptide.root", "."), "target", "bench", "results.json"));
    }

    private void run(String part) throws Exception {
        double seconds = isShort ? 1 : 5;
        switch (part) {
            case "embedded" -> {
                embedded(HitBenchmark.class, 1);
                embedded(HitBenchmark.class, 2);
                embedded(SealedHitBenchmark.class, 1);
                embedded(BatchBenchmark.class, 1);
                embedded(TenantsBenchmark.class, 1);
            }
            case "http" -> new HitPart(results, seconds).run();
            case "batch" -> new BatchPart(results, seconds).run();
            case "tenants" -> tenants(part, seconds).run();
            case "tenants-redis" -> tenants(part, seconds).runOverRedis();
            case "removal" -> new RemovalPart(results, isShort ? 20_000 : 1_000_000).run();
            case "redis" -> new RedisPart(results, isShort ? 2 : 5, isShort ? 6_400 : 64_000).run();
            case "nodes" -> new NodesPart(results, seconds).run();
            case "usage" -> new UsagePart(results, isShort ? 3 : 20).run();
            case "footprint" -> new FootprintPart(results, isShort ? 200 : 10_000).run();
            case "process" -> {
                new ProcessPart(results).startAndMemory(0);
                new ProcessPart(results).startAndMemory(isShort ? 100 : 100_000);
            }
            case "recovery" -> new ProcessPart(results).recovery(isShort ? 20 : 2048);
            default -> throw new IllegalArgumentException(part);
        }
    }

    private TenantsPart tenants(String part, double seconds) {
        return new TenantsPart(results, part, seconds, isShort ? 10 : 100, isShort ? 100 : 10_000);
    }

    private void embedded(Class<?> benchmark, int threads) throws Exception {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include(benchmark.getName() + "\\.")
                .threads(threads)
                .addProfiler(GCProfiler.class);
        if (isShort) {
            options.forks(1).warmupIterations(1).measurementIterations(2);
            options.warmupTime(TimeValue.seconds(1)).measurementTime(TimeValue.seconds(1));
            if (benchmark == TenantsBenchmark.class) {
                options.param("tenants", "0", "100");
            }
        }
        Collection<RunResult> runs = new Runner(options.build()).run();
        for (RunResult run : runs) {
            String name = run.getParams().getBenchmark();
            StringBuilder figure =
                    new StringBuilder(name.substring(name.lastIndexOf('.', name.lastIndexOf('.') - 1) + 1));
            run.getParams()
                    .getParamsKeys()
                    .forEach(key -> figure.append(' ')
                            .append(key)
                            .append('=')
                            .append(run.getParams().getParam(key)));
            figure.append(", threads: ").append(threads);
            Result<?> time = run.getPrimaryResult();
            String error = String.format(Locale.ROOT, "+- %.1f", time.getScoreError());
            results.add("embedded", figure.toString(), time.getScore(), time.getScoreUnit(), error);
            Result<?> allocated = run.getSecondaryResults().get("gc.alloc.rate.norm");
            if (allocated != null) {
                results.add("embedded", figure + ", allocated", allocated.getScore(), "B/op", "");
            }
        }
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /** So that a worker that gave its rights up can read what lies there. */
    static void openToAll(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.toList()) {
                Files.setPosixFilePermissions(
                        path, PosixFilePermissions.fromString(Files.isDirectory(path) ? "rwxr-xr-x" : "rw-r--r--"));
            }
        }
    }
}
