package io.riptide.proof.trace;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;

/** The simulator's own traces, of any length and the same for the same length. Each says its seed. */
final class Generated {
    private static final int TENANTS = 8;
    private static final int SMALLEST = 1 << 10;
    private static final int LARGEST = 16 << 10;

    private final int length;
    /** What the traces' key spaces are measured in: a tenth of the requests. */
    private final int keys;

    private Generated(int length) {
        this.length = length;
        this.keys = length / 10;
    }

    /** All of them, of so many requests each, at least 1,000. */
    static List<Trace> all(int length) {
        Generated generated = new Generated(length);
        List<Trace> traces = new ArrayList<>();
        traces.add(generated.zipf(0.99, 1));
        traces.add(generated.zipf(0.7, 2));
        traces.add(generated.scans());
        traces.add(generated.loop());
        traces.add(generated.shift());
        traces.add(generated.blend());
        traces.add(generated.sizes());
        traces.add(generated.tenants());
        return traces;
    }

    private Trace zipf(double exponent, long seed) {
        return recorded(
                "zipf " + exponent,
                String.format(Locale.ROOT, "Zipf %s over %,d keys; seed %d", exponent, keys, seed),
                Patterns.zipf(keys, exponent, seed));
    }

    private Trace scans() {
        int run = length / 25;
        int scan = run / 4;
        return recorded(
                "scans",
                String.format(
                        Locale.ROOT,
                        "Zipf 0.9 over %,d keys; after each %,d requests a scan of %,d keys that never come again;"
                                + " seed 3",
                        keys,
                        run,
                        scan),
                Patterns.inTurn(Patterns.zipf(keys, 0.9, 3), run, Patterns.above(keys, Patterns.once()), scan));
    }

    private Trace loop() {
        return recorded(
                "loop",
                String.format(Locale.ROOT, "%,d keys in turn, again and again; no seed", keys),
                Patterns.loop(keys));
    }

    private Trace shift() {
        int set = keys / 4;
        int stay = length / 20;
        return recorded(
                "shift",
                String.format(
                        Locale.ROOT,
                        "a working set of %,d keys (Zipf 0.8) that moves on by half of itself every %,d requests;"
                                + " seed 4",
                        set,
                        stay),
                Patterns.shifting(set, stay, 0.8, 4));
    }

    /** Changes what a policy should favour: the recent, then the frequent, then neither. */
    private Trace blend() {
        int part = length / 5;
        LongSupplier zipf = Patterns.zipf(keys, 0.9, 5);
        LongSupplier loop = Patterns.above(keys, Patterns.loop(keys / 4));
        LongSupplier shift = Patterns.above(2L * keys, Patterns.shifting(keys / 10, length / 50, 0.5, 6));
        List<LongSupplier> parts = List.of(zipf, shift, loop, zipf, loop);
        Trace.Recorder recorder = new Trace.Recorder(length);
        for (int i = 0; i < length; i++) {
            LongSupplier now = parts.get(Math.min(i / part, parts.size() - 1));
            var unused = recorder.add(now.getAsLong());
        }
        return recorder.trace(
                "blend", "by fifths: Zipf 0.9, shifting sets, a loop, the same Zipf, the same loop; seeds 5 and 6");
    }

    private Trace sizes() {
        int few = keys / 4;
        SplittableRandom random = new SplittableRandom(8);
        int[] sizes = new int[few];
        double span = Math.log((double) LARGEST / SMALLEST);
        for (int i = 0; i < few; i++) {
            sizes[i] = (int) (SMALLEST * Math.exp(random.nextDouble() * span));
        }
        LongSupplier zipf = Patterns.zipf(few, 0.8, 7);
        Trace.Recorder recorder = new Trace.Recorder(length);
        for (int i = 0; i < length; i++) {
            int key = (int) zipf.getAsLong();
            var unused = recorder.add(0, key, sizes[key]);
        }
        return recorder.trace(
                "sizes",
                String.format(
                        Locale.ROOT,
                        "Zipf 0.8 over %,d keys whose values have 1 to 16 KiB, evenly over the logarithm;"
                                + " seeds 7 and 8",
                        few));
    }

    /** Of eight tenants, two flood: one with a scan without end, one with a loop. */
    private Trace tenants() {
        int own = keys / TENANTS;
        List<LongSupplier> patterns = new ArrayList<>();
        for (int tenant = 0; tenant < TENANTS - 2; tenant++) {
            patterns.add(
                    tenant % 3 == 2
                            ? Patterns.shifting(own / 2, length / 100, 0.8, 10 + tenant)
                            : Patterns.zipf(own, 0.9, 10 + tenant));
        }
        patterns.add(Patterns.once());
        patterns.add(Patterns.loop(own));
        LongSupplier whose = Patterns.zipf(TENANTS, 0.3, 9);
        Trace.Recorder recorder = new Trace.Recorder(length);
        for (int i = 0; i < length; i++) {
            int tenant = (int) whose.getAsLong();
            var unused = recorder.add(tenant, patterns.get(tenant).getAsLong(), Trace.Recorder.SIZE);
        }
        return recorder.trace(
                "tenants",
                "8 tenants, drawn by Zipf 0.3: four with Zipf 0.9, two with shifting sets, one that scans without"
                        + " end, one that loops; seeds 9 to 15");
    }

    private Trace recorded(String name, String description, LongSupplier pattern) {
        Trace.Recorder recorder = new Trace.Recorder(length);
        for (int i = 0; i < length; i++) {
            var unused = recorder.add(pattern.getAsLong());
        }
        return recorder.trace(name, description);
    }
}
