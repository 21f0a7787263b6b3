package io.riptide.proof.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.proof.nodes.Span.Kind;
import io.riptide.testkit.RedisCluster;
import io.riptide.testkit.RedisServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/** Three real nodes over a real cluster of three masters with a replica each. */
class ClusterFaultsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration DEADLINE = Duration.ofSeconds(5);
    /** What a replica may not have yet of what its master acknowledged. */
    private static final long LAG_NANOS = TimeUnit.SECONDS.toNanos(1);

    @TempDir
    private static Path folder;

    private static RedisCluster cluster;
    private static Nodes nodes;

    @BeforeAll
    static void start() {
        cluster = RedisCluster.start();
        nodes = new Nodes(
                folder, node -> List.of("persistence.redis.mode=cluster", "persistence.redis.url=" + cluster.url()));
    }

    @AfterAll
    static void stop() {
        nodes.close();
        cluster.close();
    }

    private static long stored(String tenantId) {
        return cluster.masters().stream()
                .mapToLong(master ->
                        keys(master, "riptide:tenant:" + tenantId + ":*").size())
                .sum();
    }

    private static List<String> keys(RedisServer server, String pattern) {
        return server.command("KEYS", pattern).lines().toList();
    }

    @Test
    void slots_move_under_load(TestReporter reporter) {
        try (Trial trial = new Trial("moved", nodes, PATIENCE, reporter)) {
            int moved = 0;
            for (RedisServer from : cluster.masters()) {
                List<RedisServer> masters = cluster.masters();
                RedisServer to = masters.get((masters.indexOf(from) + 1) % masters.size());
                for (int slot : keys(from, "riptide:*moved*").stream()
                        .mapToInt(cluster::slot)
                        .distinct()
                        .toArray()) {
                    cluster.move(slot, from, to);
                    moved++;
                }
            }
            assertThat(moved).isGreaterThan(30);
            trial.recovers();
            trial.isWell(DEADLINE);
            trial.countsAreExact();
            trial.indexIsTrue(ClusterFaultsTest::stored);
        }
    }

    @Test
    void a_master_that_is_killed_is_replaced(TestReporter reporter) {
        try (Trial trial = new Trial("killed", nodes, PATIENCE, reporter)) {
            cluster.masters().getFirst().kill();
            trial.happened(Kind.LOSSY, System.nanoTime() - LAG_NANOS);
            trial.recovers();
            trial.isWell(DEADLINE);
            trial.countsAreExact();
        }
    }
}
