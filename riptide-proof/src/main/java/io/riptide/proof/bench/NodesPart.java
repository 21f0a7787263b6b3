package io.riptide.proof.bench;

import io.riptide.cache.Lookup;
import io.riptide.cache.Namespace;
import io.riptide.cache.PutOptions;
import io.riptide.proof.bench.contest.SharedNode;
import io.riptide.proof.bench.contest.SharedNode.Sharing;
import io.riptide.testkit.RedisServer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * Several nodes over one real Redis, all in this process: what they send while memory answers, how soon one knows of
 * what another wrote, and what the news of it costs.
 */
final class NodesPart {
    private static final String PART = "nodes";
    private static final int NODES = 4;
    private static final int KEYS = 1000;
    private static final int VALUE_BYTES = 1024;
    private static final long PLENTY = 64L << 20;
    private static final int WRITES_A_SECOND = 500;
    private static final int WRITERS = 4;
    /** Keys of each writer. */
    private static final int OWN = 50;

    private final Results results;
    private final double seconds;

    NodesPart(Results results, double seconds) {
        this.results = results;
        this.seconds = seconds;
    }

    void run() throws Exception {
        hits();
        news();
        for (int nodes = 1; nodes <= NODES; nodes++) {
            traffic(nodes, 1);
        }
        traffic(NODES, 10);
        traffic(NODES, 1000);
    }

    private static byte[] value(long number) {
        byte[] value = new byte[VALUE_BYTES];
        byte[] text = Long.toString(number).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(text, 0, value, 0, text.length);
        return value;
    }

    private static void write(Namespace namespace, int key, long number) {
        var unused = namespace.put("key-" + key, value(number), PutOptions.DEFAULT);
    }

    /** Commands that the server ran while 100,000 hits took place on each of four nodes. */
    private void hits() {
        int hits = (int) (seconds * 20_000);
        try (RedisServer server = RedisServer.start();
                Cluster cluster = Cluster.of(server, NODES)) {
            List<Namespace> nodes = cluster.tenant("bench");
            for (int key = 0; key < KEYS; key++) {
                write(nodes.getFirst(), key, key);
            }
            // The first read finds what comes from the store, which may have been told of since.
            for (int round = 0; round < 2; round++) {
                nodes.forEach(node -> readAll(node, KEYS));
            }
            Map<String, Long> before = commands(server);
            long began = System.nanoTime();
            long misses = nodes.stream().mapToLong(node -> readAll(node, hits)).sum();
            double took = (System.nanoTime() - began) / 1e9;
            String what = String.format(java.util.Locale.ROOT, "%,d hits on each of %d nodes", hits, NODES);
            results.add(PART, what + ": reads that went to Redis", (double) misses, "in all", "0");
            results.add(PART, what + ": they took", took, "s", "");
            Map<String, Long> after = commands(server);
            after.forEach((command, calls) -> {
                long more = calls - before.getOrDefault(command, 0L);
                if (more > 0) {
                    String aim = command.equals("role") ? "10 a second from each: the beat" : "";
                    results.add(PART, what + ": calls of " + command, (double) more, "in all", aim);
                }
            });
        }
    }

    /** How many of so many reads memory did not answer. */
    private static long readAll(Namespace namespace, int reads) {
        long misses = 0;
        for (int i = 0; i < reads; i++) {
            Lookup found = namespace.get("key-" + i % KEYS);
            misses += found instanceof Lookup.Hit hit && hit.tier() == Lookup.Tier.L1 ? 0 : 1;
        }
        return misses;
    }

    /** How often each command was run, but for this question itself. */
    private static Map<String, Long> commands(RedisServer server) {
        Map<String, Long> calls = new TreeMap<>();
        for (String line : server.command("INFO", "commandstats").split("\r?\n", -1)) {
            if (line.startsWith("cmdstat_") && !line.startsWith("cmdstat_info:")) {
                String name = line.substring("cmdstat_".length(), line.indexOf(':'));
                calls.put(name, Long.parseLong(line.replaceAll(".*:calls=(\\d+),.*", "$1")));
            }
        }
        return calls;
    }

    /**
     * From when one node's write was acknowledged until a read at another began that did not find what was before it,
     * at a steady rate: each write is of a key that the other has in memory.
     */
    private void news() throws Exception {
        try (RedisServer server = RedisServer.start();
                Cluster cluster = Cluster.of(server, 2)) {
            List<Namespace> nodes = cluster.tenant("bench");
            var unused = measured(nodes, seconds / 2);
            List<Samples> all = measured(nodes, seconds * 2);
            double[] millis = Samples.sorted(all);
            String what = "news of a write at another node";
            results.add(PART, what + ": writes", millis.length / (seconds * 2), "a second", "500");
            results.add(PART, what + ", p50", Samples.percentile(millis, 50), "ms", "");
            results.add(PART, what + ", p99", Samples.percentile(millis, 99), "ms", "under 5");
            results.add(PART, what + ", the longest", millis[millis.length - 1], "ms", "");
        }
    }

    private static List<Samples> measured(List<Namespace> nodes, double seconds) throws Exception {
        List<Samples> all = Stream.generate(Samples::new).limit(WRITERS).toList();
        List<Thread> threads = new ArrayList<>();
        long began = System.nanoTime();
        for (int i = 0; i < WRITERS; i++) {
            int writer = i;
            threads.add(Thread.ofPlatform()
                    .daemon()
                    .start(() -> write(nodes.get(0), nodes.get(1), writer, began, seconds, all.get(writer))));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        return all;
    }

    /** Keys of a writer's own, each write at its instant. */
    private static void write(Namespace here, Namespace there, int writer, long began, double seconds, Samples millis) {
        long pause = 1_000_000_000L * WRITERS / WRITES_A_SECOND;
        long due = began + writer * pause / WRITERS;
        for (long number = 1; due < began + seconds * 1e9; number++, due += pause) {
            while (System.nanoTime() - due < 0) {
                LockSupport.parkNanos(due - System.nanoTime());
            }
            int key = writer * OWN + (int) (number % OWN);
            write(here, key, number);
            long acknowledged = System.nanoTime();
            long asked = acknowledged;
            while (!isNumber(there.get("key-" + key), number)) {
                LockSupport.parkNanos(20_000);
                asked = System.nanoTime();
            }
            millis.add((asked - acknowledged) / 1e6);
            // It is in memory once more, with what came after the news of it.
            int next = writer * OWN + (int) ((number + 1) % OWN);
            var unused = there.get("key-" + next);
        }
    }

    private static boolean isNumber(Lookup found, long number) {
        byte[] expected = value(number);
        return found instanceof Lookup.Hit hit && hit.entry().value().equals(java.nio.ByteBuffer.wrap(expected));
    }

    /** Bytes that the server sends for each write at one node, to all nodes and by all that it answers. */
    private void traffic(int nodes, int tenants) {
        int writes = (int) (seconds * 400);
        try (RedisServer server = RedisServer.start();
                Cluster cluster = Cluster.of(server, nodes)) {
            List<Namespace> spaces = new ArrayList<>();
            for (int tenant = 0; tenant < tenants; tenant++) {
                spaces.add(cluster.nodes()
                        .getFirst()
                        .tenant("tenant-" + (1000 + tenant), PLENTY)
                        .namespace("pages"));
            }
            for (int i = 0; i < writes; i++) {
                write(spaces.get(i % tenants), i % KEYS, i);
            }
            double idle = idle(server);
            long before = sent(server);
            long began = System.nanoTime();
            for (int i = 0; i < writes; i++) {
                write(spaces.get(i % tenants), i % KEYS, i);
            }
            double took = (System.nanoTime() - began) / 1e9;
            double each = (sent(server) - before - idle * took) / writes;
            String what =
                    nodes + (nodes == 1 ? " node, " : " nodes, ") + tenants + (tenants == 1 ? " tenant" : " tenants");
            results.add(PART, "sent by Redis for a write: " + what, each, "bytes", "");
        }
    }

    /** Bytes a second that it sends while nobody writes. */
    private static double idle(RedisServer server) {
        long before = sent(server);
        long began = System.nanoTime();
        long until = began + 2_000_000_000L;
        while (System.nanoTime() - until < 0) {
            LockSupport.parkNanos(until - System.nanoTime());
        }
        return (sent(server) - before) / ((System.nanoTime() - began) / 1e9);
    }

    private static long sent(RedisServer server) {
        String stats = server.command("INFO", "stats");
        return Long.parseLong(stats.replaceAll("(?s).*total_net_output_bytes:(\\d+).*", "$1"));
    }

    /** Nodes that know of each other only by their Redis. */
    private record Cluster(List<SharedNode> nodes) implements AutoCloseable {
        static Cluster of(RedisServer server, int count) {
            return new Cluster(Stream.generate(() -> SharedNode.open(server.url(), 1, Sharing.ALL))
                    .limit(count)
                    .toList());
        }

        /** One tenant's entries at each of them. */
        List<Namespace> tenant(String id) {
            return nodes.stream()
                    .map(node -> node.tenant(id, PLENTY).namespace("pages"))
                    .toList();
        }

        @Override
        public void close() {
            nodes.forEach(SharedNode::close);
        }
    }
}
