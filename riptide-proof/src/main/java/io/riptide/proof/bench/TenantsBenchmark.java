package io.riptide.proof.bench;

import static java.util.Objects.requireNonNull;

import io.riptide.cache.Lookup;
import io.riptide.door.TenantCaller;
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

/** From credential to hit, with no other tenant and with 100,000 others in the control store. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@State(Scope.Benchmark)
public class TenantsBenchmark {
    /** Others. */
    @Param({"0", "100000"})
    public int tenants;

    private @Nullable WholeRig rig;

    /** Makes them. */
    @Setup(Level.Trial)
    public void open() throws Exception {
        rig = WholeRig.open(tenants);
    }

    /** Closes. */
    @TearDown(Level.Trial)
    public void close() throws Exception {
        requireNonNull(rig).close();
    }

    /** The path of a read. */
    @Benchmark
    public Lookup hit() {
        WholeRig whole = requireNonNull(rig);
        TenantCaller caller = whole.riptide().door().tenant(whole.apiKey(), null);
        return caller.cache().namespace("pages").get("key");
    }
}
