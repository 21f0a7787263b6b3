package io.riptide.proof;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The server as a process of its own, over the class path of this build, on a port that it takes itself. */
public final class ServerProcess implements AutoCloseable {
    private static final String ADMIN_KEY = "proof-admin-key-0123456789abcdef";
    private static final Pattern READY = Pattern.compile("RipTide is ready: http://127\\.0\\.0\\.1:(\\d+) .*");
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final int LINES = 200;

    private final Process process;
    private final int port;
    private final Deque<String> said;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(20))
            .build();

    private ServerProcess(Process process, int port, Deque<String> said) {
        this.process = process;
        this.port = port;
        this.said = said;
    }

    /** Starts over this data folder; returns when it is ready. */
    public static ServerProcess start(Path data, String... settings) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "io.riptide.server.cli.Main",
                "serve",
                "--host",
                "127.0.0.1",
                "--port",
                "0",
                "--config",
                data.resolveSibling("no-config").toString(),
                "--data",
                data.toString()));
        for (String setting : settings) {
            command.addAll(List.of("--set", setting));
        }
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("RIPTIDE_ADMIN_API_KEY", ADMIN_KEY);
        builder.environment().keySet().removeIf(name -> name.startsWith("RIPTIDE_") && name.contains("__"));
        try {
            Process process = builder.start();
            Deque<String> said = new ConcurrentLinkedDeque<>();
            return new ServerProcess(process, awaitPort(process, said), said);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int awaitPort(Process process, Deque<String> said) {
        CompletableFuture<Integer> port = new CompletableFuture<>();
        // A read of a pipe holds its carrier.
        Thread.ofPlatform().daemon().start(() -> {
            try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    Matcher ready = READY.matcher(line);
                    if (ready.matches()) {
                        port.complete(Integer.parseInt(ready.group(1)));
                    }
                    said.add(line);
                    if (said.size() > LINES) {
                        said.remove();
                    }
                }
            } catch (IOException e) {
                said.add(e.toString());
            }
            port.completeExceptionally(new IllegalStateException("it ended: " + said));
        });
        try {
            return port.get(120, TimeUnit.SECONDS);
        } catch (Exception e) {
            process.destroyForcibly();
            throw new IllegalStateException("the server did not start; it said " + said, e);
        }
    }

    /** The last lines that it wrote. */
    public List<String> said() {
        return List.copyOf(said);
    }

    /** Stops it from running without closing anything (SIGSTOP): its connections stay open and silent. */
    public void freeze() {
        signal("STOP");
    }

    /** Lets it run on (SIGCONT). */
    public void thaw() {
        signal("CONT");
    }

    private void signal(String name) {
        try {
            Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
            assertThat(kill.waitFor()).as("kill -" + name).isZero();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** Ends it at once, as {@code kill -9} does, and waits until it is gone. */
    public void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    /** Asks it to stop, and kills it where it does not. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                kill();
            }
        } catch (InterruptedException e) {
            kill();
            Thread.currentThread().interrupt();
        }
    }

    /** Where it listens. */
    public int port() {
        return port;
    }

    /** Makes a tenant that no quota stops, and returns its API key. */
    public String createTenant(String id) {
        String body = """
                {"id": "%s", "name": "%s", "owner_name": "O", "owner_email": "o@example.com", "billing_plan": "pro",
                 "quotas": {"operations_per_minute": 1000000000, "storage_bytes": 1099511627776}}""".formatted(id, id);
        HttpRequest request = HttpRequest.newBuilder(uri("/admin/tenants"))
                .timeout(Duration.ofSeconds(60))
                .header("Authorization", "Bearer " + ADMIN_KEY)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        HttpResponse<byte[]> answer = send(request);
        assertThat(answer.statusCode())
                .as(new String(answer.body(), StandardCharsets.UTF_8))
                .isEqualTo(201);
        return json(answer).get("api_key").asText();
    }

    /** Suspends a tenant; the status of the answer. */
    public int suspend(String id) {
        return administer(id + "/suspend", "POST", "{\"reason\": \"r\"}");
    }

    /** Changes a tenant; the status of the answer. */
    public int change(String id, String json) {
        return administer(id, "PUT", json);
    }

    /** Deletes a tenant; the status of the answer. */
    public int delete(String id) {
        return administer(id, "DELETE", "");
    }

    private int administer(String path, String method, String body) {
        HttpRequest request = HttpRequest.newBuilder(uri("/admin/tenants/" + path))
                .timeout(Duration.ofSeconds(60))
                .header("Authorization", "Bearer " + ADMIN_KEY)
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();
        return send(request).statusCode();
    }

    /** A call of the administrator whose key the environment gives; the body is null where there is none. */
    public HttpResponse<byte[]> admin(String method, String path, String body, Map<String, String> headers)
            throws IOException {
        return call(ADMIN_KEY, method, path, body == null ? null : body.getBytes(StandardCharsets.UTF_8), headers);
    }

    /** A call of a tenant; the body is null where there is none. */
    public HttpResponse<byte[]> call(
            String apiKey, String method, String path, byte[] body, Map<String, String> headers) throws IOException {
        return call(apiKey, method, path, body, headers, Duration.ofSeconds(60));
    }

    /** The same, by who waits for so long; then it ends the connection. */
    public HttpResponse<byte[]> call(
            String apiKey, String method, String path, byte[] body, Map<String, String> headers, Duration patience)
            throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(path))
                .timeout(patience)
                .header("Authorization", "Bearer " + apiKey)
                .method(
                        method,
                        body == null
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofByteArray(body));
        headers.forEach(request::header);
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** The same where the server is expected to be there. */
    public HttpResponse<byte[]> call(String apiKey, String method, String path, byte[] body) {
        try {
            return call(apiKey, method, path, body, Map.of());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** An answer's body as JSON. */
    public static JsonNode json(HttpResponse<byte[]> answer) {
        try {
            return JSON.readTree(answer.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The path of an entry. */
    public static String entry(String namespace, String key) {
        return "/v1/cache/" + namespace + "/"
                + URLEncoder.encode(key, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    private HttpResponse<byte[]> send(HttpRequest request) {
        try {
            return client.send(request, HttpResponse.BodyHandlers.ofByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
