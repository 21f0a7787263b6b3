package io.riptide.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What is not HTTP as it should be: refused with a problem or a closed connection, and never two requests out of one.
 */
class WireHttpTest {
    @RegisterExtension
    static final LiveServer SERVER = new LiveServer();

    private static String key;

    @BeforeAll
    static void tenant() throws IOException {
        key = SERVER.tenant("acme");
    }

    private static String put(String more) {
        return "PUT /v1/cache/wire/k HTTP/1.1\r\nHost: h\r\nX-API-Key: " + key + "\r\n" + more;
    }

    private static final String SMUGGLED = "DELETE /v1/cache/wire/kept HTTP/1.1\r\nHost: h\r\nX-API-Key: KEY\r\n\r\n";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
                "Content-Length: 5, 5\r\n\r\nhello",
                "Content-Length: +5\r\n\r\nhello",
                "Content-Length: 5x\r\n\r\nhello",
                "Content-Length: -5\r\n\r\nhello",
                "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n5\r\nhelloXX0\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n5\nhello\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\nffffffffff\r\nhello\r\n0\r\n\r\n",
                "X-Folded: a\r\n b\r\nContent-Length: 5\r\n\r\nhello",
                "X-Bare: a\nContent-Length: 5\r\n\r\nhello",
                "X-Nul: a\u0000b\r\nContent-Length: 5\r\n\r\nhello",
                "No colon\r\nContent-Length: 5\r\n\r\nhello",
                "Host: other\r\nContent-Length: 5\r\n\r\nhello"
            })
    void badFramingIsRefusedAndWhatFollowsIsNoRequest(String headersAndBody) throws IOException {
        SERVER.call("PUT", "/v1/cache/wire/kept", "kept".getBytes(), "X-API-Key: " + key);
        try (Wire wire = new Wire(SERVER.port())) {
            wire.send(put(headersAndBody) + SMUGGLED.replace("KEY", key));
            Wire.Answer answer = wire.answer(false);
            if (answer != null) {
                assertThat(answer.status()).isBetween(400, 501);
                assertThat(answer.code()).isEqualTo("invalid-request");
                assertThat(answer.header("Connection")).isEqualTo("close");
                assertClosedInOrder(wire);
            }
        }
        assertThat(SERVER.call("GET", "/v1/cache/wire/kept", null, "X-API-Key: " + key)
                        .text())
                .isEqualTo("kept");
        assertThat(SERVER.call("GET", "/v1/cache/wire/k", null, "X-API-Key: " + key)
                        .status())
                .isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /healthz HTTP/1.0\r\nHost: h\r\n\r\n",
                "GET /healthz HTTP/2.0\r\nHost: h\r\n\r\n",
                "GET /healthz\r\nHost: h\r\n\r\n",
                "GET  HTTP/1.1\r\nHost: h\r\n\r\n",
                "nonsense\r\n\r\n",
                "G\u0000T /healthz HTTP/1.1\r\nHost: h\r\n\r\n",
                "GET /healthz HTTP/1.1\nHost: h\n\n",
                "GET /healthz HTTP/1.1\r\n\r\n",
                "GET /healthz HTTP/1.1\r\nHost: h\r\nHost: i\r\n\r\n",
                "\u0016\u0003\u0001\u0002\r\n\r\n"
            })
    void whatIsNoRequestGetsAnErrorOrAClosedConnection(String bytes) throws IOException {
        try (Wire wire = new Wire(SERVER.port())) {
            wire.send(bytes);
            Wire.Answer answer = wire.answer(false);
            if (answer != null) {
                assertThat(answer.status()).isBetween(400, 505);
                assertThat(answer.code()).isEqualTo("invalid-request");
                assertThat(answer.json().get("status").asInt()).isEqualTo(answer.status());
            }
            assertClosedInOrder(wire);
        }
    }

    /** What still comes after a refusal is read for some seconds; they need not be real ones. */
    private static void assertClosedInOrder(Wire wire) {
        for (int second = 0; second < Limits.LINGER_SECONDS + 2; second++) {
            SERVER.server().http().connections().tick();
        }
        assertThat(wire.closed()).isTrue();
    }

    @Test
    void aRequestLineAndHeadersAreBounded() throws IOException {
        try (Wire wire = new Wire(SERVER.port())) {
            wire.send("GET /" + "a".repeat(9000) + " HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(wire.answer(false).status()).isEqualTo(414);
        }
        try (Wire wire = new Wire(SERVER.port())) {
            wire.send("GET /healthz HTTP/1.1\r\nHost: h\r\nX-Large: " + "a".repeat(20_000) + "\r\n\r\n");
            Wire.Answer answer = wire.answer(false);
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.code()).isEqualTo("invalid-request");
        }
        try (Wire wire = new Wire(SERVER.port())) {
            wire.send(put("Transfer-Encoding: chunked\r\n\r\n1;" + "a".repeat(5000) + "\r\n"));
            assertThat(wire.answer(false).status()).isEqualTo(400);
        }
    }

    @Test
    void requestsInARowOnOneConnectionAreAnsweredInOrder() throws IOException {
        try (Wire wire = new Wire(SERVER.port())) {
            wire.send(put("Content-Length: 1\r\n\r\n1")
                    + put("Transfer-Encoding: chunked\r\n\r\n1;x=y\r\n2\r\n0\r\n\r\n")
                    + "GET /v1/cache/wire/k HTTP/1.1\r\nHost: h\r\nX-API-Key: " + key + "\r\n\r\n"
                    + "DELETE /v1/cache/wire/k HTTP/1.1\r\nHost: h\r\nX-API-Key: " + key
                    + "\r\nConnection: close\r\n\r\n");
            assertThat(wire.answer(false).status()).isEqualTo(201);
            assertThat(wire.answer(false).status()).isEqualTo(204);
            assertThat(wire.answer(false).text()).isEqualTo("2");
            assertThat(wire.answer(false).status()).isEqualTo(204);
            assertThat(wire.closed()).isTrue();
        }
    }

    @Test
    void aRefusalWithASmallBodyLeftUnreadKeepsTheConnection() throws IOException {
        try (Wire wire = new Wire(SERVER.port())) {
            assertThat(wire.call("PUT", "/v1/cache/wire/k", "hello".getBytes()).status())
                    .isEqualTo(401);
            assertThat(wire.call("GET", "/healthz", null).status()).isEqualTo(200);
        }
    }

    @Test
    void whoWaitsForAGoAheadThatDoesNotComeIsToldAndClosed() throws IOException {
        try (Wire wire = new Wire(SERVER.port())) {
            wire.send("PUT /v1/cache/wire/k HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
            assertThat(wire.answer(false).status()).isEqualTo(401);
        }
        try (Wire wire = new Wire(SERVER.port())) {
            wire.send(put("Expect: 100-continue\r\nContent-Length: 5\r\n\r\n"));
            assertThat(wire.answer(true).status()).isEqualTo(100);
            wire.send("hello");
            assertThat(wire.answer(false).status()).isIn(201, 204);
            wire.send("DELETE /v1/cache/wire/k HTTP/1.1\r\nHost: h\r\nX-API-Key: " + key + "\r\n\r\n");
            assertThat(wire.answer(false).status()).isEqualTo(204);
        }
    }

    @Test
    void slowConnectionsAreClosedAndFastOnesServedBesideThem() throws IOException {
        List<Wire> slow = new ArrayList<>();
        Connections connections = SERVER.server().http().connections();
        try {
            for (int i = 0; i < 300; i++) {
                Wire wire = new Wire(SERVER.port());
                wire.send(i % 2 == 0 ? "GET /healthz HTTP/1.1\r\nHost:" : put("Content-Length: 100000\r\n\r\nslow"));
                slow.add(wire);
            }
            for (int i = 0; i < 200; i++) {
                assertThat(SERVER.call("GET", "/healthz", null).status()).isEqualTo(200);
            }
            // A server that has read what was sent so far is a server that waits for the rest.
            for (int second = 0; second < Limits.REQUEST_SECONDS + 10; second++) {
                connections.tick();
                assertThat(SERVER.call("GET", "/healthz", null).status()).isEqualTo(200);
            }
            for (Wire wire : slow) {
                assertThat(wire.closed()).isTrue();
            }
        } finally {
            for (Wire wire : slow) {
                wire.close();
            }
        }
    }

    @Test
    void anIdleConnectionIsKeptForAWhileAndThenClosed() throws IOException {
        Connections connections = SERVER.server().http().connections();
        try (Wire wire = new Wire(SERVER.port())) {
            wire.call("GET", "/healthz", null);
            // Fewer than an answer may take: these seconds pass before the thread that wrote it is back to reading.
            for (int second = 0; second < Limits.ANSWER_SECONDS / 2; second++) {
                connections.tick();
            }
            assertThat(wire.call("GET", "/healthz", null).status()).isEqualTo(200);
            for (int second = 0; second < Limits.IDLE_SECONDS + 2; second++) {
                connections.tick();
            }
            assertThat(wire.closed()).isTrue();
        }
    }
}
