package io.riptide.proof.trace;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Replays a trace to every contender under every bound. */
final class Simulation {
    /** Bounds as shares of what all entries of a trace weigh together. */
    static final List<Double> SHARES = List.of(0.01, 0.02, 0.05, 0.1, 0.2, 0.4);

    private Simulation() {}

    /** The rates by bound, in the order of the shares; a trace of no requests has none. */
    static List<Rates> run(Trace trace, List<Double> shares) {
        List<Rates> rates = new ArrayList<>();
        if (trace.length() == 0) {
            return rates;
        }
        try (StoredTrace stored = StoredTrace.fill(trace)) {
            Weighed weighed = stored.weighed();
            for (double share : shares) {
                long bound = weighed.bound(share);
                Map<Contender, Double> percent = new EnumMap<>(Contender.class);
                percent.put(Contender.RIPTIDE, percent(trace, stored.cache(bound)));
                percent.put(Contender.CAFFEINE, percent(trace, new CaffeinePolicy(weighed, bound)));
                percent.put(Contender.LRU, percent(trace, new LruPolicy(weighed, bound)));
                percent.put(Contender.OPTIMUM, percent(trace, new BeladyPolicy(weighed, bound)));
                rates.add(new Rates(trace, share, bound, percent));
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
}
