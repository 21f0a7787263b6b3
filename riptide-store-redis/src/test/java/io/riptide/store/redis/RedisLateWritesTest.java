package io.riptide.store.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.config.RedisConfig;
import io.riptide.config.RedisConfig.Mode;
import io.riptide.problem.RipTideException;
import io.riptide.spi.Condition;
import io.riptide.testkit.Await;
import io.riptide.testkit.FaultProxy;
import io.riptide.testkit.FaultProxy.Way;
import io.riptide.testkit.RedisServer;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A write that lay somewhere on its way until its writer had given it up and written again through another node. */
class RedisLateWritesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static RedisConfig config(int port) {
        return new RedisConfig("redis://127.0.0.1:" + port, Mode.STANDALONE, 1, 2_000, "");
    }

    private static boolean kept(Node node, String key) {
        try {
            var unused = node.put(key);
            return true;
        } catch (RipTideException e) {
            return false;
        }
    }

    /** What names the write that is there. */
    private static String name(RedisServer server) {
        return server.command("GETRANGE", new String(Node.key("k").bytes(), US_ASCII), "0", "11");
    }

    private static boolean removed(Node node, String key) {
        try {
            var unused = node.backing.entries().remove(Node.key(key), Condition.NONE, System.currentTimeMillis());
            return true;
        } catch (RipTideException e) {
            return false;
        }
    }

    /** What is sent after it on the same connection is answered, so it has arrived. */
    private static void awaitArrival(Node node) {
        Await.until(PATIENCE, "its calls to be answered", () -> kept(node, "other"));
    }

    @Test
    void a_write_does_not_replace_what_was_acknowledged_since() {
        try (RedisServer server = RedisServer.start();
                FaultProxy way = FaultProxy.before("127.0.0.1", server.port());
                Node far = new Node(config(way.port()));
                Node near = new Node(config(server.port()))) {
            assertThat(kept(far, "first")).isTrue();
            way.freeze(Way.TO_SERVER);
            assertThat(kept(far, "k")).isFalse();
            assertThat(kept(near, "k")).isTrue();
            String acknowledged = name(server);
            assertThat(acknowledged).isNotEmpty();
            way.heal();
            awaitArrival(far);
            assertThat(name(server)).isEqualTo(acknowledged);
        }
    }

    @Test
    void a_removal_does_not_take_away_what_was_acknowledged_since() {
        try (RedisServer server = RedisServer.start();
                FaultProxy way = FaultProxy.before("127.0.0.1", server.port());
                Node far = new Node(config(way.port()));
                Node near = new Node(config(server.port()))) {
            assertThat(kept(far, "k")).isTrue();
            way.freeze(Way.TO_SERVER);
            assertThat(removed(far, "k")).isFalse();
            assertThat(kept(near, "k")).isTrue();
            String acknowledged = name(server);
            way.heal();
            awaitArrival(far);
            assertThat(name(server)).isEqualTo(acknowledged);
        }
    }
}
