package io.riptide.proof.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.proof.nodes.Span.Kind;
import io.riptide.testkit.Await;
import io.riptide.testkit.FaultProxy;
import io.riptide.testkit.FaultProxy.Way;
import io.riptide.testkit.RedisServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/** Three real nodes, each with a way of its own to one real Redis, which fails, or the way to it. */
class RedisFaultsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration DEADLINE = Duration.ofSeconds(3);
    private static final Duration A_WHILE = Duration.ofSeconds(2);

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
        nodes = new Nodes(folder, RedisFaultsTest::settings);
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
    }

    private static Trial trial(String tenantId, TestReporter reporter) {
        return new Trial(tenantId, nodes, PATIENCE, reporter);
    }

    private static void isWell(Trial trial) {
        trial.recovers();
        trial.isWell(DEADLINE);
        trial.countsAreExact();
        trial.indexIsTrue(RedisFaultsTest::stored);
    }

    private static long stored(String tenantId) {
        return redis.command("KEYS", "riptide:tenant:" + tenantId + ":*")
                .lines()
                .count();
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

    private static void awaitStale(Trial trial) {
        Await.until(
                PATIENCE,
                "calls to be refused, and some to be answered with what is stale",
                () -> trial.tally().failed() > 20 && trial.tally().stale() > 20);
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
}
