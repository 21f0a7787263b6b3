package io.riptide.proof.nodes;

import static io.riptide.proof.ServerProcess.entry;
import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.testkit.Await;
import io.riptide.testkit.RedisServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/** Three real nodes over real stores: one service, whatever of it is stopped, killed or frozen. */
class NodeFaultsTest {
    private static final Duration SOON = Duration.ofSeconds(2);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration IMPATIENT = Duration.ofSeconds(1);
    private static final Duration DEADLINE = Duration.ofSeconds(3);
    /** For who calls a process that has just begun. */
    private static final Duration COLD = Duration.ofSeconds(10);
    /** docs/redis.md: what is left of a removed tenant for a while, which are marks and no data. */
    private static final List<String> REMAINING =
            List.of("riptide:meta:removals:{everywhere}", "riptide:meta:permits:{everywhere}");

    @TempDir
    private static Path folder;

    private static RedisServer redis;
    private static Nodes nodes;

    @BeforeAll
    static void start() {
        redis = RedisServer.start(Nodes.KEPT);
        nodes = new Nodes(folder, node -> List.of("persistence.redis.url=" + redis.url(), Nodes.PATIENT));
    }

    @AfterAll
    static void stop() {
        nodes.close();
        redis.close();
    }

    private static int status(int node, String key, String method, String path) {
        return nodes.node(node).call(key, method, path, null).statusCode();
    }

    private static Trial trial(String tenantId, TestReporter reporter) {
        return new Trial(tenantId, nodes, PATIENCE, reporter);
    }

    private static long stored(String tenantId) {
        return redis.command("KEYS", "riptide:tenant:" + tenantId + ":*")
                .lines()
                .count();
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
                () -> REMAINING.containsAll(
                        redis.command("KEYS", "riptide:*everywhere*").lines().toList()));
    }

    @Test
    @Tag("proof")
    void a_rolling_restart_fails_no_call_of_a_client_that_tries_once_more(TestReporter reporter) {
        try (Trial trial = trial("rolling", reporter)) {
            for (int node = 0; node < Nodes.COUNT; node++) {
                trial.answersMore(200);
                nodes.restart(node);
            }
            trial.recovers();
            trial.isWell(COLD);
            trial.failedNobody();
        }
    }

    @Test
    @Tag("proof")
    void a_node_that_is_killed_loses_nothing_that_was_acknowledged(TestReporter reporter) {
        try (Trial trial = trial("killed", reporter)) {
            for (int node = 0; node < Nodes.COUNT; node++) {
                trial.answersMore(200);
                nodes.killAndRestart(node);
            }
            trial.recovers();
            trial.isWell(COLD);
            trial.failedNobody();
        }
    }

    private static void frozen(Trial trial, Duration time) {
        // What waits in a frozen node is done when it wakes, whoever has given it up: of writes none shall.
        trial.load().doNotWriteThrough(2);
        trial.answersMore(100);
        nodes.node(2).freeze();
        trial.goOn(time);
        nodes.node(2).thaw();
        trial.recovers();
        trial.load().doNotWriteThrough(Nodes.NONE);
        trial.answersMore(100);
        trial.isWell(DEADLINE);
        trial.failedNobody();
        trial.countsAreExact();
        trial.indexIsTrue(NodeFaultsTest::stored);
    }

    @Test
    void a_node_is_frozen_and_wakes(TestReporter reporter) {
        try (Trial trial = new Trial("frozen", nodes, IMPATIENT, reporter)) {
            frozen(trial, Duration.ofSeconds(3));
        }
    }

    @Test
    @Tag("proof")
    void a_node_is_frozen_for_a_minute_and_wakes(TestReporter reporter) {
        try (Trial trial = new Trial("frozen-long", nodes, IMPATIENT, reporter)) {
            frozen(trial, Duration.ofSeconds(60));
        }
    }

    @Test
    void postgres_is_killed_and_started_again_and_known_callers_are_served(TestReporter reporter) {
        try (Trial trial = trial("known", reporter)) {
            nodes.postgres.kill();
            trial.goOn(Duration.ofSeconds(3));
            assertThat(nodes.node(0).suspend("known")).isEqualTo(503);
            nodes.postgres.restart();
            trial.recovers();
            trial.isWell(DEADLINE);
            trial.failedNobody();
            trial.countsAreExact();
            trial.indexIsTrue(NodeFaultsTest::stored);
            Await.until(
                    PATIENCE, "administrators to be served", () -> nodes.node(0).suspend("known") == 200);
            Await.until(
                    PATIENCE,
                    "the suspension to hold",
                    () -> status(1, trial.apiKey(), "GET", entry("ns", "k")) == 403);
        }
    }
}
