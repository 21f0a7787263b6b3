package io.riptide.proof.nodes;

import static io.riptide.proof.ServerProcess.entry;
import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.proof.nodes.Span.Kind;
import io.riptide.testkit.Await;
import io.riptide.testkit.FaultProxy;
import io.riptide.testkit.FaultProxy.Way;
import io.riptide.testkit.RedisServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/** Three real nodes over real stores, each with a way of its own to Redis: one service, whatever of it fails. */
class ThreeNodesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration IMPATIENT = Duration.ofSeconds(1);
    private static final Duration DEADLINE = Duration.ofSeconds(3);
    private static final Duration A_WHILE = Duration.ofSeconds(2);
    /** docs/redis.md: what is left of a removed tenant for a while, which are marks and no data. */
    private static final List<String> REMAINING =
            List.of("riptide:meta:removals:{everywhere}", "riptide:meta:permits:{everywhere}");

    @TempDir
    private static Path folder;

    private static RedisServer redis;
    private static List<FaultProxy> ways;
    private static Nodes nodes;

    @BeforeAll
    static void start() {
        redis = RedisServer.start(Nodes.KEPT);
        ways = new ArrayList<>();
        for (int i = 0; i < Nodes.COUNT; i++) {
            ways.add(FaultProxy.before("127.0.0.1", redis.port()));
        }
        nodes = new Nodes(folder, ThreeNodesTest::settings);
    }

    @AfterAll
    static void stop() {
        nodes.close();
        ways.forEach(FaultProxy::close);
        redis.close();
    }

    /** The first node waits as long as by default, the others longer: who tries once more is with one of them. */
    private static List<String> settings(int node) {
        String url = "persistence.redis.url=redis://127.0.0.1:" + ways.get(node).port();
        return node == 0 ? List.of(url) : List.of(url, Nodes.PATIENT);
    }

    @AfterEach
    void heal() {
        ways.forEach(FaultProxy::heal);
        if (redis.alive()) {
            redis.thaw();
        }
        nodes.node(0).thaw();
    }

    private static Trial trial(String tenantId, TestReporter reporter) {
        return new Trial(tenantId, nodes, PATIENCE, reporter);
    }

    private static void isWell(Trial trial) {
        trial.recovers();
        trial.isWell(DEADLINE);
        trial.countsAreExact();
        trial.indexIsTrue(ThreeNodesTest::stored);
    }

    private static int status(int node, String key, String method, String path) {
        return nodes.node(node).call(key, method, path, null).statusCode();
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
        assertThat(nodes.node(1).call(key, "PUT", path, value).statusCode()).isEqualTo(201);
        everywhere(
                "the write",
                node -> Arrays.equals(
                        nodes.node(node).call(key, "GET", path, null).body(), value));
        assertThat(status(2, key, "DELETE", path)).isEqualTo(204);
        everywhere("the removal", node -> status(node, key, "GET", path) == 404);
        assertThat(nodes.node(2).suspend("everywhere")).isEqualTo(200);
        everywhere("the suspension", node -> status(node, key, "GET", path) == 403);
        assertThat(nodes.node(0).delete("everywhere")).isEqualTo(202);
        everywhere("the end of the tenant", node -> status(node, key, "GET", path) == 401);
        Await.until(
                PATIENCE,
                "nothing to be left",
                () -> REMAINING.containsAll(
                        redis.command("KEYS", "riptide:*everywhere*").lines().toList()));
    }

    private static void everywhere(String what, IntPredicate holds) {
        Await.until(
                PATIENCE,
                what + " to hold everywhere",
                () -> IntStream.range(0, Nodes.COUNT).allMatch(holds));
    }

    private static void frozen(Trial trial, Duration time) {
        redis.freeze();
        long frozen = System.nanoTime();
        trial.goOn(time);
        awaitStale(trial);
        trial.happened(Kind.AWAY, frozen);
        redis.thaw();
        isWell(trial);
    }

    /** Callers are refused, or answered with what is stale, and each node says how it does. */
    private static void awaitStale(Trial trial) {
        Await.until(
                PATIENCE,
                "calls to be refused, and some to be answered with what is stale",
                () -> trial.tally().failed() > 20 && trial.tally().stale() > 20);
        everywhere("that the service is degraded", node -> nodes.state(node).equals("200 degraded"));
    }

    @Test
    void redis_is_frozen(TestReporter reporter) {
        try (Trial trial = trial("frozen", reporter)) {
            frozen(trial, A_WHILE);
        }
    }

    @Test
    @Tag("proof")
    void redis_is_frozen_for_half_a_minute(TestReporter reporter) {
        try (Trial trial = trial("frozen-long", reporter)) {
            frozen(trial, Duration.ofSeconds(30));
            trial.indexHeals(ThreeNodesTest::stored);
        }
    }

    @Test
    void redis_is_killed_and_started_again(TestReporter reporter) {
        try (Trial trial = trial("killed", reporter)) {
            redis.kill();
            long killed = System.nanoTime();
            trial.goOn(A_WHILE);
            awaitStale(trial);
            trial.happened(Kind.AWAY, killed);
            redis.restart();
            isWell(trial);
        }
    }

    @Test
    void redis_is_killed_and_started_again_empty(TestReporter reporter) {
        try (Trial trial = trial("empty", reporter)) {
            long begun = System.nanoTime();
            redis.kill();
            long killed = System.nanoTime();
            trial.happened(Kind.EMPTIED, begun);
            trial.goOn(A_WHILE);
            trial.happened(Kind.AWAY, killed);
            redis.restartEmpty();
            isWell(trial);
        }
    }

    @Test
    void redis_is_emptied_while_it_runs(TestReporter reporter) {
        try (Trial trial = trial("flushed", reporter)) {
            long begun = System.nanoTime();
            assertThat(redis.command("FLUSHALL")).isEqualTo("OK");
            trial.happened(Kind.EMPTIED, begun);
            isWell(trial);
            trial.failedNobody();
        }
    }

    @Test
    void the_feed_is_cut_again_and_again_while_redis_answers(TestReporter reporter) {
        try (Trial trial = trial("cut", reporter)) {
            for (int i = 0; i < 60; i++) {
                feeds("id=(\\d+) ").forEach(id -> redis.command("CLIENT", "KILL", "ID", id));
                trial.goOn(Duration.ofMillis(50));
            }
            isWell(trial);
            trial.failedNobody();
        }
    }

    @Test
    void the_feed_is_half_open_while_redis_answers(TestReporter reporter) {
        try (Trial trial = trial("silent", reporter)) {
            List<String> ports = feeds(" addr=[^ ]*:(\\d+) ");
            assertThat(ports).hasSize(Nodes.COUNT);
            for (String port : ports) {
                assertThat(ways).anyMatch(way -> way.freeze(Integer.parseInt(port)));
            }
            trial.goOn(A_WHILE);
            ways.forEach(FaultProxy::heal);
            isWell(trial);
            trial.failedNobody();
        }
    }

    /** What is told of each connection that is told of changes. */
    private static List<String> feeds(String what) {
        Pattern wanted = Pattern.compile(what);
        return redis.command("CLIENT", "LIST")
                .lines()
                .filter(line -> line.matches(".* flags=[A-Za-z]*B.*"))
                .map(line ->
                        wanted.matcher(line).results().findFirst().orElseThrow().group(1))
                .toList();
    }

    @Test
    void the_way_of_one_node_is_half_open(TestReporter reporter) {
        try (Trial trial = trial("half-open", reporter)) {
            ways.getFirst().freeze(Way.TO_CLIENT);
            trial.goOn(A_WHILE);
            ways.getFirst().heal();
            ways.getFirst().freeze(Way.TO_SERVER);
            trial.goOn(A_WHILE);
            ways.getFirst().heal();
            isWell(trial);
            trial.failedNobody();
        }
    }

    @Test
    void all_ways_are_slow(TestReporter reporter) {
        try (Trial trial = trial("slow", reporter)) {
            ways.forEach(way -> way.delay(Way.TO_CLIENT, Duration.ofMillis(200)));
            trial.goOn(A_WHILE);
            trial.answersFromMemory();
            ways.forEach(FaultProxy::heal);
            isWell(trial);
            trial.failedNobody();
            assertThat(trial.tally().refusals().keySet())
                    .as("calls refused without being tried")
                    .noneMatch(why -> why.contains("failed many calls"));
        }
    }

    private static void isFrozen(Trial trial, Duration time) {
        // What waits in a frozen node is done when it wakes, whoever has given it up: of writes none shall.
        trial.load().doNotWriteThrough(0);
        trial.answersMore(100);
        nodes.node(0).freeze();
        trial.goOn(time);
        nodes.node(0).thaw();
        trial.recovers();
        trial.load().doNotWriteThrough(Nodes.NONE);
        trial.answersMore(100);
        trial.isWell(DEADLINE);
        trial.failedNobody();
        trial.countsAreExact();
        trial.indexIsTrue(ThreeNodesTest::stored);
    }

    @Test
    void a_node_is_frozen_and_wakes(TestReporter reporter) {
        try (Trial trial = new Trial("node-frozen", nodes, IMPATIENT, reporter)) {
            isFrozen(trial, Duration.ofSeconds(3));
        }
    }

    @Test
    @Tag("proof")
    void a_node_is_frozen_for_a_minute_and_wakes(TestReporter reporter) {
        try (Trial trial = new Trial("node-frozen-long", nodes, IMPATIENT, reporter)) {
            isFrozen(trial, Duration.ofSeconds(60));
        }
    }

    @Test
    void postgres_is_killed_and_started_again_and_known_callers_are_served(TestReporter reporter) {
        try (Trial trial = trial("known", reporter)) {
            nodes.postgres.kill();
            trial.goOn(A_WHILE);
            assertThat(nodes.node(0).suspend("known")).isEqualTo(503);
            nodes.postgres.restart();
            trial.recovers();
            trial.isWell(DEADLINE);
            trial.failedNobody();
            trial.countsAreExact();
            trial.indexIsTrue(ThreeNodesTest::stored);
            Await.until(
                    PATIENCE, "administrators to be served", () -> nodes.node(0).suspend("known") == 200);
            Await.until(
                    PATIENCE,
                    "the suspension to hold",
                    () -> status(1, trial.apiKey(), "GET", entry("ns", "k")) == 403);
        }
    }
}
