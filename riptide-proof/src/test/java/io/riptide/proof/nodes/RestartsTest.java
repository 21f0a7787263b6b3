package io.riptide.proof.nodes;

import io.riptide.testkit.RedisServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/** Three real nodes over real stores: one service while each is started anew. */
@Tag("proof")
class RestartsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** For who calls a process that has just begun. */
    private static final Duration COLD = Duration.ofSeconds(10);

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

    private static Trial trial(String tenantId, TestReporter reporter) {
        return new Trial(tenantId, nodes, PATIENCE, reporter);
    }

    @Test
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
}
