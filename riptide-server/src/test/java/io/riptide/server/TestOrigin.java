package io.riptide.server;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A website on loopback that notes what it was asked, for the tests of one class. */
final class TestOrigin implements BeforeAllCallback, AfterAllCallback {
    private final Map<String, List<Map<String, List<String>>>> asked = new ConcurrentHashMap<>();
    private final CountDownLatch release = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private HttpServer server;

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        page("/fresh", 200, "page", "Cache-Control", "max-age=60");
        page("/old", 200, "page", "Cache-Control", "max-age=60", "Age", "30");
        page("/unkept", 200, "page", "Cache-Control", "no-store, max-age=60");
        page("/moved", 302, "", "Location", "/fresh");
        page("/missing", 404, "gone");
        page("/large", 200, "x".repeat(3000), "Cache-Control", "max-age=60");
        server.createContext("/held", exchange -> {
            note(exchange);
            await();
            exchange.getResponseHeaders().set("Cache-Control", "max-age=60");
            exchange.sendResponseHeaders(200, 4);
            exchange.getResponseBody().write("held".getBytes(StandardCharsets.UTF_8));
            exchange.close();
        });
        server.createContext("/silent", exchange -> {
            note(exchange);
            exchange.close();
        });
        server.setExecutor(threads);
        server.start();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        server.stop(0);
        threads.shutdownNow();
    }

    private void page(String path, int status, String body, String... headers) {
        server.createContext(path, exchange -> {
            note(exchange);
            for (int i = 0; i < headers.length; i += 2) {
                exchange.getResponseHeaders().set(headers[i], headers[i + 1]);
            }
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
    }

    private void await() {
        try {
            if (!release.await(30, TimeUnit.SECONDS)) {
                throw new AssertionError("nobody released what is held");
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Lets {@code /held} answer from now on. */
    void release() {
        release.countDown();
    }

    private void note(HttpExchange exchange) {
        asked(exchange.getRequestURI().toString()).add(Map.copyOf(exchange.getRequestHeaders()));
    }

    /** The headers of each request for that path and query. */
    List<Map<String, List<String>>> asked(String target) {
        return asked.computeIfAbsent(target, any -> new CopyOnWriteArrayList<>());
    }

    int port() {
        return server.getAddress().getPort();
    }

    /** Where a path of it is. */
    String url(String target) {
        return "http://127.0.0.1:" + port() + target;
    }
}
