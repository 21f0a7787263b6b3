package io.riptide.server.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;

/**
 * An answer with how long it took.
 *
 * @param nanos from the call to the last byte
 */
record DemoAnswer(HttpResponse<byte[]> response, long nanos) {
    int status() {
        return response.statusCode();
    }

    byte[] body() {
        return response.body();
    }

    double millis() {
        return nanos / 1e6;
    }

    String header(String name) {
        return response.headers().firstValue(name).orElse("");
    }

    /** Where the cache had it: {@code l1}, {@code l2}, or nothing. */
    String tier() {
        String status = header("Cache-Status");
        int detail = status.indexOf("hit; detail=");
        return detail < 0 ? "" : status.substring(detail + "hit; detail=".length());
    }

    boolean isHit() {
        return !tier().isEmpty();
    }

    /** The code of a problem, or nothing where it is none. */
    String code() {
        String type = header("Content-Type").startsWith("application/problem+json")
                ? json().path("type").asText()
                : "";
        return type.substring(type.lastIndexOf(':') + 1);
    }

    JsonNode json() {
        try {
            return new JsonMapper().readTree(new String(body(), StandardCharsets.UTF_8));
        } catch (JsonProcessingException e) {
            throw new DemoFailure("the server's answer is no JSON: " + e.getOriginalMessage());
        }
    }
}
