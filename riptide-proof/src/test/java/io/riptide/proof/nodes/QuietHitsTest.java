package io.riptide.proof.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.cache.Lookup;
import io.riptide.cache.Namespace;
import io.riptide.cache.PutOptions;
import io.riptide.proof.bench.contest.SharedNode;
import io.riptide.testkit.Await;
import io.riptide.testkit.ManualTime;
import io.riptide.testkit.RedisServer;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What memory answers is asked of nobody: four nodes over one real Redis, which counts what it is sent. */
class QuietHitsTest {
    private static final int NODES = 4;
    private static final int HITS = 100_000;
    private static final int KEYS = 100;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** The feed asks ten times a second, whatever is read; INFO is this test's own question. */
    private static final List<String> OF_THE_BEAT = List.of("role", "info");

    private static String commands(RedisServer server) {
        return server.command("INFO", "commandstats")
                .lines()
                .filter(line -> line.startsWith("cmdstat_"))
                .map(line -> line.replaceAll("cmdstat_([^:]+):calls=(\\d+),.*", "$1 $2"))
                .filter(line -> !OF_THE_BEAT.contains(line.substring(0, line.indexOf(' '))))
                .sorted()
                .collect(Collectors.joining("\n"));
    }

    private static boolean inMemory(Namespace node, int read) {
        return node.get("k" + read % KEYS) instanceof Lookup.Hit hit && hit.tier() == Lookup.Tier.L1;
    }

    @Test
    void a_hundred_thousand_hits_on_each_of_four_nodes_send_nothing() {
        // Time stands still for the nodes, so that a slow machine makes no entry suspect; the feed beats on.
        ManualTime time = new ManualTime(System.currentTimeMillis());
        try (RedisServer server = RedisServer.start()) {
            List<SharedNode> nodes = Stream.generate(() -> SharedNode.still(server.url(), time))
                    .limit(NODES)
                    .toList();
            try {
                List<Namespace> caches = nodes.stream()
                        .map(node -> node.tenant("acme", 1 << 20).namespace("ns"))
                        .toList();
                for (int key = 0; key < KEYS; key++) {
                    var unused = caches.getFirst().put("k" + key, new byte[100], PutOptions.DEFAULT);
                }
                for (Namespace node : caches) {
                    // News of the writes may still be on its way.
                    Await.until(PATIENCE, "all to be in memory", () -> {
                        boolean all = true;
                        for (int key = 0; key < KEYS; key++) {
                            all &= inMemory(node, key);
                        }
                        return all;
                    });
                }
                int answered = 0;
                String before = commands(server);
                assertThat(before).contains("get ", "evalsha ");
                for (Namespace node : caches) {
                    for (int read = 0; read < HITS; read++) {
                        answered += inMemory(node, read) ? 1 : 0;
                    }
                }
                assertThat(commands(server)).isEqualTo(before);
                assertThat(answered).isEqualTo(NODES * HITS);
            } finally {
                nodes.forEach(SharedNode::close);
            }
        }
    }
}
