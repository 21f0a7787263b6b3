package io.riptide.server.cli;

import io.riptide.config.ConfigLoader;
import io.riptide.config.ConfigOutcome;
import io.riptide.config.PersistenceConfig;
import io.riptide.server.RipTideServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;

/**
 * {@code riptide train}: what a server usually does, once, in a folder that is removed afterwards. The launcher runs
 * it to have the JVM note the classes that a start needs, so that later starts find them loaded and linked.
 */
@Command(name = "train", hidden = true, description = "Runs the usual paths once; the launcher's preparation.")
final class TrainCommand implements Callable<Integer> {
    private static final String ADMIN_KEY = "the-admin-key-of-a-training-run";
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final PrintWriter out;

    TrainCommand(PrintWriter out) {
        this.out = out;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path data = Files.createTempDirectory("riptide-train");
        try (RipTideServer server = RipTideServer.start(config(), data, ADMIN_KEY);
                HttpClient client =
                        HttpClient.newBuilder().connectTimeout(TIMEOUT).build()) {
            new Visitor(client, "http://127.0.0.1:" + server.port()).visit();
        } finally {
            remove(data);
        }
        out.println("The usual paths ran.");
        return 0;
    }

    private static PersistenceConfig config() {
        ConfigOutcome outcome = new ConfigLoader(Map.of()).load(List.of(), List.of("server.port=0"));
        return switch (outcome) {
            case ConfigOutcome.Valid valid -> valid.config();
            case ConfigOutcome.Invalid invalid -> throw invalid.asProblem().asException();
        };
    }

    private record Visitor(HttpClient client, String url) {
        private static final String TENANT = """
                {"id": "train", "name": "Training", "owner_name": "RipTide", "owner_email": "train@example.com",
                 "billing_plan": "free"}""";
        private static final String ENTRIES = """
                {"entries": [{"key": "a", "value": {"b": 1}}, {"key": "c", "value_base64": "AAE="}]}""";
        private static final String KEYS = """
                {"keys": ["a", "c", "d"]}""";

        void visit() throws IOException, InterruptedException {
            call("GET", "/readyz", "", ADMIN_KEY, 200);
            call("GET", "/openapi.json", "", ADMIN_KEY, 200);
            String made = call("POST", "/admin/tenants", TENANT, ADMIN_KEY, 201);
            String key = made.replaceAll("(?s).*\"api_key\"\\s*:\\s*\"([^\"]+)\".*", "$1");
            for (int i = 0; i < 20; i++) {
                String path = "/v1/cache/train/key-" + i;
                call("PUT", path, "{\"n\": " + "1".repeat(100 * i + 1) + "}", key, 201);
                call("GET", path, "", key, 200);
            }
            call("GET", "/v1/cache/train/absent", "", key, 404);
            call("DELETE", "/v1/cache/train/key-0", "", key, 204);
            call("POST", "/v1/cache/train/_batch/set", ENTRIES, key, 200);
            call("POST", "/v1/cache/train/_batch/get", KEYS, key, 200);
            call("GET", "/v1/cache/train?limit=5", "", key, 200);
            call("GET", "/v1/usage", "", key, 200);
            call("GET", "/admin/tenants", "", ADMIN_KEY, 200);
            call("GET", "/metrics", "", ADMIN_KEY, 200);
            call("GET", "/v1/usage", "", "rtk_wrong", 401);
        }

        /** One request; an answer of another status than the expected one fails the run. */
        private String call(String method, String path, String body, String key, int expected)
                throws IOException, InterruptedException {
            HttpRequest request = HttpRequest.newBuilder(URI.create(url + path))
                    .timeout(TIMEOUT)
                    .header("Authorization", "Bearer " + key)
                    .header("Content-Type", "application/json")
                    .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                    .build();
            HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
            if (answer.statusCode() != expected) {
                String got = answer.statusCode() + " (expected " + expected + "): " + answer.body();
                throw new IOException(method + " " + path + ": " + got);
            }
            return answer.body();
        }
    }

    private static void remove(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            all.sorted(Comparator.reverseOrder()).forEach(file -> {
                try {
                    Files.deleteIfExists(file);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
