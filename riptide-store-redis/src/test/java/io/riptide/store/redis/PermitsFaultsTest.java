package io.riptide.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.config.RedisConfig;
import io.riptide.quota.Allowance;
import io.riptide.quota.PermitRounds;
import io.riptide.spi.Time;
import io.riptide.testkit.Await;
import io.riptide.testkit.FaultProxy;
import io.riptide.testkit.FaultProxy.Way;
import io.riptide.testkit.RedisServer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Two nodes over a real server that fails: both go on with their share, and come back by themselves. */
class PermitsFaultsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int LIMIT = 6_000;
    private static final int LEASE = LIMIT / 64;

    private static final class Node implements AutoCloseable {
        final Redis redis;
        final PermitRounds rounds;
        final Allowance allowance;
        final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
        int granted;
        long longestNanos;

        Node(int port) {
            String url = "redis://127.0.0.1:" + port;
            redis = Redis.open(new RedisConfig(url, RedisConfig.Mode.STANDALONE, 1, 500, ""), System::nanoTime);
            rounds = new PermitRounds(new RedisPermitLeases(redis, RandomGenerator.getDefault()), new Machine());
            allowance = rounds.allowance("acme", LIMIT);
            int pause = PermitRounds.PERIOD_MILLIS;
            var unused = timer.scheduleWithFixedDelay(this::round, pause, pause, TimeUnit.MILLISECONDS);
        }

        private void round() {
            allowance.tellSoon();
            rounds.round();
        }

        boolean take() {
            long begun = System.nanoTime();
            boolean taken = allowance.take(1) == 0;
            longestNanos = Math.max(longestNanos, System.nanoTime() - begun);
            granted += taken ? 1 : 0;
            return taken;
        }

        /** How many in a row. */
        int takeAll() {
            int before = granted;
            while (granted < before + 2 * LIMIT && take()) {}
            return granted - before;
        }

        boolean away() {
            return rounds.awaySinceMillis() != 0;
        }

        @Override
        public void close() {
            timer.close();
            redis.close();
        }
    }

    private record Machine() implements Time {
        @Override
        public long wallMillis() {
            return System.currentTimeMillis();
        }

        @Override
        public long nanoTime() {
            return System.nanoTime();
        }
    }

    /** Which nodes were at the bucket, and when. */
    private static Map<String, String> seen(RedisServer server) {
        List<String> bucket =
                server.command("HGETALL", "riptide:meta:permits:{acme}").lines().toList();
        Map<String, String> seen = new HashMap<>();
        for (int i = 0; i + 1 < bucket.size(); i += 2) {
            if (bucket.get(i).startsWith("n")) {
                seen.put(bucket.get(i), bucket.get(i + 1));
            }
        }
        return seen;
    }

    /**
     * Each is at the bucket once more after both have been there, and so is told of the other, and once more again: a
     * round begins after the answer to the one before it was taken in.
     */
    private static void meet(RedisServer server, List<Node> nodes) {
        nodes.forEach(Node::take);
        Await.until(PATIENCE, "all to be seen", () -> seen(server).size() == nodes.size());
        for (int i = 0; i < 2; i++) {
            Map<String, String> before = seen(server);
            nodes.forEach(Node::take);
            Await.until(
                    PATIENCE,
                    "all to be seen again",
                    () -> seen(server).entrySet().stream()
                            .noneMatch(node -> node.getValue().equals(before.get(node.getKey()))));
        }
    }

    private static int granted(List<Node> nodes) {
        return nodes.stream().mapToInt(node -> node.granted).sum();
    }

    /** Of the limit, what refilled since, and a lease for each. */
    private static int most(List<Node> nodes, long begunNanos) {
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begunNanos);
        return (int) (LIMIT + LIMIT * millis / 60_000 + (long) nodes.size() * LEASE + nodes.size());
    }

    private static void goesOnWithItsShare(RedisServer server, Runnable ends, Runnable comesBack) {
        try (Node one = new Node(server.port());
                Node other = new Node(server.port())) {
            List<Node> nodes = List.of(one, other);
            long begun = System.nanoTime();
            meet(server, nodes);
            ends.run();
            assertThat(one.takeAll()).isBetween(LIMIT / 2 - LEASE, LIMIT / 2 + LEASE + most(nodes, begun) - LIMIT);
            other.takeAll();
            assertThat(granted(nodes)).isLessThanOrEqualTo(most(nodes, begun));
            assertThat(nodes).allMatch(Node::away);
            assertThat(nodes).allMatch(node -> node.longestNanos < TimeUnit.SECONDS.toNanos(2));
            comesBack.run();
            Await.until(PATIENCE, "both to come back", () -> !one.away() && !other.away());
            nodes.forEach(Node::takeAll);
            assertThat(granted(nodes)).as("and those after it").isLessThanOrEqualTo(most(nodes, begun));
        }
    }

    @Test
    void a_server_that_is_killed_and_comes_back_empty() {
        try (RedisServer server = RedisServer.start()) {
            goesOnWithItsShare(server, server::kill, server::restartEmpty);
        }
    }

    @Test
    void a_server_that_is_killed_and_comes_back_with_what_it_kept() {
        try (RedisServer server = RedisServer.start("--appendonly", "yes", "--appendfsync", "no")) {
            goesOnWithItsShare(server, server::kill, server::restart);
        }
    }

    @Test
    void a_server_that_stands_still() {
        try (RedisServer server = RedisServer.start()) {
            goesOnWithItsShare(server, server::freeze, server::thaw);
        }
    }

    @Test
    void at_200_ms_of_latency_steady_callers_do_not_wait() {
        try (RedisServer server = RedisServer.start();
                FaultProxy way = FaultProxy.before("127.0.0.1", server.port());
                Node node = new Node(way.port())) {
            assertThat(node.take()).isTrue();
            way.delay(Way.TO_SERVER, Duration.ofMillis(200));
            long begun = System.nanoTime();
            Await.until(PATIENCE, "three seconds of work", () -> {
                long passed = System.nanoTime() - begun;
                // Half of the limit, evenly.
                while (node.granted < passed * (LIMIT / 2) / TimeUnit.MINUTES.toNanos(1)) {
                    assertThat(node.take()).isTrue();
                }
                return passed > TimeUnit.SECONDS.toNanos(3);
            });
            assertThat(node.granted).isGreaterThan(100);
            assertThat(node.longestNanos).as("the longest wait").isLessThan(TimeUnit.MILLISECONDS.toNanos(200));
            assertThat(node.away()).isFalse();
        }
    }
}
