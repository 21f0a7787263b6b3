package io.riptide.server;

import io.helidon.common.buffers.BufferData;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.Router;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * All connections, each bounded in time. Blocking sockets know no deadline that covers a whole request, so each
 * connection says until when it may wait, and {@link #tick} closes those that wait longer. Time is a count of ticks,
 * one a second: to note a deadline costs no clock.
 */
final class Connections implements ServerConnectionSelector {
    private final Http1ConnectionSelector http;
    private final Router router;
    private final Set<Connection> open = ConcurrentHashMap.newKeySet();
    private volatile int second = 1;

    Connections(HttpRouting routing) {
        this.http = Http1ConnectionSelector.builder()
                .config(Http1Config.builder()
                        .maxPrologueLength(Limits.REQUEST_LINE_BYTES)
                        .maxHeadersSize(Limits.HEADER_BYTES)
                        // The path is judged by RawPath, once and without building a URI of it; the query by QueryText,
                        // which names the parameter that is wrong.
                        .validatePath(false)
                        .validatePrologue(false)
                        // What we print is valid where it is made; what an origin printed is checked in Exchange.also.
                        .validateResponseHeaders(false)
                        .sendKeepAliveHeader(false)
                        .build())
                .build();
        this.router = Router.builder().addRouting(new Given(routing)).build();
    }

    /** Seconds that have passed, beginning with one. */
    int second() {
        return second;
    }

    /** A second has passed: whoever waits beyond its deadline is closed. One thread calls it. */
    void tick() {
        int now = second + 1;
        second = now;
        for (Connection connection : open) {
            connection.closeIfLate(now);
        }
    }

    void closed(Connection connection) {
        open.remove(connection);
    }

    @Override
    public ServerConnection connection(ConnectionContext accepted) {
        Connection connection = new Connection(accepted, router, this);
        connection.serve(http);
        open.add(connection);
        return connection;
    }

    @Override
    public int bytesToIdentifyConnection() {
        return http.bytesToIdentifyConnection();
    }

    @Override
    public Support supports(BufferData data) {
        return http.supports(data);
    }

    @Override
    public Set<String> supportedApplicationProtocols() {
        return http.supportedApplicationProtocols();
    }

    private static final class Given implements io.helidon.common.Builder<Given, HttpRouting> {
        private final HttpRouting routing;

        private Given(HttpRouting routing) {
            this.routing = routing;
        }

        @Override
        public HttpRouting build() {
            return routing;
        }
    }
}
