package io.riptide.proof.trace;

import io.riptide.proof.bench.Zipf;
import java.util.Locale;
import java.util.SplittableRandom;

/** Traces of very many tenants, from a few large ones to hundreds of small ones. The same for the same arguments. */
final class Crowd {
    /** Tenants' key counts go down by it, from the first to the last. */
    private static final double SIZES = 0.9;
    /** How often tenants ask, likewise: somewhat more unevenly than they are large, so the small ask more seldom. */
    private static final double RATES = 1.0;

    private static final double KEYS = 0.9;
    private static final int SMALLEST = 256;
    private static final int LARGEST = 1280;

    private Crowd() {}

    /** So many requests for about so many keys of so many tenants. */
    static Trace of(int tenants, int requests, int keys) {
        double sum = 0;
        for (int tenant = 0; tenant < tenants; tenant++) {
            sum += Math.pow(tenant + 1, -SIZES);
        }
        Zipf[] own = new Zipf[tenants];
        for (int tenant = 0; tenant < tenants; tenant++) {
            own[tenant] = new Zipf((int) Math.max(10, keys * Math.pow(tenant + 1, -SIZES) / sum), KEYS);
        }
        Zipf whose = new Zipf(tenants, RATES);
        SplittableRandom random = new SplittableRandom(20);
        Trace.Recorder recorder = new Trace.Recorder(requests);
        for (int i = 0; i < requests; i++) {
            int tenant = whose.next(random);
            int key = own[tenant].next(random);
            int size = SMALLEST + Math.floorMod((key * 31 + tenant) * 0x9E3779B9, LARGEST - SMALLEST);
            var unused = recorder.add(tenant, key, size);
        }
        return recorder.trace(
                String.format(Locale.ROOT, "%,d tenants, %,d keys", tenants, keys),
                String.format(
                        Locale.ROOT,
                        "key counts by Zipf %s, requests by Zipf %s, each tenant's keys by Zipf %s, values of %d to %,d"
                                + " bytes; seed 20",
                        SIZES,
                        RATES,
                        KEYS,
                        SMALLEST,
                        LARGEST));
    }
}
