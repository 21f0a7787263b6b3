package io.riptide.proof.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Load over many connections, from one thread, so that it takes little of the processor that the server needs. Paced, a
 * call has an instant at which it is due, goes out on whichever connection is free, and its latency runs from that
 * instant: a server that stalls makes the calls behind it late, as it would the callers' ("coordinated omission" is not
 * omitted). Unpaced, each connection calls as fast as it is answered, which finds the saturating rate.
 */
final class Load {
    /** What is sent, and what to do with its answer. */
    record Call(byte[] request, Then then) {}

    /** Takes an answer. */
    interface Then {
        /** Returns a call that belongs to this one and goes out at once, or null; a wrong answer is an exception. */
        @Nullable Call answered(Answer answer, double millisSinceSent) throws IOException;
    }

    /** Latencies in milliseconds, sorted, and how many calls a second there were. */
    record Outcome(double[] sorted, double rate) {
        double mean() {
            return Samples.mean(sorted);
        }

        double percentile(double p) {
            return Samples.percentile(sorted, p);
        }
    }

    /** Longest pause between two looks at the connections while calls are being paced. */
    private static final long LOOK_NANOS = 50_000;

    private final double rate;
    private final Supplier<Call> calls;
    private final List<Connection> all = new ArrayList<>();
    private final Queue<Connection> free = new ArrayDeque<>();
    private final Samples latencies = new Samples();

    private Load(double rate, Supplier<Call> calls) {
        this.rate = rate;
        this.calls = calls;
    }

    /** For so long, with that many calls a second in all; zero: as many as are answered. */
    static Outcome run(int port, int connections, double rate, double seconds, Supplier<Call> calls)
            throws IOException {
        Load load = new Load(rate, calls);
        try (Selector selector = Selector.open()) {
            for (int i = 0; i < connections; i++) {
                load.connect(port, selector);
            }
            long began = System.nanoTime();
            load.loop(selector, began, began + (long) (seconds * 1e9));
            double[] sorted = load.latencies.sorted();
            return new Outcome(sorted, sorted.length / ((System.nanoTime() - began) / 1e9));
        } finally {
            for (Connection connection : load.all) {
                connection.channel.close();
            }
        }
    }

    private void connect(int port, Selector selector) throws IOException {
        SocketChannel channel = Wire.connect(port);
        channel.configureBlocking(false);
        Connection connection = new Connection(channel);
        channel.register(selector, SelectionKey.OP_READ, connection);
        all.add(connection);
        free.add(connection);
    }

    private void loop(Selector selector, long began, long until) throws IOException {
        double due = began;
        long now = began;
        while (due < until || free.size() < all.size()) {
            boolean sent = false;
            while (due < until && due <= now && !free.isEmpty()) {
                free.remove().begin(calls.get(), rate == 0 ? now : (long) due);
                due = rate == 0 ? now : due + 1e9 / rate;
                sent = true;
            }
            int ready = rate == 0 ? selector.select() : selector.selectNow();
            if (ready > 0) {
                for (SelectionKey key : selector.selectedKeys()) {
                    ((Connection) key.attachment()).goOn(key);
                }
                selector.selectedKeys().clear();
            } else if (!sent) {
                long rest = due < until ? (long) due - System.nanoTime() : LOOK_NANOS;
                LockSupport.parkNanos(Math.max(1, Math.min(rest, LOOK_NANOS)));
            }
            now = System.nanoTime();
            due = rate == 0 ? now : due;
        }
    }

    /** A connection and the call that is on it. */
    private final class Connection {
        private final SocketChannel channel;
        private final Answer answer = new Answer();
        private ByteBuffer out = ByteBuffer.allocate(0);
        private @Nullable Call call;
        private long due;
        private long sent;

        private Connection(SocketChannel channel) {
            this.channel = channel;
        }

        private void begin(Call next, long dueNanos) throws IOException {
            due = dueNanos;
            send(next);
        }

        private void send(Call next) throws IOException {
            call = next;
            sent = System.nanoTime();
            answer.clear();
            out = ByteBuffer.wrap(next.request());
            channel.write(out);
        }

        private void goOn(SelectionKey key) throws IOException {
            if (out.hasRemaining()) {
                channel.write(out);
            }
            key.interestOps(out.hasRemaining() ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ);
            Call on = call;
            if (!key.isReadable() || !answer.came(channel.read(answer.room())) || on == null) {
                return;
            }
            long now = System.nanoTime();
            Call more = on.then().answered(answer, (now - sent) / 1e6);
            if (more != null) {
                send(more);
                return;
            }
            latencies.add((now - due) / 1e6);
            call = null;
            free.add(this);
        }
    }
}
