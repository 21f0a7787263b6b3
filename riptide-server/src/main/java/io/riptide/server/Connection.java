package io.riptide.server;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import io.helidon.common.buffers.DataWriter;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.common.socket.PeerInfo;
import io.helidon.common.task.InterruptableTask;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.ListenerContext;
import io.helidon.webserver.ProxyProtocolData;
import io.helidon.webserver.Router;
import io.helidon.webserver.ServerConnectionException;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * One connection: hands Helidon a reader and a writer that note until when they may wait, and closes in order. A
 * refusal that was answered before its request was read whole is followed by reading and dropping what still comes,
 * within bounds: closing at once would reset the connection and could take the answer away from the client (RFC 9112,
 * section 9.6).
 *
 * <p>One thread serves it; {@link #closeIfLate} and {@link #close} come from others.
 */
final class Connection implements ServerConnection, ConnectionContext, InterruptableTask<Void> {
    private static final int NEVER = 0;

    private final ConnectionContext accepted;
    private final Router router;
    private final Connections all;
    private final HelidonSocket socket;
    private final DataReader reader;
    private final DataWriter writer;
    private @Nullable ServerConnection http;
    /** The second after which it is late, while it waits; else {@link #NEVER}. */
    private volatile int deadline;

    private volatile boolean closing;
    private int begun;
    private long received;
    private boolean lingering;

    Connection(ConnectionContext accepted, Router router, Connections all) {
        this.accepted = accepted;
        this.router = router;
        this.all = all;
        this.socket = accepted.serverSocket();
        this.reader = new StrictReader(this::pull);
        this.writer = new TimedWriter(accepted.dataWriter());
    }

    /** Makes the HTTP side of it. */
    void serve(ServerConnectionSelector selector) {
        http = selector.connection(this);
    }

    /**
     * A request has been answered. Where its body was left unread, or it was to be the last, the connection ends here:
     * Helidon 4.5 would go on to read it.
     */
    void requestDone(boolean bodyUnread, boolean last) {
        begun = NEVER;
        received = 0;
        lingering = bodyUnread;
        if (bodyUnread || last) {
            throw new CloseConnectionException("The answer was the last one");
        }
    }

    /** Closes it where it has waited too long. */
    void closeIfLate(int second) {
        int until = deadline;
        if (until != NEVER && second > until) {
            abort();
        }
    }

    private byte @Nullable [] pull() {
        int waitUntil = begun == NEVER
                ? all.second() + Limits.IDLE_SECONDS
                : begun + Limits.REQUEST_SECONDS + (int) (received / Limits.BYTES_PER_SECOND);
        byte[] bytes = pull(waitUntil);
        if (bytes != null) {
            if (begun == NEVER) {
                begun = all.second();
            }
            received += bytes.length;
        }
        return bytes;
    }

    private byte @Nullable [] pull(int waitUntil) {
        deadline = waitUntil;
        try {
            return socket.get();
        } catch (UncheckedIOException e) {
            throw new ServerConnectionException("The connection broke", e);
        } finally {
            deadline = NEVER;
        }
    }

    @Override
    public void handle(Limit limit) throws InterruptedException {
        try {
            Objects.requireNonNull(http).handle(limit);
            lingering = !closing;
        } finally {
            try {
                linger();
            } finally {
                all.closed(this);
            }
        }
    }

    private void linger() {
        int until = all.second() + Limits.LINGER_SECONDS;
        long dropped = 0;
        while (lingering && dropped < Limits.LINGER_BYTES) {
            try {
                byte[] bytes = pull(until);
                lingering = bytes != null && !closing;
                dropped += bytes == null ? 0 : bytes.length;
            } catch (CloseConnectionException e) {
                lingering = false;
            }
        }
    }

    private void abort() {
        try {
            socket.close();
        } catch (UncheckedIOException e) {
            // It was closed by the other side in the meantime.
            closing = true;
        }
    }

    @Override
    public void close(boolean interrupt) {
        closing = true;
        Objects.requireNonNull(http).close(interrupt);
    }

    @Override
    public Duration idleTime() {
        return Objects.requireNonNull(http).idleTime();
    }

    @Override
    public boolean canInterrupt() {
        return http instanceof InterruptableTask<?> task && task.canInterrupt();
    }

    @Override
    public DataReader dataReader() {
        return reader;
    }

    @Override
    public DataWriter dataWriter() {
        return writer;
    }

    @Override
    public Router router() {
        return router;
    }

    @Override
    public ListenerContext listenerContext() {
        return accepted.listenerContext();
    }

    @Override
    public ExecutorService executor() {
        return accepted.executor();
    }

    @Override
    public Optional<ProxyProtocolData> proxyProtocolData() {
        return accepted.proxyProtocolData();
    }

    @Override
    public HelidonSocket serverSocket() {
        return socket;
    }

    @Override
    public PeerInfo remotePeer() {
        return accepted.remotePeer();
    }

    @Override
    public PeerInfo localPeer() {
        return accepted.localPeer();
    }

    @Override
    public boolean isSecure() {
        return accepted.isSecure();
    }

    @Override
    public String socketId() {
        return accepted.socketId();
    }

    @Override
    public String childSocketId() {
        return accepted.childSocketId();
    }

    /** Writes with a deadline that grows with what is written. */
    private final class TimedWriter implements DataWriter {
        private final DataWriter out;

        private TimedWriter(DataWriter out) {
            this.out = out;
        }

        private void begin(long bytes) {
            deadline = all.second() + Limits.ANSWER_SECONDS + (int) (bytes / Limits.BYTES_PER_SECOND);
        }

        private static long length(BufferData[] buffers) {
            long sum = 0;
            for (BufferData buffer : buffers) {
                sum += buffer.available();
            }
            return sum;
        }

        @Override
        public void write(BufferData... buffers) {
            begin(length(buffers));
            try {
                out.write(buffers);
            } finally {
                deadline = NEVER;
            }
        }

        @Override
        public void write(BufferData buffer) {
            begin(buffer.available());
            try {
                out.write(buffer);
            } finally {
                deadline = NEVER;
            }
        }

        @Override
        public void writeNow(BufferData... buffers) {
            begin(length(buffers));
            try {
                out.writeNow(buffers);
            } finally {
                deadline = NEVER;
            }
        }

        @Override
        public void writeNow(BufferData buffer) {
            begin(buffer.available());
            try {
                out.writeNow(buffer);
            } finally {
                deadline = NEVER;
            }
        }

        @Override
        public void flush() {
            out.flush();
        }

        @Override
        public void close() {
            out.close();
        }
    }
}
