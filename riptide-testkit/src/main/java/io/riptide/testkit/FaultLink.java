package io.riptide.testkit;

import java.io.IOException;
import java.net.Socket;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** One connection through the proxy: for each direction a thread that reads and one that writes behind it. */
final class FaultLink {
    private static final int CHUNK = 4_096;
    private static final int CHUNKS = 256;
    private static final int POLL_MILLIS = 100;

    private final Socket client;
    private final Socket server;
    private final Consumer<FaultLink> whenEnded;
    private volatile boolean ended;
    private volatile boolean frozen;

    /** Bytes and when they came; none at the end of the stream, which may be a reset. */
    private record Chunk(byte[] bytes, long cameNanos, boolean isReset) {}

    FaultLink(Socket client, Socket server, Consumer<FaultLink> whenEnded) {
        this.client = client;
        this.server = server;
        this.whenEnded = whenEnded;
    }

    void start(FaultLine toServer, FaultLine toClient) {
        begin(client, server, toServer);
        begin(server, client, toClient);
    }

    private void begin(Socket from, Socket to, FaultLine line) {
        BlockingQueue<Chunk> queue = new ArrayBlockingQueue<>(CHUNKS);
        Thread.ofVirtual().name("fault-proxy-read").start(() -> read(from, queue));
        Thread.ofVirtual().name("fault-proxy-write").start(() -> write(to, queue, line));
    }

    private void read(Socket from, BlockingQueue<Chunk> queue) {
        byte[] buffer = new byte[CHUNK];
        Chunk chunk;
        do {
            chunk = next(from, buffer);
        } while (hold(queue, chunk) && chunk.bytes().length > 0);
    }

    private static Chunk next(Socket from, byte[] buffer) {
        try {
            int length = from.getInputStream().read(buffer);
            return new Chunk(Arrays.copyOf(buffer, Math.max(0, length)), System.nanoTime(), false);
        } catch (IOException e) {
            return new Chunk(new byte[0], System.nanoTime(), true);
        }
    }

    /** Holds the sender up while the queue is full; false where the connection ended. */
    private boolean hold(BlockingQueue<Chunk> queue, Chunk chunk) {
        try {
            while (!ended) {
                if (queue.offer(chunk, POLL_MILLIS, TimeUnit.MILLISECONDS)) {
                    return true;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return false;
    }

    private void write(Socket to, BlockingQueue<Chunk> queue, FaultLine line) {
        long lastNanos = System.nanoTime();
        int lastBytes = 0;
        try {
            while (!ended) {
                Chunk chunk = queue.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
                if (chunk == null) {
                    continue;
                }
                if (!line.await(this, chunk.cameNanos(), lastNanos, lastBytes)) {
                    return;
                }
                if (chunk.isReset()) {
                    reset();
                    return;
                }
                if (chunk.bytes().length == 0) {
                    to.shutdownOutput();
                    // Both directions are done once the other one ended as well.
                    if (client.isOutputShutdown() && server.isOutputShutdown()) {
                        close();
                    }
                    return;
                }
                to.getOutputStream().write(chunk.bytes());
                lastNanos = System.nanoTime();
                lastBytes = chunk.bytes().length;
            }
        } catch (IOException e) {
            reset();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Where the server sees it come from. */
    int port() {
        return server.getLocalPort();
    }

    void freeze() {
        frozen = true;
    }

    /** Who waits for it is to be woken. */
    void thaw() {
        frozen = false;
    }

    boolean frozen() {
        return frozen;
    }

    boolean ended() {
        return ended;
    }

    void close() {
        ended = true;
        FaultProxy.closeQuietly(client);
        FaultProxy.closeQuietly(server);
        whenEnded.accept(this);
    }

    void reset() {
        linger(client);
        linger(server);
        close();
    }

    static void reset(Socket socket) {
        linger(socket);
        FaultProxy.closeQuietly(socket);
    }

    /** A socket that lingers for no time is reset when it is closed. */
    private static void linger(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
        } catch (IOException e) {
            // It is closed already.
        }
    }
}
