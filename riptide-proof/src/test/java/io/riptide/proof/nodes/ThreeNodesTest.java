package io.riptide.proof.nodes;

import static io.riptide.proof.ServerProcess.entry;
import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.testkit.Await;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three real nodes over real stores: one service, whatever of it is stopped, killed or frozen. */
@Tag("proof")
class ThreeNodesTest {
    private static final Duration SOON = Duration.ofSeconds(2);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private static Path folder;

    private static Nodes nodes;

    @BeforeAll
    static void start() {
        nodes = new Nodes(folder);
    }

    @AfterAll
    static void stop() {
        nodes.close();
    }

    private static int status(int node, String key, String method, String path) {
        return nodes.node(node).call(key, method, path, null).statusCode();
    }

    private static void answersMore(Load load) {
        long before = load.answered();
        Await.until(PATIENCE, "calls to be answered", () -> load.answered() > before + 100);
    }

    @Test
    void what_is_done_at_one_node_holds_at_all() {
        String key = nodes.node(0).createTenant("everywhere");
        String path = entry("ns", "k");
        byte[] value = "v".getBytes(StandardCharsets.US_ASCII);
        assertThat(nodes.node(0).call(key, "PUT", path, value).statusCode()).isEqualTo(201);
        for (int node = 0; node < Nodes.COUNT; node++) {
            assertThat(nodes.node(node).call(key, "GET", path, null).body()).isEqualTo(value);
        }
        assertThat(status(1, key, "DELETE", path)).isEqualTo(204);
        Await.until(SOON, "the removal to hold", () -> status(2, key, "GET", path) == 404);
        assertThat(nodes.node(2).suspend("everywhere")).isEqualTo(200);
        for (int node = 0; node < Nodes.COUNT; node++) {
            int there = node;
            Await.until(SOON, "the suspension to hold", () -> status(there, key, "GET", path) == 403);
        }
        assertThat(nodes.node(0).delete("everywhere")).isEqualTo(202);
        for (int node = 0; node < Nodes.COUNT; node++) {
            int there = node;
            Await.until(SOON, "nobody to be let in", () -> status(there, key, "GET", path) == 401);
        }
        Await.until(
                PATIENCE,
                "nothing to be left",
                () -> nodes.redis.command("KEYS", "riptide:*everywhere*").isEmpty());
    }

    @Test
    void a_rolling_restart_fails_no_call_of_a_client_that_tries_once_more() {
        try (Load load = new Load(nodes, nodes.node(0).createTenant("rolling"))) {
            for (int node = 0; node < Nodes.COUNT; node++) {
                answersMore(load);
                nodes.restart(node);
            }
            answersMore(load);
            assertThat(load.end()).isEmpty();
            assertThat(load.failed()).isZero();
        }
    }

    @Test
    void a_node_that_is_killed_loses_nothing_that_was_acknowledged() {
        try (Load load = new Load(nodes, nodes.node(0).createTenant("killed"))) {
            for (int node = 0; node < Nodes.COUNT; node++) {
                answersMore(load);
                nodes.killAndRestart(node);
            }
            answersMore(load);
            assertThat(load.end()).isEmpty();
        }
    }

    @Test
    void redis_killed_and_frozen_refuses_in_time_loses_nothing_and_comes_back() {
        try (Load load = new Load(nodes, nodes.node(0).createTenant("sick"))) {
            answersMore(load);
            nodes.redis.kill();
            Await.until(PATIENCE, "calls to fail", () -> load.failed() > 20);
            HttpResponse<byte[]> ready = nodes.node(0).call("none", "GET", "/readyz", null);
            assertThat(ready.statusCode()).isEqualTo(200);
            nodes.redis.restart();
            answersMore(load);
            long failed = load.failed();
            var unused = load.longestMillis();
            nodes.redis.freeze();
            Await.until(PATIENCE, "calls to fail", () -> load.failed() > failed + 200);
            nodes.redis.thaw();
            assertThat(load.longestMillis()).as("of a call and its repetition").isLessThan(10_000);
            answersMore(load);
            assertThat(load.end()).isEmpty();
            Await.until(
                    PATIENCE,
                    "it to be ready",
                    () -> new String(
                                    nodes.node(0)
                                            .call("none", "GET", "/readyz", null)
                                            .body(),
                                    StandardCharsets.UTF_8)
                            .contains("\"status\":\"ready\"}"));
        }
    }

    @Test
    void with_postgres_away_known_callers_are_served() {
        String key = nodes.node(0).createTenant("known");
        String path = entry("ns", "k");
        assertThat(nodes.node(0).call(key, "PUT", path, new byte[] {1}).statusCode())
                .isEqualTo(201);
        nodes.postgres.kill();
        assertThat(nodes.node(0).call(key, "PUT", path, new byte[] {2}).statusCode())
                .isEqualTo(204);
        assertThat(nodes.node(0).call(key, "GET", path, null).body()).containsExactly(2);
        assertThat(nodes.node(0).suspend("known")).isEqualTo(503);
        nodes.postgres.restart();
        Await.until(PATIENCE, "administrators to be served", () -> nodes.node(0).suspend("known") == 200);
        Await.until(PATIENCE, "the suspension to hold", () -> status(1, key, "GET", path) == 403);
    }
}
