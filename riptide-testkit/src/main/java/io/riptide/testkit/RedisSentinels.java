package io.riptide.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A real Redis master with two replicas, watched by three sentinels that replace it where it is gone for a second. */
public final class RedisSentinels implements AutoCloseable {
    /** What the sentinels call the master. */
    public static final String NAME = "mymaster";

    private static final int QUORUM = 2;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final List<RedisServer> servers = new ArrayList<>();
    private final List<RedisServer> sentinels = new ArrayList<>();

    private RedisSentinels() {}

    /** Starts all of it, each server with these options, and waits until the sentinels know each other. */
    public static RedisSentinels start(String... options) {
        RedisSentinels started = new RedisSentinels();
        try {
            started.begin(List.of(options));
            return started;
        } catch (RuntimeException e) {
            started.close();
            throw e;
        }
    }

    private void begin(List<String> options) {
        RedisServer master = RedisServer.start(RedisServer.freePort(), options);
        servers.add(master);
        String port = Integer.toString(master.port());
        for (int i = 0; i < 2; i++) {
            List<String> all = new ArrayList<>(List.of("--replicaof", "127.0.0.1 " + port));
            all.addAll(options);
            servers.add(RedisServer.start(RedisServer.freePort(), all));
        }
        for (RedisServer replica : servers.subList(1, servers.size())) {
            Await.until(
                    PATIENCE,
                    "a replica to follow its master",
                    () -> replica.command("INFO", "replication").contains("master_link_status:up"));
        }
        for (int i = 0; i < 3; i++) {
            RedisServer sentinel = RedisServer.start(RedisServer.freePort(), List.of("--sentinel"));
            sentinels.add(sentinel);
            sentinel.command("SENTINEL", "MONITOR", NAME, "127.0.0.1", port, Integer.toString(QUORUM));
            sentinel.command("SENTINEL", "SET", NAME, "down-after-milliseconds", "1000");
            sentinel.command("SENTINEL", "SET", NAME, "failover-timeout", "5000");
        }
        for (RedisServer sentinel : sentinels) {
            Await.until(PATIENCE, "the sentinels to know each other", () -> {
                String state = sentinel.command("SENTINEL", "MASTER", NAME);
                return state.contains("num-other-sentinels\n2") && state.contains("num-slaves\n2");
            });
        }
    }

    /** The server that the sentinels take for the master now. */
    public RedisServer master() {
        String port = sentinels
                .getFirst()
                .command("SENTINEL", "GET-MASTER-ADDR-BY-NAME", NAME)
                .lines()
                .skip(1)
                .findFirst()
                .orElseThrow();
        return servers.stream()
                .filter(server -> Integer.toString(server.port()).equals(port))
                .findFirst()
                .orElseThrow();
    }

    /** The servers that hold data: the first began as the master. */
    public List<RedisServer> servers() {
        return List.copyOf(servers);
    }

    /** The sentinels. */
    public List<RedisServer> sentinels() {
        return List.copyOf(sentinels);
    }

    /** The sentinels' addresses, separated by commas, with the master's name behind a #. */
    public String url() {
        return String.join(",", sentinels.stream().map(RedisServer::url).toList()) + "#" + NAME;
    }

    @Override
    public void close() {
        sentinels.forEach(RedisServer::close);
        servers.forEach(RedisServer::close);
    }
}
