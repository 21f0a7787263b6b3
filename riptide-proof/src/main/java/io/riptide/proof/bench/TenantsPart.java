package io.riptide.proof.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.LongAdder;

/**
 * Many tenants at once: skewed keys, 90 % reads, values of 1 to 16 KiB that compress about as pages do, over the store
 * in a directory; latency at half the saturating rate, over all and by decile of tenants.
 */
final class TenantsPart {
    private static final int CONNECTIONS = 64;
    private static final double SKEW = 0.99;

    private final Results results;
    private final double seconds;
    private final int tenants;
    private final int keys;
    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();

    TenantsPart(Results results, double seconds, int tenants, int keys) {
        this.results = results;
        this.seconds = seconds;
        this.tenants = tenants;
        this.keys = keys;
    }

    void run() throws Exception {
        try (Served served = Served.start()) {
            List<String> credentials = new ArrayList<>();
            for (int i = 0; i < tenants; i++) {
                credentials.add(Served.credential(served.createTenant("tenant-" + i)));
            }
            fill(served.port(), credentials);
            Zipf zipf = new Zipf(keys, SKEW);
            List<List<Double>> latencies = new ArrayList<>();
            Load.run(served.port(), CONNECTIONS, 0, seconds * 2, callers(credentials, zipf, latencies));
            Load.Outcome full = Load.run(served.port(), CONNECTIONS, 0, seconds, callers(credentials, zipf, latencies));
            hits.reset();
            misses.reset();
            latencies.clear();
            double rate = full.rate() / 2;
            Load.Outcome half =
                    Load.run(served.port(), CONNECTIONS, rate, seconds * 3, callers(credentials, zipf, latencies));
            report(full, half);
            deciles(latencies);
        }
    }

    private void report(Load.Outcome full, Load.Outcome half) {
        String who = tenants + " tenants of " + keys + " keys";
        results.add("tenants", who + ": saturating rate", full.rate(), "a second", "");
        results.add("tenants", who + ": rate reached at half of it", half.rate(), "a second", "");
        results.add("tenants", who + ": average", half.mean(), "ms", "under 5");
        results.add("tenants", who + ": p95", half.percentile(95), "ms", "under 5");
        results.add("tenants", who + ": p99", half.percentile(99), "ms", "under 20");
        double reads = hits.sum() + misses.sum();
        results.add("tenants", who + ": hits", 100 * hits.sum() / reads, "%", "over 85");
    }

    /** A tenant belongs to one connection, so that its latencies need no lock. */
    private Load.Callers callers(List<String> credentials, Zipf zipf, List<List<Double>> latencies) {
        for (int i = latencies.size(); i < credentials.size(); i++) {
            latencies.add(new ArrayList<>());
        }
        return connection -> {
            SplittableRandom random = new SplittableRandom(connection);
            return wire -> {
                int own = Math.ceilDiv(Math.max(0, credentials.size() - connection), CONNECTIONS);
                int tenant = own < 1 ? connection % credentials.size() : connection + CONNECTIONS * random.nextInt(own);
                long began = System.nanoTime();
                call(wire, credentials.get(tenant), zipf.next(random), random);
                if (own >= 1) {
                    latencies.get(tenant).add((System.nanoTime() - began) / 1e6);
                }
            };
        };
    }

    private void call(Wire wire, String credential, int key, SplittableRandom random) throws IOException {
        String path = "/v1/cache/pages/key-" + key;
        if (random.nextInt(10) == 0) {
            Bench.expect(wire.call(Wire.request("PUT", path, credential, value(key))), 204, wire);
            return;
        }
        int status = wire.call(Wire.request("GET", path, credential, new byte[0]));
        if (status == 404) {
            misses.increment();
            Bench.expect(wire.call(Wire.request("PUT", path, credential, value(key))), 201, wire);
        } else {
            Bench.expect(status, 200, wire);
            hits.increment();
        }
    }

    private void deciles(List<List<Double>> latencies) {
        List<double[]> byTenant = latencies.stream()
                .filter(list -> !list.isEmpty())
                .map(list ->
                        list.stream().mapToDouble(Double::doubleValue).sorted().toArray())
                .sorted(Comparator.comparingDouble(sorted -> sorted[(int) (sorted.length * 0.95)]))
                .toList();
        for (int decile = 0; decile < 10; decile++) {
            List<double[]> part = byTenant.subList(byTenant.size() * decile / 10, byTenant.size() * (decile + 1) / 10);
            if (!part.isEmpty()) {
                double[] all =
                        part.stream().flatMapToDouble(Arrays::stream).sorted().toArray();
                String name = String.format(Locale.ROOT, "decile %d of tenants (by p95, from the call): ", decile + 1);
                results.add(
                        "tenants",
                        name + "average",
                        Arrays.stream(all).average().orElse(0),
                        "ms",
                        "");
                results.add("tenants", name + "p95", all[(int) (all.length * 0.95)], "ms", "");
                results.add("tenants", name + "p99", all[(int) (all.length * 0.99)], "ms", "");
            }
        }
    }

    /** Every key once, so that what is measured is a cache that has been there for a while. */
    private void fill(int port, List<String> credentials) throws IOException {
        try (Wire wire = new Wire(port)) {
            for (String credential : credentials) {
                for (int from = 0; from < keys; from += 100) {
                    StringBuilder json = new StringBuilder("{\"entries\":[");
                    for (int key = from; key < Math.min(keys, from + 100); key++) {
                        json.append(key == from ? "" : ",")
                                .append("{\"key\":\"key-")
                                .append(key)
                                .append("\",\"value\":\"");
                        json.append(new String(value(key), StandardCharsets.US_ASCII))
                                .append("\"}");
                    }
                    byte[] body = json.append("]}").toString().getBytes(StandardCharsets.US_ASCII);
                    String headers = credential + "Content-Type: application/json\r\n";
                    Bench.expect(
                            wire.call(Wire.request("POST", "/v1/cache/pages/_batch/set", headers, body)), 200, wire);
                }
            }
        }
    }

    /** Between 1 and 16 KiB by key, of words, so that it compresses. */
    private static byte[] value(int key) {
        SplittableRandom random = new SplittableRandom(key);
        byte[] value = new byte[1024 + random.nextInt(15 * 1024)];
        String[] words = {"cache ", "tenant ", "article ", "<p>", "</p>", "https://example.com/", "quota ", "page "};
        int at = 0;
        while (at < value.length) {
            String next = random.nextInt(4) == 0 ? Integer.toString(random.nextInt(100_000)) : words[random.nextInt(8)];
            byte[] bytes = next.getBytes(StandardCharsets.US_ASCII);
            int length = Math.min(bytes.length, value.length - at);
            System.arraycopy(bytes, 0, value, at, length);
            at += length;
        }
        return value;
    }
}
