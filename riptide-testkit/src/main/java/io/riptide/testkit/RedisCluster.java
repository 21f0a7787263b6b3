package io.riptide.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A real Redis Cluster of three masters with a replica each, out of {@link RedisServer}. */
public final class RedisCluster implements AutoCloseable {
    private static final int MASTERS = 3;
    private static final int SLOTS = 16_384;
    private static final String MIGRATION_MILLIS = "5000";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final List<RedisServer> nodes = new ArrayList<>();

    private RedisCluster(List<String> options) {
        for (int i = 0; i < 2 * MASTERS; i++) {
            List<String> all = new ArrayList<>(List.of(
                    "--cluster-enabled",
                    "yes",
                    "--cluster-config-file",
                    "nodes.conf",
                    "--cluster-node-timeout",
                    "2000"));
            all.addAll(options);
            nodes.add(RedisServer.start(RedisServer.freePort(), all));
        }
    }

    /** Starts one, each server with these options, and waits until all nodes say that it is whole. */
    public static RedisCluster start(String... options) {
        RedisCluster cluster = new RedisCluster(List.of(options));
        try {
            cluster.join();
            return cluster;
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    private void join() {
        for (int i = 0; i < MASTERS; i++) {
            int from = i * SLOTS / MASTERS;
            int to = (i + 1) * SLOTS / MASTERS - 1;
            expectOk(nodes.get(i).command("CLUSTER", "ADDSLOTSRANGE", Integer.toString(from), Integer.toString(to)));
        }
        for (RedisServer node : nodes.subList(1, nodes.size())) {
            String port = Integer.toString(nodes.getFirst().port());
            expectOk(node.command("CLUSTER", "MEET", "127.0.0.1", port));
        }
        for (int i = 0; i < MASTERS; i++) {
            RedisServer replica = nodes.get(MASTERS + i);
            String master = nodes.get(i).command("CLUSTER", "MYID");
            Await.until(
                    PATIENCE,
                    "a node to become a replica",
                    () -> replica.command("CLUSTER", "REPLICATE", master).equals("OK"));
        }
        for (RedisServer node : nodes) {
            Await.until(PATIENCE, "the cluster to be whole", () -> {
                String known = node.command("CLUSTER", "NODES");
                return node.command("CLUSTER", "INFO").contains("cluster_state:ok")
                        && known.lines().filter(l -> l.contains("slave")).count() == MASTERS
                        && known.lines().filter(l -> l.contains("connected")).count() == nodes.size();
            });
        }
        for (RedisServer replica : nodes.subList(MASTERS, nodes.size())) {
            Await.until(
                    PATIENCE,
                    "a replica to follow its master",
                    () -> replica.command("INFO", "replication").contains("master_link_status:up"));
        }
    }

    private static void expectOk(String answer) {
        if (!answer.equals("OK")) {
            throw new IllegalStateException("a command was answered with " + answer);
        }
    }

    /** The servers: first those that began as masters, then their replicas in the same order. */
    public List<RedisServer> nodes() {
        return List.copyOf(nodes);
    }

    /** The servers that are masters now. */
    public List<RedisServer> masters() {
        return nodes.stream()
                .filter(RedisServer::alive)
                .filter(node -> node.command("ROLE").startsWith("master"))
                .toList();
    }

    /** The slot of a key. */
    public int slot(String key) {
        return Integer.parseInt(nodes.getLast().command("CLUSTER", "KEYSLOT", key));
    }

    /** Moves a slot from one master to another, key by key, while both go on answering; as {@code redis-cli} does. */
    public void move(int slot, RedisServer from, RedisServer to) {
        String number = Integer.toString(slot);
        String port = Integer.toString(to.port());
        String target = to.command("CLUSTER", "MYID");
        expectOk(to.command("CLUSTER", "SETSLOT", number, "IMPORTING", from.command("CLUSTER", "MYID")));
        expectOk(from.command("CLUSTER", "SETSLOT", number, "MIGRATING", target));
        List<String> keys =
                from.command("CLUSTER", "GETKEYSINSLOT", number, "1").lines().toList();
        while (!keys.isEmpty()) {
            for (String key : keys) {
                String answer = from.command("MIGRATE", "127.0.0.1", port, key, "0", MIGRATION_MILLIS);
                if (!answer.equals("NOKEY")) {
                    expectOk(answer);
                }
            }
            keys = from.command("CLUSTER", "GETKEYSINSLOT", number, "1").lines().toList();
        }
        expectOk(to.command("CLUSTER", "SETSLOT", number, "NODE", target));
        expectOk(from.command("CLUSTER", "SETSLOT", number, "NODE", target));
    }

    /** The addresses of all, separated by commas. */
    public String url() {
        return String.join(",", nodes.stream().map(RedisServer::url).toList());
    }

    @Override
    public void close() {
        nodes.forEach(RedisServer::close);
    }
}
