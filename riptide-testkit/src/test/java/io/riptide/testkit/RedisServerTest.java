package io.riptide.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Real servers do what they are told. */
class RedisServerTest {
    @Test
    void a_killed_server_that_kept_a_log_has_all_of_it_again_and_one_that_kept_nothing_has_not() {
        try (RedisServer logs = RedisServer.start("--appendonly", "yes", "--appendfsync", "always");
                RedisServer forgets = RedisServer.start()) {
            assertThat(logs.command("SET", "k", "v")).isEqualTo("OK");
            assertThat(forgets.command("SET", "k", "v")).isEqualTo("OK");
            logs.kill();
            forgets.kill();
            assertThatThrownBy(() -> logs.command("PING")).isInstanceOf(UncheckedIOException.class);
            logs.restart();
            forgets.restart();
            assertThat(logs.command("GET", "k")).isEqualTo("v");
            assertThat(forgets.command("GET", "k")).isEmpty();
        }
    }

    @Test
    void a_frozen_server_answers_once_it_is_thawed() {
        try (RedisServer server = RedisServer.start()) {
            server.freeze();
            assertThat(server.alive()).isTrue();
            assertThatThrownBy(() -> server.command("PING")).isInstanceOf(UncheckedIOException.class);
            server.thaw();
            assertThat(server.command("PING")).isEqualTo("PONG");
        }
    }

    @Test
    void sentinels_replace_a_master_that_is_killed() {
        try (RedisSentinels sentinels = RedisSentinels.start()) {
            RedisServer before = sentinels.master();
            before.kill();
            Await.until(Duration.ofSeconds(30), "another master", () -> sentinels.master() != before);
            Await.until(
                    Duration.ofSeconds(30),
                    "it to take writes",
                    () -> sentinels.master().command("SET", "k", "v").equals("OK"));
        }
    }

    @Test
    void a_clusters_nodes_share_the_slots() {
        try (RedisCluster cluster = RedisCluster.start()) {
            assertThat(cluster.nodes()).hasSize(6);
            assertThat(cluster.nodes().stream()
                            .filter(node -> node.command("SET", "k", "v").equals("OK")))
                    .hasSize(1);
        }
    }
}
