package io.riptide.proof.bench;

import io.riptide.testkit.RedisServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Many tenants at once: skewed keys, 90 % reads, values of 1 to 16 KiB that compress about as pages do, over the store
 * in a directory; latency at half the saturating rate, over all and by decile of tenants.
 */
final class TenantsPart {
    private static final int CONNECTIONS = 64;
    private static final double SKEW = 0.99;
    private static final byte[] NOTHING = {};

    private final Results results;
    private final String part;
    private final double seconds;
    private final int tenants;
    private final int keys;
    private final byte[][] values;
    private final List<Samples> byTenant = new ArrayList<>();
    private long hits;
    private long misses;

    TenantsPart(Results results, String part, double seconds, int tenants, int keys) {
        this.results = results;
        this.part = part;
        this.seconds = seconds;
        this.tenants = tenants;
        this.keys = keys;
        this.values = IntStream.range(0, keys).mapToObj(TenantsPart::value).toArray(byte[][]::new);
    }

    void run() throws Exception {
        try (Served served = Served.start()) {
            run(served);
        }
    }

    /** Over a Redis beside it instead of a directory. */
    void runOverRedis() throws Exception {
        try (RedisServer server = RedisServer.start();
                Served served = Served.start(Map.of("RIPTIDE_PERSISTENCE__REDIS__URL", server.url()))) {
            run(served);
        }
    }

    private void run(Served served) throws Exception {
        List<String> credentials = new ArrayList<>();
        for (int i = 0; i < tenants; i++) {
            credentials.add(Served.credential(served.createTenant("tenant-" + i)));
            byTenant.add(new Samples());
        }
        fill(served.port(), credentials);
        Zipf zipf = new Zipf(keys, SKEW);
        SplittableRandom random = new SplittableRandom(1);
        Supplier<Load.Call> calls = () -> call(random.nextInt(tenants), credentials, zipf.next(random), random);
        Load.run(served.port(), CONNECTIONS, 0, seconds * 2, calls);
        Load.Outcome full = Load.run(served.port(), CONNECTIONS, 0, seconds, calls);
        double rate = full.rate() / 2;
        Load.run(served.port(), CONNECTIONS, rate, seconds, calls);
        hits = 0;
        misses = 0;
        byTenant.replaceAll(samples -> new Samples());
        Load.Outcome half = Load.run(served.port(), CONNECTIONS, rate, seconds * 3, calls);
        report(full, half);
        deciles();
    }

    private void report(Load.Outcome full, Load.Outcome half) {
        String who = tenants + " tenants of " + keys + " keys";
        results.add(part, who + ": saturating rate", full.rate(), "a second", "");
        results.add(part, who + ": rate reached at half of it", half.rate(), "a second", "");
        results.add(part, who + ": average", half.mean(), "ms", "under 5");
        results.add(part, who + ": p95", half.percentile(95), "ms", "under 5");
        results.add(part, who + ": p99", half.percentile(99), "ms", "under 20");
        results.add(part, who + ": hits", 100.0 * hits / (hits + misses), "%", "over 85");
    }

    private Load.Call call(int tenant, List<String> credentials, int key, SplittableRandom random) {
        String credential = credentials.get(tenant);
        String path = "/v1/cache/pages/key-" + key;
        if (random.nextInt(10) == 0) {
            return put(tenant, path, credential, key, 204);
        }
        return new Load.Call(Wire.request("GET", path, credential, NOTHING), (answer, millis) -> {
            byTenant.get(tenant).add(millis);
            if (answer.status() == 404) {
                misses++;
                return put(tenant, path, credential, key, 201);
            }
            answer.expect(200);
            hits++;
            return null;
        });
    }

    private Load.Call put(int tenant, String path, String credential, int key, int status) {
        return new Load.Call(Wire.request("PUT", path, credential, values[key]), (answer, millis) -> {
            byTenant.get(tenant).add(millis);
            answer.expect(status);
            return null;
        });
    }

    private void deciles() {
        List<Samples> sorted = byTenant.stream()
                .filter(samples -> !samples.isEmpty())
                .sorted(Comparator.comparingDouble(samples -> Samples.percentile(samples.sorted(), 95)))
                .toList();
        for (int decile = 0; decile < 10; decile++) {
            double[] some =
                    Samples.sorted(sorted.subList(sorted.size() * decile / 10, sorted.size() * (decile + 1) / 10));
            String name = String.format(Locale.ROOT, "decile %d of tenants (by p95, from the call): ", decile + 1);
            results.add(part, name + "average", Samples.mean(some), "ms", "");
            results.add(part, name + "p95", Samples.percentile(some, 95), "ms", "");
            results.add(part, name + "p99", Samples.percentile(some, 99), "ms", "");
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
                        json.append(new String(values[key], StandardCharsets.US_ASCII))
                                .append("\"}");
                    }
                    byte[] body = json.append("]}").toString().getBytes(StandardCharsets.US_ASCII);
                    String headers = credential + "Content-Type: application/json\r\n";
                    wire.call(Wire.request("POST", "/v1/cache/pages/_batch/set", headers, body))
                            .expect(200);
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
