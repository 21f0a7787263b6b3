package io.riptide.proof.bench;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A hit of 1 KiB over HTTP, authenticated, all headers: beside a bare handler, beside nginx, and at half the full rate.
 */
final class HitPart {
    private static final int ROUNDS = 3;
    private static final int CONNECTIONS = 64;
    private static final Set<String> NOT_COPIED = Set.of("content-length", "connection", "transfer-encoding", "date");

    private final Results results;
    private final double seconds;

    HitPart(Results results, double seconds) {
        this.results = results;
        this.seconds = seconds;
    }

    void run() throws Exception {
        Path work = Files.createTempDirectory("riptide-bench-peers");
        try (Served served = Served.start()) {
            String apiKey = served.createTenant("speed");
            byte[] document = document();
            try (Wire wire = new Wire(served.port())) {
                byte[] put = Wire.request(
                        "PUT",
                        "/v1/cache/n/k",
                        Served.credential(apiKey) + "Content-Type: application/json\r\n",
                        document);
                wire.call(put).expect(201);
            }
            String url = "http://127.0.0.1:" + served.port() + "/v1/cache/n/k";
            List<String> headers = List.of("Authorization: Bearer " + apiKey);
            Wrk.run(url, CONNECTIONS, seconds, headers, "");
            Wrk.run(url, CONNECTIONS, seconds, headers, "");
            besideBare(served, url, headers, work, document);
            double full = besideNginx(url, headers, work);
            halfRate(served.port(), apiKey, full);
        }
    }

    /** A JSON document of 1,024 bytes. */
    private static byte[] document() {
        StringBuilder json = new StringBuilder("{\"items\":[");
        for (int i = 0; json.length() < 1000; i++) {
            json.append(String.format(Locale.ROOT, "{\"id\":%d,\"name\":\"item %d\",\"price\":%.2f},", i, i, i * 1.25));
        }
        return Arrays.copyOf(json.toString().getBytes(StandardCharsets.US_ASCII), 1024);
    }

    private void besideBare(Served served, String url, List<String> headers, Path work, byte[] document)
            throws Exception {
        Path fields = Files.write(work.resolve("headers"), headersOf(url, headers.getFirst()));
        Path body = Files.write(work.resolve("body"), document);
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                BareServer.class.getName(),
                fields.toString(),
                body.toString());
        try (Child bare = Child.start(command, Map.of(), Pattern.compile("bare (\\d+)"))) {
            String bareUrl = "http://127.0.0.1:" + bare.ready() + "/v1/cache/n/k";
            Wrk.run(bareUrl, CONNECTIONS, seconds, headers, "");
            Wrk.run(bareUrl, CONNECTIONS, seconds, headers, "");
            double[] own = new double[ROUNDS];
            double[] peer = new double[ROUNDS];
            double[] ratios = new double[ROUNDS];
            for (int round = 0; round < ROUNDS; round++) {
                own[round] = cpuPerRequest(served.child(), url, headers);
                peer[round] = cpuPerRequest(bare, bareUrl, headers);
                ratios[round] = own[round] / peer[round];
            }
            results.add("http", "CPU a request, RipTide", median(own), "us", "");
            results.add("http", "CPU a request, bare handler", median(peer), "us", "");
            results.add("http", "CPU a request, RipTide over bare", median(ratios), "times", "at most 1.35");
        }
    }

    private static List<String> headersOf(String url, String credential) throws Exception {
        String value = credential.substring(credential.indexOf(':') + 1).strip();
        try (HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create(url))
                    .header("Authorization", value)
                    .build();
            List<String> lines = new ArrayList<>();
            client.send(request, HttpResponse.BodyHandlers.discarding())
                    .headers()
                    .map()
                    .forEach((name, values) -> {
                        if (!NOT_COPIED.contains(name.toLowerCase(Locale.ROOT))) {
                            values.forEach(v -> lines.add(name + ": " + v));
                        }
                    });
            return lines;
        }
    }

    private double cpuPerRequest(Child server, String url, List<String> headers) throws Exception {
        double before = server.cpuSeconds();
        Wrk.Outcome outcome = Wrk.run(url, CONNECTIONS, seconds, headers, "");
        return (server.cpuSeconds() - before) / outcome.requests() * 1e6;
    }

    /** Returns RipTide's rate. */
    @SuppressWarnings("try") // It serves while it is open.
    private double besideNginx(String url, List<String> headers, Path work) throws Exception {
        Path root = Files.createDirectories(work.resolve("www"));
        Files.write(root.resolve("x"), new byte[1024]);
        int port = Bench.freePort();
        Path config = Files.writeString(work.resolve("nginx.conf"), """
                worker_processes 1; daemon off; pid %1$s/pid; error_log stderr notice;
                events { worker_connections 1024; }
                http { access_log off; keepalive_requests 100000000; open_file_cache max=10;
                  server { listen 127.0.0.1:%2$d; root %1$s/www; add_header Cache-Control max-age=60; } }
                """.formatted(work, port));
        Bench.openToAll(work);
        List<String> command = List.of("nginx", "-c", config.toString(), "-p", work.toString());
        try (Child nginx = Child.start(command, Map.of(), Pattern.compile("(.*start worker process.*)"))) {
            String peerUrl = "http://127.0.0.1:" + port + "/x";
            double[] own = new double[ROUNDS];
            double[] ratios = new double[ROUNDS];
            double[] peer = new double[ROUNDS];
            for (int round = 0; round < ROUNDS; round++) {
                own[round] = Wrk.run(url, CONNECTIONS, seconds, headers, "").rate();
                peer[round] =
                        Wrk.run(peerUrl, CONNECTIONS, seconds, List.of(), "").rate();
                ratios[round] = own[round] / peer[round];
            }
            results.add("http", "throughput, RipTide", median(own), "a second", "");
            results.add("http", "throughput, nginx", median(peer), "a second", "");
            results.add("http", "throughput, RipTide over nginx", median(ratios), "times", "at least 0.55");
            return median(own);
        }
    }

    private void halfRate(int port, String apiKey, double full) throws Exception {
        byte[] get = Wire.request("GET", "/v1/cache/n/k", Served.credential(apiKey), new byte[0]);
        Load.Call call = new Load.Call(get, (answer, millis) -> {
            answer.expect(200);
            return null;
        });
        Load.run(port, CONNECTIONS, full / 2, seconds, () -> call);
        Load.Outcome outcome = Load.run(port, CONNECTIONS, full / 2, seconds * 2, () -> call);
        results.add("http", "rate asked for: half the full one", full / 2, "a second", "");
        results.add("http", "rate reached", outcome.rate(), "a second", "");
        results.add("http", "p50 at half the full rate", outcome.percentile(50), "ms", "");
        results.add("http", "p99 at half the full rate", outcome.percentile(99), "ms", "");
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
