package io.riptide.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.config.RedisConfig;
import io.riptide.config.RedisConfig.Mode;
import io.riptide.entry.Scope;
import io.riptide.problem.RipTideException;
import io.riptide.spi.Removal;
import io.riptide.testkit.Await;
import io.riptide.testkit.RedisCluster;
import io.riptide.testkit.RedisSentinels;
import io.riptide.testkit.RedisServer;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** News between processes over real servers: complete where it is proven, and never proven where it may not be. */
class RedisInvalidationFeedTest {
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    private static RedisConfig config(String url, Mode mode) {
        return new RedisConfig(url, mode, 2, 500, "");
    }

    @Test
    void what_one_writes_or_removes_the_other_is_told_once_that_is_proven() {
        try (RedisServer server = RedisServer.start();
                Node one = new Node(config(server.url(), Mode.STANDALONE));
                Node other = new Node(config(server.url(), Mode.STANDALONE))) {
            long epoch = other.awaitProof();
            for (int i = 0; i < 300; i++) {
                one.put("k" + i);
            }
            assertThat(other.awaitProof()).isEqualTo(epoch);
            for (int i = 0; i < 300; i++) {
                assertThat(other.told).contains(Node.key("k" + i));
            }
            one.put("tagged", "t");
            var before = other.backing.entries().removals("acme");
            assertThat(before.now().latest()).isZero();
            one.backing
                    .entries()
                    .removeAll(new Removal(
                            "acme", new Scope.Tagged(null, "t"), Removal.Mode.REMOVE, System.currentTimeMillis()));
            other.awaitProof();
            assertThat(before.now().latest()).isPositive();
            assertThat(other.told).contains(Node.key("tagged"));
        }
    }

    @Test
    void a_frozen_server_proves_nothing_and_loses_nothing() {
        try (RedisServer server = RedisServer.start();
                Node one = new Node(config(server.url(), Mode.STANDALONE))) {
            long epoch = one.awaitProof();
            server.freeze();
            long frozen = System.nanoTime();
            Await.until(PATIENCE, "a second", () -> System.nanoTime() - frozen > 1_000_000_000L);
            assertThat(one.proof().nanos() - frozen)
                    .as("nothing after it is proven")
                    .isNegative();
            server.thaw();
            assertThat(one.awaitProof()).isEqualTo(epoch);
        }
    }

    @Test
    void a_connection_that_ended_ends_the_epoch() {
        try (RedisServer server = RedisServer.start();
                Node one = new Node(config(server.url(), Mode.STANDALONE));
                Node other = new Node(config(server.url(), Mode.STANDALONE))) {
            long epoch = one.awaitProof();
            server.command("CLIENT", "KILL", "TYPE", "normal");
            Await.until(PATIENCE, "another epoch", () -> one.proof().epoch() > epoch);
            long next = one.awaitProof();
            server.kill();
            server.restart();
            assertThat(one.awaitProof()).isGreaterThan(next);
            Await.until(PATIENCE, "writes to be taken", () -> taken(other, "again"));
            one.awaitProof();
            assertThat(one.told).contains(Node.key("again"));
        }
    }

    @Test
    void emptying_the_database_ends_the_epoch() {
        try (RedisServer server = RedisServer.start();
                Node one = new Node(config(server.url(), Mode.STANDALONE))) {
            long epoch = one.awaitProof();
            server.command("FLUSHALL");
            assertThat(one.awaitProof()).isGreaterThan(epoch);
        }
    }

    @Test
    void a_failover_by_sentinels_ends_the_epoch_and_the_new_master_tells() {
        try (RedisSentinels sentinels = RedisSentinels.start();
                Node one = new Node(config(sentinels.url(), Mode.SENTINEL));
                Node other = new Node(config(sentinels.url(), Mode.SENTINEL))) {
            long epoch = one.awaitProof();
            sentinels.master().kill();
            Await.until(PATIENCE, "writes to be taken", () -> taken(other, "after"));
            assertThat(one.awaitProof()).isGreaterThan(epoch);
            Await.until(PATIENCE, "what was written before the epoch to be read", () -> read(one, "after"));
            // The write that was taken may have been one of several that tried the server: the next may have to wait.
            Await.until(PATIENCE, "another write to be taken", () -> taken(other, "later"));
            one.awaitProof();
            assertThat(one.told).contains(Node.key("later"));
        }
    }

    @Test
    void of_a_cluster_all_masters_tell_and_a_new_one_does_after_a_failover() {
        try (RedisCluster cluster = RedisCluster.start();
                Node one = new Node(config(cluster.url(), Mode.CLUSTER));
                Node other = new Node(config(cluster.url(), Mode.CLUSTER))) {
            long epoch = one.awaitProof();
            for (int i = 0; i < 100; i++) {
                other.put("k" + i);
            }
            one.awaitProof();
            for (int i = 0; i < 100; i++) {
                assertThat(one.told).contains(Node.key("k" + i));
            }
            cluster.nodes().getFirst().kill();
            for (int i = 0; i < 100; i++) {
                String key = "after" + i;
                Await.until(PATIENCE, "writes to be taken", () -> taken(other, key));
            }
            assertThat(one.awaitProof()).isGreaterThan(epoch);
            one.told.clear();
            for (int i = 0; i < 100; i++) {
                String key = "later" + i;
                Await.until(PATIENCE, "writes to be taken", () -> taken(other, key));
            }
            one.awaitProof();
            for (int i = 0; i < 100; i++) {
                assertThat(one.told).contains(Node.key("later" + i));
            }
        }
    }

    private static boolean read(Node node, String key) {
        try {
            return node.backing.entries().get(Node.key(key)) != null;
        } catch (RipTideException e) {
            return false;
        }
    }

    private static boolean taken(Node node, String key) {
        try {
            node.put(key);
            return true;
        } catch (RipTideException e) {
            return false;
        }
    }
}
