package io.riptide.server.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A server that is called over HTTP, one call after the other. An answer has at most {@value #MAX_BODY} bytes, begins
 * within a minute of what the request needs and ends within ten more; redirects are not followed, so that the key goes
 * nowhere else.
 */
final class RemoteServer implements AutoCloseable {
    /** The largest entry that a server can be set to take. */
    static final int MAX_BODY = 64 << 20;

    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration BEGIN = Duration.ofMinutes(1);
    private static final Duration END = Duration.ofMinutes(10);
    /** The slowest rate at which a server takes a body. */
    private static final long BYTES_PER_SECOND = 16 << 10;

    private static final int UNAUTHENTICATED = 401;
    private static final String UNRESERVED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    private static final Map<String, String> JSON_BODY = Map.of("Content-Type", "application/json");
    /** Numbers as exact as they come: quantities of bills have more digits than a double. */
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(CONNECT)
            .build();
    private final String url;
    private final @Nullable String key;
    private final String keyVariable;
    private final boolean json;

    /**
     * The server at that address.
     *
     * @param url without a slash at its end
     * @param key the credential, or null for none
     * @param keyVariable the environment variable that one would be taken from
     * @param json whether problems are shown as the documents that they are
     */
    RemoteServer(String url, @Nullable String key, String keyVariable, boolean json) {
        this.url = url;
        this.key = key;
        this.keyVariable = keyVariable;
        this.json = json;
    }

    /** An answer that is no refusal. */
    record Answer(int status, HttpHeaders headers, byte[] body) {
        String header(String name) {
            return headers.firstValue(name).orElse("");
        }

        JsonNode json() {
            try {
                return Objects.requireNonNull(JSON.readTree(new String(body, StandardCharsets.UTF_8)));
            } catch (JsonProcessingException e) {
                throw RemoteFailure.of("the answer is no JSON (is that address a RipTide server's?)");
            }
        }
    }

    /** A path of these segments, each percent-encoded as a whole (RFC 3986, section 2). */
    static String path(String... segments) {
        StringBuilder path = new StringBuilder();
        for (String segment : segments) {
            path.append('/').append(encoded(segment));
        }
        return path.toString();
    }

    static String encoded(String text) {
        StringBuilder out = new StringBuilder(text.length());
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            if (UNRESERVED.indexOf(b) >= 0) {
                out.append((char) b);
            } else {
                out.append(String.format("%%%02X", b));
            }
        }
        return out.toString();
    }

    Answer get(String path) {
        return send("GET", path, Map.of(), BodyPublishers.noBody());
    }

    Answer delete(String path) {
        return send("DELETE", path, Map.of(), BodyPublishers.noBody());
    }

    Answer put(String path, Map<String, String> headers, byte[] body) {
        return send("PUT", path, headers, BodyPublishers.ofByteArray(body));
    }

    Answer put(String path, JsonNode body) {
        return put(path, JSON_BODY, body.toString().getBytes(StandardCharsets.UTF_8));
    }

    Answer post(String path, JsonNode body) {
        byte[] bytes = body.toString().getBytes(StandardCharsets.UTF_8);
        return send("POST", path, JSON_BODY, BodyPublishers.ofByteArray(bytes));
    }

    private Answer send(String method, String path, Map<String, String> headers, BodyPublisher body) {
        Duration begin = BEGIN.plusSeconds(body.contentLength() / BYTES_PER_SECOND);
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(url + path)).timeout(begin).method(method, body);
        headers.forEach(request::header);
        if (key != null) {
            request.header("Authorization", "Bearer " + key);
        }
        HttpResponse<byte[]> response = await(request.build(), begin.plus(END));
        Answer answer = new Answer(response.statusCode(), response.headers(), response.body());
        if (answer.status() < 200 || answer.status() >= 300) {
            throw refusal(answer);
        }
        return answer;
    }

    private HttpResponse<byte[]> await(HttpRequest request, Duration end) {
        try {
            return http.sendAsync(request, head -> new BoundedBody(MAX_BODY)).get(end.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw RemoteFailure.of(url + ": " + why(e.getCause()));
        } catch (TimeoutException e) {
            throw RemoteFailure.of(url + ": the answer did not end in " + end.toMinutes() + " minutes");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw RemoteFailure.of(url + ": interrupted");
        }
    }

    private static String why(@Nullable Throwable failure) {
        return switch (failure) {
            case HttpConnectTimeoutException e -> "no connection in " + CONNECT.toSeconds() + " s";
            case HttpTimeoutException e -> "no answer in time";
            case ConnectException e -> "no connection (is the server running? --url or RIPTIDE_URL says where)";
            case IOException e when e.getMessage() != null -> String.valueOf(e.getMessage());
            case null, default -> "the call failed";
        };
    }

    private RemoteFailure refusal(Answer answer) {
        if (!answer.header("Content-Type").startsWith("application/problem+json")) {
            return RemoteFailure.of(url + ": answered " + answer.status() + " (is that address a RipTide server's?)");
        }
        JsonNode problem = answer.json();
        if (json) {
            return RemoteFailure.json(problem);
        }
        boolean keyless = answer.status() == UNAUTHENTICATED && key == null;
        return RemoteFailure.problem(problem, keyless ? " (--api-key or " + keyVariable + " says who calls)" : "");
    }

    /** Ends what still runs. */
    @Override
    public void close() {
        http.shutdownNow();
        http.close();
    }
}
