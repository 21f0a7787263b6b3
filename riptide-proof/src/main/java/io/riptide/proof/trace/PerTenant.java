package io.riptide.proof.trace;

import java.util.Arrays;

/** Hits of a trace by tenant. */
final class PerTenant {
    private final int[] hits;
    private final int[] requests;

    private PerTenant(int tenants) {
        hits = new int[tenants];
        requests = new int[tenants];
    }

    /** Replays a trace. */
    static PerTenant replay(Trace trace, Policy policy) {
        PerTenant counted = new PerTenant(trace.tenants());
        for (int at = 0; at < trace.length(); at++) {
            int tenant = trace.tenant(trace.key(at));
            counted.requests[tenant]++;
            counted.hits[tenant] += policy.request(at) ? 1 : 0;
        }
        return counted;
    }

    /** Of a hundred requests of all together. */
    double all() {
        return 100.0 * Arrays.stream(hits).sum() / Arrays.stream(requests).sum();
    }

    /** Of a hundred requests of one. */
    double of(int tenant) {
        return 100.0 * hits[tenant] / requests[tenant];
    }

    /** Of a hundred requests of each tenant that made any, the worst first. */
    double[] sorted() {
        double[] rates = new double[hits.length];
        int tenants = 0;
        for (int tenant = 0; tenant < hits.length; tenant++) {
            if (requests[tenant] > 0) {
                rates[tenant] = 100.0 * hits[tenant] / requests[tenant];
                tenants++;
            } else {
                rates[tenant] = Double.POSITIVE_INFINITY;
            }
        }
        Arrays.sort(rates);
        return Arrays.copyOf(rates, tenants);
    }

    /** The mean of the tenth of the tenants that has the fewest hits of a hundred requests. */
    double worstDecile() {
        double[] rates = sorted();
        return Arrays.stream(rates)
                .limit(Math.max(1, rates.length / 10))
                .average()
                .orElseThrow();
    }

    /** Of the tenant in the middle. */
    double median() {
        double[] rates = sorted();
        return rates[rates.length / 2];
    }
}
