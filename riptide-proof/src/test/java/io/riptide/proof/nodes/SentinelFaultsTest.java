package io.riptide.proof.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.proof.nodes.Span.Kind;
import io.riptide.testkit.Await;
import io.riptide.testkit.RedisSentinels;
import io.riptide.testkit.RedisServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/** Three real nodes over a real master with two replicas, which sentinels watch. */
@Tag("proof")
class SentinelFaultsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration DEADLINE = Duration.ofSeconds(5);
    /** What a replica may not have yet of what its master acknowledged. */
    private static final long LAG_NANOS = TimeUnit.SECONDS.toNanos(1);

    @TempDir
    private static Path folder;

    private static RedisSentinels sentinels;
    private static Nodes nodes;

    @BeforeAll
    static void start() {
        sentinels = RedisSentinels.start();
        nodes = new Nodes(
                folder, node -> List.of("persistence.redis.mode=sentinel", "persistence.redis.url=" + sentinels.url()));
    }

    @AfterAll
    static void stop() {
        nodes.close();
        sentinels.close();
    }

    private static long stored(String tenantId) {
        return sentinels
                .master()
                .command("KEYS", "riptide:tenant:" + tenantId + ":*")
                .lines()
                .count();
    }

    private static void isWell(Trial trial) {
        trial.isWell(DEADLINE);
        trial.countsAreExact();
        trial.indexIsTrue(SentinelFaultsTest::stored);
    }

    private static void awaitOther(RedisServer master) {
        Await.until(PATIENCE, "another master", () -> sentinels.master().port() != master.port());
    }

    @Test
    void a_master_that_is_killed_is_replaced_and_comes_back_as_a_replica(TestReporter reporter) {
        try (Trial trial = new Trial("killed", nodes, PATIENCE, reporter)) {
            RedisServer master = sentinels.master();
            master.kill();
            trial.happened(Kind.LOSSY, System.nanoTime() - LAG_NANOS);
            awaitOther(master);
            trial.recovers();
            assertThat(trial.tally().refused()).isPositive();
            // It begins as a master that has nothing, until the sentinels tell it otherwise.
            master.restart();
            trial.goOn(Duration.ofSeconds(3));
            trial.recovers();
            isWell(trial);
        }
    }

    @Test
    void a_failover_that_was_asked_for(TestReporter reporter) {
        try (Trial trial = new Trial("asked", nodes, PATIENCE, reporter)) {
            RedisServer master = sentinels.master();
            long begun = System.nanoTime();
            sentinels.sentinels().getFirst().command("SENTINEL", "FAILOVER", RedisSentinels.NAME);
            awaitOther(master);
            // The old one goes on taking writes until it is told.
            Await.until(
                    PATIENCE, "it to be a replica", () -> master.command("ROLE").startsWith("slave"));
            trial.happened(Kind.LOSSY, begun - LAG_NANOS);
            trial.recovers();
            isWell(trial);
        }
    }
}
