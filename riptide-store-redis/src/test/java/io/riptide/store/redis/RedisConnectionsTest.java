package io.riptide.store.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.riptide.config.RedisConfig;
import io.riptide.config.RedisConfig.Mode;
import io.riptide.entry.Head;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import io.riptide.spi.EntryStore;
import io.riptide.spi.StoreCalls;
import io.riptide.spi.WriteOutcome;
import io.riptide.testkit.Await;
import io.riptide.testkit.FaultProxy;
import io.riptide.testkit.RedisSentinels;
import io.riptide.testkit.RedisServer;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who is let in, and what becomes of connections whose other end is gone. */
class RedisConnectionsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    private Path directory;

    private static RedisConfig config(String url, Mode mode, String certificate) {
        return new RedisConfig(url, mode, 2, 1_000, certificate);
    }

    private static RedisConfig config(String url) {
        return config(url, Mode.STANDALONE, "");
    }

    private static void assertWorks(RedisConfig config) {
        try (Node node = new Node(config)) {
            assertThat(node.put("k").kind()).isEqualTo(WriteOutcome.Kind.CREATED);
            assertThat(node.backing.entries().get(Node.key("k"))).isNotNull();
            assertThat(node.awaitProof()).isPositive();
        }
    }

    private static void assertRefused(RedisConfig config, String says) {
        assertThatThrownBy(() -> Redis.open(config, System::nanoTime))
                .isInstanceOfSatisfying(RipTideException.class, e -> {
                    assertThat(e.problem().code()).isEqualTo(ProblemCode.STORE_UNAVAILABLE);
                    assertThat(e.problem().detail())
                            .startsWith("persistence.redis.url: ")
                            .contains(says)
                            .doesNotContain("sesame")
                            .doesNotContain(config.url());
                });
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    @Test
    void over_tls_a_server_is_believed_that_the_certificate_names() throws IOException {
        int port = freePort();
        Tls tls = Tls.make(directory, "ip:127.0.0.1");
        try (RedisServer server = RedisServer.start(tls.options(port))) {
            String url = "rediss://127.0.0.1:" + port;
            assertWorks(config(url, Mode.STANDALONE, tls.certificate().toString()));
            assertThat(server.command("EXISTS", "riptide:meta:usage:{acme}")).isEqualTo("1");
            assertRefused(config(url), "certificate");
            assertRefused(config("redis://127.0.0.1:" + port), "cannot be reached");
        }
    }

    @Test
    void over_tls_a_server_of_another_name_is_refused() throws IOException {
        int port = freePort();
        Tls tls = Tls.make(directory, "dns:elsewhere.test");
        try (RedisServer server = RedisServer.start(tls.options(port))) {
            assertThat(server.alive()).isTrue();
            String url = "rediss://127.0.0.1:" + port;
            assertRefused(config(url, Mode.STANDALONE, tls.certificate().toString()), "certificate");
        }
    }

    @Test
    void a_user_with_the_rights_that_the_documentation_names_is_enough() {
        try (RedisServer server = RedisServer.start()) {
            String[] rights = ("ACL SETUSER riptide on >sesame resetkeys ~riptide:* resetchannels -@all +@read +@write"
                            + " +@connection +@scripting +info +role +time +wait +cluster|info +cluster|nodes"
                            + " +cluster|slots +cluster|shards")
                    .split(" ");
            assertThat(server.command(rights)).isEqualTo("OK");
            assertThat(server.command("ACL", "SETUSER", "default", "off")).isEqualTo("OK");
            String at = "127.0.0.1:" + server.port();
            assertWorks(config("redis://riptide:sesame@" + at));
            try (Node node = new Node(config("redis://riptide:sesame@" + at))) {
                for (int i = 0; i < 2; i++) {
                    assertThat(node.backing.entries().durability())
                            .as("what it may be told without a further right")
                            .isEqualTo("As Redis is set: appendonly no, replicas 0.");
                }
                assertThat(node.backing.entries().calls()).isEqualTo(StoreCalls.NONE);
            }
            assertRefused(config("redis://riptide:sesame2@" + at), "refuses the user or password");
            assertRefused(config("redis://" + at), "refuses the user or password");
        }
    }

    @Test
    void a_user_who_may_not_run_scripts_is_told_so_at_the_start() {
        try (RedisServer server = RedisServer.start()) {
            assertThat(server.command("ACL", "SETUSER", "riptide", "on", ">sesame", "~*", "+@all", "-@scripting"))
                    .isEqualTo("OK");
            assertRefused(config("redis://riptide:sesame@127.0.0.1:" + server.port()), "permission");
        }
    }

    @Test
    void a_password_alone_is_that_of_the_default_user_and_sentinels_are_asked_without() {
        try (RedisServer server = RedisServer.start("--requirepass", "sesame")) {
            assertWorks(config("redis://:sesame@127.0.0.1:" + server.port()));
        }
        try (RedisSentinels sentinels = RedisSentinels.start()) {
            for (RedisServer server : sentinels.servers()) {
                assertThat(server.command("ACL", "SETUSER", "riptide", "on", ">sesame", "~riptide:*", "+@all"))
                        .isEqualTo("OK");
            }
            String url = sentinels.url().replaceFirst("redis://", "redis://riptide:sesame@");
            assertWorks(config(url, Mode.SENTINEL, ""));
            assertThat(sentinels.master().command("ACL", "SETUSER", "riptide", "resetpass"))
                    .isEqualTo("OK");
            assertRefused(config(url, Mode.SENTINEL, ""), "refuses the user or password");
        }
    }

    @Test
    void a_server_that_is_not_there_is_told_in_one_line() throws IOException {
        assertRefused(config("redis://127.0.0.1:" + freePort()), "cannot be reached");
        assertRefused(config("redis://127.0.0.1:" + freePort(), Mode.CLUSTER, ""), "cannot be reached");
        assertRefused(config("redis://127.0.0.1:" + freePort() + "#mymaster", Mode.SENTINEL, ""), "cannot be reached");
    }

    @Test
    void the_report_says_what_an_acknowledged_write_is_worth() {
        try (RedisServer server = RedisServer.start("--appendonly", "yes");
                Node node = new Node(config(server.url()))) {
            assertThat(node.backing.entries().report())
                    .containsEntry("append_only", 1L)
                    .containsEntry("replicas", 0L)
                    .hasEntrySatisfying("used_memory", used -> assertThat(used).isPositive());
            assertThat(node.backing.entries().durability())
                    .isEqualTo("As Redis is set: appendonly yes, appendfsync everysec, save never, replicas 0.");
            try (RedisServer replica = RedisServer.start("--replicaof", "127.0.0.1 " + server.port())) {
                Await.until(
                        PATIENCE,
                        "a replica",
                        () -> node.backing.entries().report().get("replicas") == 1);
                assertThat(replica.alive()).isTrue();
            }
        }
    }

    @Test
    void the_number_of_the_database_is_taken_from_the_address() {
        try (RedisServer server = RedisServer.start()) {
            assertWorks(config(server.url() + "/3"));
            assertThat(server.command("INFO", "keyspace")).contains("db3:").doesNotContain("db0:");
        }
    }

    @Test
    void each_tenant_has_one_of_the_connections() {
        try (RedisServer server = RedisServer.start()) {
            RedisConfig config = new RedisConfig(server.url(), Mode.STANDALONE, 5, 1_000, "");
            try (Redis redis = Redis.open(config, System::nanoTime)) {
                assertThat(redis.info("clients"))
                        .as("and one that waits for replicas")
                        .contains("connected_clients:6");
                for (int i = 0; i < 100; i++) {
                    redis.run("tenant" + i, List.of(Call.info("server")));
                }
                String list = server.command("CLIENT", "LIST");
                assertThat(list.lines().filter(line -> line.contains("cmd=info")))
                        .as("all are in use")
                        .hasSize(5);
            }
        }
    }

    @Test
    void a_connection_that_is_half_open_is_given_up_within_seconds() {
        try (RedisServer server = RedisServer.start();
                FaultProxy proxy = FaultProxy.before("127.0.0.1", server.port());
                Node node = new Node(config("redis://127.0.0.1:" + proxy.port()))) {
            node.put("before");
            proxy.freeze();
            int opened = proxy.connections();
            assertThat(opened).isPositive();
            Await.until(PATIENCE, "calls to be refused without waiting", () -> {
                long began = System.nanoTime();
                assertThatThrownBy(() -> node.put("k")).isInstanceOf(RipTideException.class);
                return System.nanoTime() - began < 100_000_000L;
            });
            proxy.heal();
            Await.until(PATIENCE, "writes to be taken", () -> taken(node, "k"));
        }
    }

    @Test
    void connections_that_end_under_writers_leave_nothing_that_the_index_misses() {
        try (RedisServer server = RedisServer.start();
                FaultProxy proxy = FaultProxy.before("127.0.0.1", server.port());
                Node node = new Node(config("redis://127.0.0.1:" + proxy.port()))) {
            AtomicLong done = new AtomicLong();
            AtomicBoolean end = new AtomicBoolean();
            List<Thread> writers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                writers.add(Thread.ofVirtual().start(() -> {
                    for (int k = 0; !end.get(); k++) {
                        String key = "k" + k % 50;
                        Await.until(PATIENCE, "writes to be taken", () -> taken(node, key));
                        done.incrementAndGet();
                    }
                }));
            }
            for (int cuts = 0; cuts < 30; cuts++) {
                long before = done.get();
                Await.until(PATIENCE, "writes to be taken", () -> done.get() > before + 100);
                proxy.cut();
            }
            end.set(true);
            writers.forEach(RedisConnectionsTest::join);
            Await.until(PATIENCE, "writes to be taken", () -> taken(node, "last"));
            EntryStore entries = node.backing.entries();
            long now = System.currentTimeMillis();
            List<String> listed = entries.list("acme", "ns", null, 100, now).heads().stream()
                    .map(Head::key)
                    .toList();
            for (int k = 0; k < 50; k++) {
                assertThat(entries.get(Node.key("k" + k))).isNotNull();
                assertThat(listed).contains("k" + k);
            }
            assertThat(entries.usage("acme").entries()).isGreaterThanOrEqualTo(51);
        }
    }

    @Test
    void a_read_does_not_fail_because_its_connection_ended() {
        try (RedisServer server = RedisServer.start();
                FaultProxy proxy = FaultProxy.before("127.0.0.1", server.port());
                Node node = new Node(
                        new RedisConfig("redis://127.0.0.1:" + proxy.port(), Mode.STANDALONE, 2, 10_000, ""))) {
            node.put("k");
            EntryStore entries = node.backing.entries();
            Await.until(PATIENCE, "reads to be sent once more", () -> {
                proxy.cut();
                for (int i = 0; i < 20; i++) {
                    assertThat(entries.get(Node.key("k"))).isNotNull();
                }
                return entries.calls().retried() > 20;
            });
            assertThat(entries.calls())
                    .matches(calls -> calls.failed() == 0 && calls.refused() == 0 && !calls.refusing());
        }
    }

    @Test
    void while_redis_is_away_calls_are_counted_and_refused() throws IOException {
        try (RedisServer server = RedisServer.start();
                Node node = new Node(config(server.url()))) {
            node.put("k");
            server.kill();
            EntryStore entries = node.backing.entries();
            Await.until(PATIENCE, "calls to be refused", () -> {
                assertThatThrownBy(() -> entries.get(Node.key("k"))).isInstanceOf(RipTideException.class);
                return entries.calls().refusing();
            });
            assertThat(entries.calls().failed()).isPositive();
            server.restart();
            Await.until(PATIENCE, "writes to be taken", () -> taken(node, "k"));
            Await.until(PATIENCE, "all calls to be let through", () -> {
                var unused = entries.get(Node.key("k"));
                return !entries.calls().refusing();
            });
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
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
