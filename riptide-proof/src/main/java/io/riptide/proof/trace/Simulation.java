package io.riptide.proof.trace;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Replays a trace to every contender under every bound. */
final class Simulation {
    /** Bounds as shares of what all entries of a trace weigh together. */
    static final List<Double> SHARES = List.of(0.01, 0.02, 0.05, 0.1, 0.2, 0.4);

    private Simulation() {}

    /**
     * The rates by bound, in the order of the shares; a trace of no requests has none.
     *
     * @param runs of those who draw lots, at least two, each with keys that hash differently
     */
    static List<Rates> run(Trace trace, List<Double> shares, int runs) {
        List<Rates> rates = new ArrayList<>();
        if (trace.length() == 0) {
            return rates;
        }
        try (StoredTrace stored = StoredTrace.fill(trace, runs)) {
            Weighed weighed = stored.weighed();
            for (double share : shares) {
                long bound = weighed.bound(share);
                double[] riptide = new double[runs];
                double[] caffeine = new double[runs];
                for (int run = 0; run < runs; run++) {
                    riptide[run] = percent(trace, stored.cache(bound, run));
                    caffeine[run] = percent(trace, new CaffeinePolicy(weighed, bound, run));
                }
                Map<Contender, Double> percent = new EnumMap<>(Contender.class);
                percent.put(Contender.RIPTIDE, mean(riptide));
                percent.put(Contender.CAFFEINE, mean(caffeine));
                percent.put(Contender.LRU, percent(trace, new LruPolicy(weighed, bound)));
                percent.put(Contender.OPTIMUM, percent(trace, new BeladyPolicy(weighed, bound)));
                double error = Math.sqrt((variance(riptide) + variance(caffeine)) / runs);
                rates.add(new Rates(trace, share, bound, percent, error));
            }
        }
        return rates;
    }

    private static double percent(Trace trace, Policy policy) {
        int hits = 0;
        for (int at = 0; at < trace.length(); at++) {
            hits += policy.request(at) ? 1 : 0;
        }
        return 100.0 * hits / trace.length();
    }

    private static double mean(double[] values) {
        return Arrays.stream(values).average().orElseThrow();
    }

    private static double variance(double[] values) {
        double mean = mean(values);
        return Arrays.stream(values)
                        .map(value -> (value - mean) * (value - mean))
                        .sum()
                / (values.length - 1);
    }
}
