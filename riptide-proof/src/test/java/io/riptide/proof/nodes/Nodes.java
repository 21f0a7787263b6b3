package io.riptide.proof.nodes;

import io.riptide.proof.ServerProcess;
import io.riptide.testkit.PostgresServer;
import io.riptide.testkit.RedisServer;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** Three servers, each a process of its own, over one real Redis, which keeps what it acknowledged, and PostgreSQL. */
final class Nodes implements AutoCloseable {
    static final int COUNT = 3;

    final RedisServer redis = RedisServer.start("--appendonly", "yes", "--appendfsync", "always");
    final PostgresServer postgres = PostgresServer.start();
    private final Path folder;
    private final AtomicReferenceArray<ServerProcess> servers = new AtomicReferenceArray<>(COUNT);

    Nodes(Path folder) {
        this.folder = folder;
        for (int i = 0; i < COUNT; i++) {
            start(i);
        }
    }

    private void start(int node) {
        servers.set(
                node,
                ServerProcess.start(
                        folder.resolve("node-" + node),
                        "persistence.redis.url=" + redis.url(),
                        "persistence.control.url=" + postgres.url()));
    }

    ServerProcess node(int node) {
        return servers.get(Math.floorMod(node, COUNT));
    }

    /** Stops one in order and starts it again. */
    void restart(int node) {
        node(node).close();
        start(node);
    }

    /** Ends one at once and starts it again. */
    void killAndRestart(int node) {
        node(node).kill();
        start(node);
    }

    /** A call as a client makes it that tries once more, at the next node; null where both failed. */
    @Nullable HttpResponse<byte[]> call(int first, String apiKey, String method, String path, byte @Nullable [] body) {
        for (int i = 0; i < 2; i++) {
            try {
                HttpResponse<byte[]> answer = node(first + i).call(apiKey, method, path, body, Map.of());
                if (answer.statusCode() < 500) {
                    return answer;
                }
            } catch (IOException e) {
                // The node is stopping, or gone.
            }
        }
        return null;
    }

    @Override
    public void close() {
        for (int i = 0; i < COUNT; i++) {
            ServerProcess server = servers.get(i);
            if (server != null) {
                server.close();
            }
        }
        redis.close();
        postgres.close();
    }
}
