package io.riptide.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.config.RedisConfig;
import io.riptide.config.RedisConfig.Mode;
import io.riptide.entry.Scope;
import io.riptide.spi.EntryStore;
import io.riptide.spi.Removal;
import io.riptide.spi.RemovalView;
import io.riptide.spi.WriteOutcome.Kind;
import io.riptide.testkit.Await;
import io.riptide.testkit.RedisSentinels;
import io.riptide.testkit.RedisServer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Removals where a failover loses the last of them, and where it must not. */
class RedisRemovalsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String REMOVALS = "riptide:meta:removals:{acme}";
    private static final Scope NAMESPACE = new Scope.InNamespace("ns");

    private static RedisConfig config(String url, Mode mode) {
        return new RedisConfig(url, mode, 2, 1_000, "");
    }

    private static void remove(Node node) {
        node.backing
                .entries()
                .removeAll(new Removal("acme", NAMESPACE, Removal.Mode.REMOVE, System.currentTimeMillis()));
    }

    private static List<String> listed(Node node) {
        return node.backing.entries().list("acme", "ns", null, 10, System.currentTimeMillis()).heads().stream()
                .map(head -> head.key())
                .toList();
    }

    @Test
    void a_server_that_knows_less_than_before_is_believed_and_numbers_go_on() {
        try (RedisServer server = RedisServer.start();
                Node one = new Node(config(server.url(), Mode.STANDALONE));
                Node other = new Node(config(server.url(), Mode.STANDALONE))) {
            one.put("k");
            other.put("k2");
            RemovalView view = other.backing.entries().removals("acme");
            remove(one);
            other.awaitProof();
            long lost = view.now().latest();
            assertThat(lost).isPositive();
            server.command("DEL", REMOVALS);
            server.command("HSET", REMOVALS, "n", "7", "v", "7");
            assertThat(other.put("k").kind()).isIn(Kind.CREATED, Kind.REPLACED);
            assertThat(view.now().latest()).isEqualTo(7);
            assertThat(one.put("k3").kind()).isEqualTo(Kind.CREATED);
            remove(one);
            other.awaitProof();
            assertThat(view.now().latest()).isGreaterThan(lost);
            assertThat(listed(other)).isEmpty();
            server.command("DEL", REMOVALS);
            assertThat(one.put("k4").kind()).isEqualTo(Kind.CREATED);
        }
    }

    @Test
    void what_comes_back_of_a_removed_tenant_is_hidden_and_taken_away() {
        try (RedisServer server = RedisServer.start();
                Node one = new Node(config(server.url(), Mode.STANDALONE));
                Node other = new Node(config(server.url(), Mode.STANDALONE))) {
            one.put("k");
            String entry = new String(Node.key("k").bytes(), StandardCharsets.US_ASCII);
            String index = new String(MetaKeys.index("acme", Member.shard(Node.key("k"))), StandardCharsets.US_ASCII);
            server.command("COPY", entry, "kept:entry");
            server.command("COPY", index, "kept:index");
            one.backing.entries().removeTenant("acme");
            assertThat(server.command("EXISTS", entry, index, "riptide:meta:usage:{acme}"))
                    .isEqualTo("0");
            server.command("COPY", "kept:entry", entry);
            server.command("COPY", "kept:index", index);
            other.awaitProof();
            assertThat(listed(one)).isEmpty();
            assertThat(listed(other)).isEmpty();
            reclaim(other.backing.entries());
            assertThat(server.command("EXISTS", entry, index)).isEqualTo("0");
            assertThat(other.backing.entries().usage("acme").entries()).isZero();
            assertThat(one.put("k").kind()).isEqualTo(Kind.CREATED);
            assertThat(listed(other)).containsExactly("k");
        }
    }

    private static void reclaim(EntryStore entries) {
        entries.sweep(System.currentTimeMillis());
        Await.until(PATIENCE, "removals to be worked off", () -> !entries.reclaim());
    }

    @Test
    void a_removal_is_remembered_until_a_replica_has_it() {
        try (RedisSentinels sentinels = RedisSentinels.start();
                Node node = new Node(config(sentinels.url(), Mode.SENTINEL))) {
            node.put("k");
            remove(node);
            reclaim(node.backing.entries());
            RedisServer master = sentinels.master();
            assertThat(master.command("HGET", REMOVALS, "mn:ns:")).isEmpty();
            node.put("k");
            List<RedisServer> replicas = sentinels.servers().stream()
                    .filter(server -> server.port() != master.port())
                    .toList();
            replicas.forEach(RedisServer::freeze);
            remove(node);
            assertThat(listed(node)).isEmpty();
            reclaim(node.backing.entries());
            assertThat(master.command("HGET", REMOVALS, "mn:ns:")).isNotEmpty();
            replicas.forEach(RedisServer::thaw);
            Await.until(PATIENCE, "the removal to be forgotten", () -> {
                reclaim(node.backing.entries());
                return master.command("HGET", REMOVALS, "mn:ns:").isEmpty();
            });
        }
    }
}
