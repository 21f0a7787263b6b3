package io.riptide.server.demo;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The Harbour Almanac: a small real website on loopback that counts who comes to it. */
final class DemoSite implements AutoCloseable {
    static final String SLOW = "/slow";
    private static final long SLOW_MILLIS = 700;
    private static final String HTML = "text/html; charset=utf-8";

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final AtomicInteger requests = new AtomicInteger();
    private final List<DemoPage> pages = pages();

    private DemoSite(HttpServer server) {
        this.server = server;
    }

    static DemoSite start() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
        DemoSite site = new DemoSite(server);
        server.setExecutor(site.threads);
        server.createContext("/", site::answer);
        server.start();
        return site;
    }

    /** Where it is, without a slash at the end. */
    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** All that it has. */
    List<DemoPage> all() {
        return pages;
    }

    /** Requests that reached it so far. */
    int requests() {
        return requests.get();
    }

    @Override
    public void close() {
        closing.countDown();
        server.stop(0);
        threads.close();
    }

    private void answer(HttpExchange exchange) throws IOException {
        requests.incrementAndGet();
        String path = exchange.getRequestURI().getPath();
        DemoPage page = pages.stream()
                .filter(each -> each.path().equals(path))
                .findFirst()
                .orElseGet(() -> missing(path));
        try (exchange) {
            if (closing.await(page.makingMillis(), TimeUnit.MILLISECONDS)) {
                return;
            }
            page.headers().forEach(exchange.getResponseHeaders()::set);
            int length = page.body().length;
            exchange.sendResponseHeaders(page.status(), length == 0 ? -1 : length);
            exchange.getResponseBody().write(page.body());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static List<DemoPage> pages() {
        return List.of(
                html("/", "index.html", "max-age=300"),
                html("/articles", "articles.html", "max-age=120"),
                html("/articles/tides", "tides.html", "max-age=3600"),
                html("/articles/lighthouses", "lighthouses.html", "max-age=3600"),
                html("/articles/knots", "knots.html", "max-age=3600"),
                html("/articles/fog", "fog.html", "max-age=3600"),
                html("/tables/tides", "tide-table.html", "s-maxage=600, max-age=60"),
                html("/lists/ports", "ports.html", "public, max-age=86400"),
                html("/prices", "prices.html", "no-store"),
                html(SLOW, "report.html", "max-age=600").making(SLOW_MILLIS),
                DemoPage.redirect("/old-articles", 301, "/articles", "max-age=86400"),
                DemoPage.redirect("/today", 302, "/tables/tides", "no-store"),
                missing("/articles/mermaids"),
                DemoPage.of("/images/lighthouse.svg", 200, "image/svg+xml", "max-age=86400", file("lighthouse.svg")),
                DemoPage.of("/images/chart.png", 200, "image/png", "max-age=86400", DemoPng.chart(320, 200)));
    }

    private static DemoPage html(String path, String file, String cacheControl) {
        return DemoPage.of(path, 200, HTML, cacheControl, file(file));
    }

    private static DemoPage missing(String path) {
        return DemoPage.of(path, 404, HTML, "max-age=60", file("missing.html"));
    }

    private static byte[] file(String name) {
        try (InputStream in = DemoSite.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("no such page in the demo: " + name);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
