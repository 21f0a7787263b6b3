package io.riptide.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What stands at the address is not always a RipTide server, or anything. */
class RemoteServerTest {
    private static final String KEY = "rtk_id_secretsecret";

    private final AtomicInteger elsewhere = new AtomicInteger();
    private HttpServer other;
    private String url;

    @BeforeEach
    void startAnotherServer() throws IOException {
        other = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        url = "http://127.0.0.1:" + other.getAddress().getPort();
        other.createContext("/", exchange -> {
            exchange.getResponseHeaders().add("Content-Type", "text/html");
            byte[] page = "<h1>Bad gateway</h1>".getBytes(java.nio.charset.StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(exchange.getRequestURI().getPath().contains("page") ? 200 : 502, page.length);
            exchange.getResponseBody().write(page);
            exchange.close();
        });
        other.createContext("/v1/cache/moved", exchange -> {
            exchange.getResponseHeaders().add("Location", url + "/elsewhere");
            exchange.sendResponseHeaders(302, -1);
            exchange.close();
        });
        other.createContext("/elsewhere", exchange -> {
            elsewhere.incrementAndGet();
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        other.createContext("/stream", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            for (int i = 0; i < 10; i++) {
                exchange.getResponseBody().write(new byte[1000]);
            }
            exchange.close();
        });
        other.start();
    }

    @AfterEach
    void stop() {
        other.stop(0);
    }

    private Ran get(String at, String namespace) {
        return Ran.with(Map.of("RIPTIDE_API_KEY", KEY), "cache", "list", namespace, "--url", at);
    }

    @Test
    void whereNothingListensTheAddressIsNamed() throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        Ran ran = get("http://127.0.0.1:" + free, "n");
        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.err())
                .startsWith("riptide: http://127.0.0.1:" + free + ": no connection")
                .hasLineCount(1)
                .doesNotContain("secretsecret");
    }

    @Test
    void anAnswerThatIsNotOfOurKindIsToldByItsStatus() {
        Ran ran = get(url, "n");
        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.err()).startsWith("riptide: " + url + ": answered 502").doesNotContain("<h1>", "secretsecret");
        Ran page = get(url, "page");
        assertThat(page.code()).isEqualTo(1);
        assertThat(page.err()).contains("is no JSON");
    }

    @Test
    void aRedirectIsNotFollowed() {
        Ran ran = get(url, "moved");
        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.err()).contains("answered 302");
        assertThat(elsewhere).hasValue(0);
    }

    @Test
    void anAnswerIsTakenUpToItsLimitAndNoFurther() throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(url + "/stream")).build();
        try (HttpClient http = HttpClient.newHttpClient()) {
            assertThat(http.send(request, head -> new BoundedBody(10_000)).body())
                    .hasSize(10_000);
            assertThatThrownBy(() -> http.send(request, head -> new BoundedBody(9_999)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("more than 9999 bytes");
        }
    }

    @Test
    void aPathIsEncodedSegmentBySegment() {
        assertThat(RemoteServer.path("v1", "a/b", "50% é")).isEqualTo("/v1/a%2Fb/50%25%20%C3%A9");
    }
}
