package io.riptide.proof.bench;

import static java.util.Objects.requireNonNull;

import io.riptide.cache.Lookup;
import io.riptide.cache.Namespace;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** A thousand keys at once beside a thousand single reads: time a key, from L1 and from the store. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
        value = 2,
        jvmArgsAppend = {"-Xms1g", "-Xmx1g", "--enable-native-access=ALL-UNNAMED"})
@State(Scope.Benchmark)
public class BatchBenchmark {
    private static final int KEYS = 1000;

    /** From where: {@code l1}, or {@code l2}, where no tenant may hold anything in memory. */
    @Param({"l1", "l2"})
    public String tier = "l1";

    private final String[] keys = new String[KEYS];
    private @Nullable Rig rig;
    private @Nullable Namespace namespace;

    /** Fills. */
    @Setup(Level.Trial)
    public void fill() {
        for (int i = 0; i < KEYS; i++) {
            keys[i] = "article/" + i;
        }
        rig = Rig.open();
        namespace = (tier.equals("l1") ? rig.tenant("bench") : rig.tenantWithoutMemory("bench")).namespace("pages");
        Rig.fill(namespace, keys, 100);
    }

    /** Closes. */
    @TearDown(Level.Trial)
    public void close() {
        requireNonNull(rig).close();
    }

    /** One call. */
    @Benchmark
    @OperationsPerInvocation(KEYS)
    public List<Lookup> batch() {
        return requireNonNull(namespace).getAll(List.of(keys));
    }

    /** A call for each. */
    @Benchmark
    @OperationsPerInvocation(KEYS)
    public void singles(Blackhole sink) {
        Namespace reads = requireNonNull(namespace);
        for (String key : keys) {
            sink.consume(reads.get(key));
        }
    }
}
