package io.riptide.testkit;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A TCP proxy before a real server, which does to connections what networks do: it delays, throttles, freezes, cuts,
 * resets and refuses, until it is healed. Its port stays the same all along.
 *
 * <p>Bounds: what waits in it is at most 1 MiB for each direction of a connection; a sender is held up beyond that, as
 * by TCP itself. Faults concern bytes that have not left yet, and connections that come later. Threads: a few virtual
 * ones for each connection and one that accepts; any thread may call. Listens on the loopback address alone.
 */
public final class FaultProxy implements AutoCloseable {
    private static final int CONNECT_MILLIS = 5_000;

    private final InetSocketAddress target;
    private final ServerSocket listener;
    private final FaultLine toServer = new FaultLine();
    private final FaultLine toClient = new FaultLine();
    private final Set<FaultLink> links = ConcurrentHashMap.newKeySet();
    private volatile boolean refusing;

    private FaultProxy(InetSocketAddress target) throws IOException {
        this.target = target;
        this.listener = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
    }

    /** The direction that a fault concerns. */
    public enum Way {
        /** What clients send. */
        TO_SERVER,
        /** What the server answers. */
        TO_CLIENT
    }

    /**
     * Starts before a server, which is looked for with each connection: it may come, go and come back.
     *
     * @throws UncheckedIOException where no port is free
     */
    public static FaultProxy before(String host, int port) {
        try {
            FaultProxy proxy = new FaultProxy(InetSocketAddress.createUnresolved(host, port));
            Thread.ofVirtual().name("fault-proxy-accept").start(proxy::accept);
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where clients connect, on the loopback address. */
    public int port() {
        return listener.getLocalPort();
    }

    /** How many connections are open. */
    public int connections() {
        return links.size();
    }

    /**
     * Bytes leave no sooner than this after they came; zero ends it. Order and throughput stay as they are.
     *
     * @param delay at least zero
     */
    public void delay(Way way, Duration delay) {
        if (delay.isNegative()) {
            throw new IllegalArgumentException("delay: " + delay + " (expected: at least zero)");
        }
        line(way).delay(delay.toNanos());
    }

    /**
     * Each connection carries at most so many bytes a second; zero ends it.
     *
     * @param bytesPerSecond at least zero
     */
    public void throttle(Way way, long bytesPerSecond) {
        if (bytesPerSecond < 0) {
            throw new IllegalArgumentException("bytesPerSecond: " + bytesPerSecond + " (expected: at least 0)");
        }
        line(way).throttle(bytesPerSecond);
    }

    /**
     * Nothing passes and nothing ends, not even a connection that the other side closed: what both sides see of a peer
     * that vanished. New connections are taken and hang as well. What is held passes once it is healed.
     */
    public void freeze(Way way) {
        line(way).freeze();
    }

    /** {@link #freeze(Way)} both ways. */
    public void freeze() {
        toServer.freeze();
        toClient.freeze();
    }

    /**
     * The same of one connection alone, both ways.
     *
     * @param port where the server sees it come from
     * @return whether there is such a connection
     */
    public boolean freeze(int port) {
        List<FaultLink> frozen =
                links.stream().filter(link -> link.port() == port).toList();
        frozen.forEach(FaultLink::freeze);
        return !frozen.isEmpty();
    }

    /** Closes all connections as a peer does that ends in order; what is held is lost. New ones are taken. */
    public void cut() {
        links.forEach(FaultLink::close);
        wake();
    }

    /** The same with a reset (RST), as from a peer that was killed. */
    public void reset() {
        links.forEach(FaultLink::reset);
        wake();
    }

    private void wake() {
        toServer.wake();
        toClient.wake();
    }

    /** Resets new connections at once, until it is healed. Those that are open stay. */
    public void refuse() {
        refusing = true;
    }

    /** Ends every fault. What was cut or reset stays so. */
    public void heal() {
        refusing = false;
        links.forEach(FaultLink::thaw);
        toServer.heal();
        toClient.heal();
    }

    /** Closes all connections and the port. */
    @Override
    public void close() {
        closeQuietly(listener);
        cut();
    }

    private FaultLine line(Way way) {
        return way == Way.TO_SERVER ? toServer : toClient;
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                if (refusing) {
                    FaultLink.reset(client);
                } else {
                    Thread.ofVirtual().name("fault-proxy-connect").start(() -> connect(client));
                }
            } catch (IOException e) {
                // Closed, or the client was gone already.
            }
        }
    }

    private void connect(Socket client) {
        Socket server = new Socket();
        try {
            server.connect(new InetSocketAddress(target.getHostString(), target.getPort()), CONNECT_MILLIS);
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
        } catch (IOException e) {
            closeQuietly(server);
            FaultLink.reset(client);
            return;
        }
        FaultLink link = new FaultLink(client, server, links::remove);
        links.add(link);
        link.start(toServer, toClient);
        if (listener.isClosed()) {
            link.close();
        }
    }

    static void closeQuietly(Closeable closeable) {
        try {
            closeable.close();
        } catch (IOException e) {
            // It is gone either way.
        }
    }
}
