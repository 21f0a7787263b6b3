package io.riptide.proof.crash;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.riptide.proof.ServerProcess;
import io.riptide.testkit.Await;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real server, killed while administrators change things: each change that was answered has its row. */
class KilledWhileAdministeredTest {
    private static final int ADMINISTRATORS = 4;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Map<String, String> JSON_BODY = Map.of("Content-Type", "application/json");
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    private Path directory;

    private final SplittableRandom random = new SplittableRandom(11);
    private final AtomicInteger tenants = new AtomicInteger();
    /** What was answered with success: the request's id, and what it did. */
    private final Map<String, String> acknowledged = new ConcurrentHashMap<>();

    @Test
    void threeKillsLoseNoRowOfWhatWasAnswered() throws Exception {
        killAndCheck(3);
    }

    @Tag("proof")
    @Test
    void fiftyKillsLoseNoRowOfWhatWasAnswered() throws Exception {
        killAndCheck(50);
    }

    private void killAndCheck(int kills) throws Exception {
        Path data = directory.resolve("data");
        ServerProcess server = ServerProcess.start(data);
        try {
            String noted = "";
            for (int kill = 0; kill < kills; kill++) {
                administerUntilKilled(server);
                server = ServerProcess.start(data);
                noted = check(server, noted);
            }
        } finally {
            server.close();
        }
    }

    private void administerUntilKilled(ServerProcess server) throws Exception {
        int before = acknowledged.size();
        List<Future<?>> running = new ArrayList<>();
        try (ExecutorService administrators = Executors.newFixedThreadPool(ADMINISTRATORS)) {
            for (int i = 0; i < ADMINISTRATORS; i++) {
                running.add(administrators.submit(() -> administer(server)));
            }
            Await.until(PATIENCE, "changes", () -> acknowledged.size() > before);
            // That is what is tested: an end at any moment, which no event of the server's announces.
            long end = System.nanoTime() + random.nextLong(1_000_000_000L);
            while (System.nanoTime() - end < 0) {
                LockSupport.parkNanos(end - System.nanoTime());
            }
            server.kill();
        }
        for (Future<?> one : running) {
            Object unused = one.get();
        }
    }

    /** One tenant after the other, until the server is gone. */
    private void administer(ServerProcess server) {
        try {
            while (true) {
                String id = "t" + tenants.incrementAndGet();
                String one = "/admin/tenants/" + id;
                call(server, "tenant.create", "POST", "/admin/tenants", """
                        {"id": "%s", "name": "T", "owner_name": "O", "owner_email": "o@example.com",
                         "billing_plan": "free"}""".formatted(id));
                call(server, "tenant.suspend", "POST", one + "/suspend", "{\"reason\": \"r\"}");
                call(server, "tenant.resume", "POST", one + "/resume", null);
                call(server, "tenant.update", "PUT", one, "{\"name\": \"Another\"}");
                call(server, "key.create", "POST", one + "/keys", "{\"name\": \"k\"}");
                call(server, "tenant.delete", "DELETE", one, null);
            }
        } catch (IOException e) {
            // It was killed.
            return;
        }
    }

    private void call(ServerProcess server, String action, String method, String path, String body) throws IOException {
        HttpResponse<byte[]> answer = server.admin(method, path, body, JSON_BODY);
        assertThat(answer.statusCode())
                .as(new String(answer.body(), StandardCharsets.UTF_8))
                .isBetween(200, 299);
        acknowledged.put(answer.headers().firstValue("X-Request-ID").orElseThrow(), action);
    }

    /** The chain holds, also to where it ended before; all is in it that was answered, once. Returns where it ends. */
    private String check(ServerProcess server, String noted) throws IOException {
        String query = noted.isEmpty() ? "" : "?head=" + noted;
        JsonNode verified = ServerProcess.json(server.admin("GET", "/admin/audit/verify" + query, null, Map.of()));
        assertThat(verified.get("valid").asBoolean()).as(verified.toString()).isTrue();
        assertThat(verified.get("unchecked").asLong()).isZero();
        List<String> lines = new String(
                        server.admin("GET", "/admin/audit", null, Map.of("Accept", "application/x-ndjson"))
                                .body(),
                        StandardCharsets.UTF_8)
                .lines()
                .toList();
        Map<String, String> written = new ConcurrentHashMap<>();
        Set<Long> numbers = new HashSet<>();
        for (String line : lines) {
            JsonNode row = JSON.readTree(line);
            assertThat(numbers.add(row.get("seq").asLong())).isTrue();
            if (row.get("result").asText().equals("ok")
                    && !row.path("request_id").isNull()) {
                String action = row.get("action").asText();
                assertThat(written.put(row.get("request_id").asText(), action)).isNull();
            }
        }
        assertThat(written).containsAllEntriesOf(acknowledged);
        return verified.get("head").asText();
    }
}
