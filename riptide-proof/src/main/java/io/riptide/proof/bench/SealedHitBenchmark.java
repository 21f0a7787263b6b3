package io.riptide.proof.bench;

import static java.util.Objects.requireNonNull;

import io.riptide.cache.Lookup;
import io.riptide.cache.Namespace;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** A hit of 1 KiB in the second tier, RocksDB in its block cache, of a tenant in clear and of an encrypted one. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
        value = 2,
        jvmArgsAppend = {"-Xms1g", "-Xmx1g", "--enable-native-access=ALL-UNNAMED"})
public class SealedHitBenchmark {
    private static final int KEYS = 10_000;
    private static final int VALUE_BYTES = 1024;

    /** Whose entry is read. */
    @Param({"clear", "encrypted"})
    public String tenant = "";

    private final String[] keys = new String[KEYS];
    private @Nullable Rig rig;
    private @Nullable Namespace namespace;
    private int at;

    /** Fills the store. */
    @Setup(Level.Trial)
    public void fill() {
        for (int i = 0; i < KEYS; i++) {
            keys[i] = "article/" + i;
        }
        rig = Rig.open();
        namespace = (tenant.equals("encrypted") ? rig.encryptedWithoutMemory(tenant) : rig.tenantWithoutMemory(tenant))
                .namespace("pages");
        Rig.fill(namespace, keys, VALUE_BYTES);
    }

    /** Closes. */
    @TearDown(Level.Trial)
    public void close() {
        if (rig != null) {
            rig.close();
        }
    }

    /** Reads one after another. */
    @Benchmark
    public Lookup hit() {
        at = at == KEYS - 1 ? 0 : at + 1;
        Lookup found = requireNonNull(namespace).get(keys[at]);
        if (!(found instanceof Lookup.Hit hit) || hit.tier() != Lookup.Tier.L2) {
            throw new IllegalStateException("no hit in the second tier");
        }
        return found;
    }
}
