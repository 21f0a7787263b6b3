package io.riptide.proof.nodes;

import io.riptide.proof.ServerProcess;
import io.riptide.testkit.Await;
import io.riptide.testkit.PostgresServer;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** Three servers, each a process of its own, over one real PostgreSQL and the Redis of who makes them. */
final class Nodes implements AutoCloseable {
    static final int COUNT = 3;
    static final int NONE = -1;
    /** Redis so that what it acknowledged is there after its process was killed, however busy the disk is. */
    static final String[] KEPT = {"--appendonly", "yes", "--appendfsync", "no"};
    /** For who tests something else than how a machine does that is busy with other work. */
    static final String PATIENT = "persistence.redis.command_timeout_ms=1000";

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration PROBE = Duration.ofSeconds(5);
    private static final String[] COMMON = {
        "persistence.cache.namespaces." + Load.LENIENT + ".stale_if_error_seconds=300"
    };

    final PostgresServer postgres = PostgresServer.start();
    private final Path folder;
    private final IntFunction<List<String>> settings;
    private final AtomicReferenceArray<ServerProcess> servers = new AtomicReferenceArray<>(COUNT);

    /**
     * Starts them.
     *
     * @param settings those of each node, among them where its Redis is
     */
    Nodes(Path folder, IntFunction<List<String>> settings) {
        this.folder = folder;
        this.settings = settings;
        try {
            each(this::start);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Of all at the same time; in threads of their own, for what they wait for holds a carrier. */
    private static void each(IntConsumer action) {
        try (ExecutorService threads = Executors.newFixedThreadPool(COUNT)) {
            CompletableFuture.allOf(IntStream.range(0, COUNT)
                            .mapToObj(node -> CompletableFuture.runAsync(() -> action.accept(node), threads))
                            .toArray(CompletableFuture[]::new))
                    .join();
        }
    }

    private void start(int node) {
        List<String> all = new ArrayList<>(settings.apply(node));
        all.addAll(List.of(COMMON));
        all.add("persistence.control.url=" + postgres.url());
        servers.set(node, ServerProcess.start(folder.resolve("node-" + node), all.toArray(String[]::new)));
    }

    ServerProcess node(int node) {
        return servers.get(Math.floorMod(node, COUNT));
    }

    /** Stops one in order, starts it again and waits until it is ready. */
    void restart(int node) {
        node(node).close();
        start(node);
        awaitReady(node);
    }

    /** Ends one at once and starts it again. */
    void killAndRestart(int node) {
        node(node).kill();
        start(node);
        awaitReady(node);
    }

    /** Waits until a node and all its parts are as they should be. */
    void awaitReady(int node) {
        Await.until(PATIENCE, "node " + node + " to be ready", () -> ready(node));
    }

    /** Whether a node and all its parts are as they should be. */
    boolean ready(int node) {
        return state(node).equals("200 ready");
    }

    /** What a node says of itself, and with which status. */
    String state(int node) {
        try {
            HttpResponse<byte[]> answer = node(node).call("none", "GET", "/readyz", null, Map.of(), PROBE);
            return answer.statusCode() + " "
                    + ServerProcess.json(answer).get("status").asText();
        } catch (IOException e) {
            return "no answer";
        }
    }

    /** How many operations of a tenant a node knows of. */
    long operations(int node, String apiKey) {
        return usage(node, apiKey, "operations_total");
    }

    /** How many entries a tenant has, by the index. */
    long entries(int node, String apiKey) {
        return usage(node, apiKey, "cache_entries");
    }

    private long usage(int node, String apiKey, String figure) {
        return ServerProcess.json(node(node).call(apiKey, "GET", "/v1/usage", null))
                .get(figure)
                .asLong();
    }

    @Override
    public void close() {
        each(node -> {
            ServerProcess server = servers.get(node);
            if (server != null) {
                server.close();
            }
        });
        postgres.close();
    }
}
