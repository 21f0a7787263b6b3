package io.riptide.server.demo;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

/** One caller of the server over HTTP. */
final class DemoClient {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    private final HttpClient http;
    private final String url;
    private final Map<String, String> headers;

    private DemoClient(HttpClient http, String url, Map<String, String> headers) {
        this.http = http;
        this.url = url;
        this.headers = headers;
    }

    /** Someone without a credential. */
    static DemoClient anyone(HttpClient http, String url) {
        return new DemoClient(http, url, Map.of());
    }

    /** The same server seen by whoever has this key. */
    DemoClient withKey(String key) {
        return new DemoClient(http, url, Map.of("Authorization", "Bearer " + key));
    }

    /** The same key with the name of a tenant, its own or another's. */
    DemoClient as(String tenant) {
        return new DemoClient(
                http, url, Map.of("Authorization", headers.getOrDefault("Authorization", ""), "X-Tenant-ID", tenant));
    }

    /** A page read through the caller's cache. */
    DemoAnswer fetch(String pageUrl) throws IOException, InterruptedException {
        return get("/v1/fetch?url=" + URLEncoder.encode(pageUrl, StandardCharsets.UTF_8));
    }

    DemoAnswer get(String path) throws IOException, InterruptedException {
        return send(request(path).GET().build());
    }

    DemoAnswer post(String path, String json) throws IOException, InterruptedException {
        return send(request(path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json))
                .build());
    }

    DemoAnswer put(String path, String text) throws IOException, InterruptedException {
        return send(request(path)
                .header("Content-Type", "text/plain")
                .PUT(HttpRequest.BodyPublishers.ofString(text))
                .build());
    }

    /** Whether the server takes calls. */
    boolean isReady() throws InterruptedException {
        try {
            return get("/readyz").status() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder builder =
                HttpRequest.newBuilder(URI.create(url + path)).timeout(TIMEOUT);
        headers.forEach(builder::header);
        return builder;
    }

    private DemoAnswer send(HttpRequest request) throws IOException, InterruptedException {
        long from = System.nanoTime();
        HttpResponse<byte[]> response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
        return new DemoAnswer(response, System.nanoTime() - from);
    }
}
