package io.riptide.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A server that tests call over HTTP. */
public interface TestServer {
    String ADMIN_KEY = "an-admin-key-of-the-tests-0123456789";

    int port();

    default Wire.Answer call(String method, String path, byte[] body, String... headers) throws IOException {
        try (Wire wire = new Wire(port())) {
            return wire.call(method, path, body, headers);
        }
    }

    default Wire.Answer admin(String method, String path, String json, String... more) throws IOException {
        return as(ADMIN_KEY, method, path, json, more);
    }

    /** Makes a tenant that may do as much as it likes; returns its key. */
    default String tenant(String id) throws IOException {
        return tenant(id, 1_000_000_000L);
    }

    default String tenant(String id, long operationsPerMinute) throws IOException {
        Wire.Answer made = admin("POST", "/admin/tenants", """
                {"id": "%s", "name": "T", "owner_name": "O", "owner_email": "o@example.com", "billing_plan": "free",
                 "quotas": {"operations_per_minute": %d}}""".formatted(id, operationsPerMinute));
        if (made.status() != 201) {
            throw new AssertionError(made.text());
        }
        return made.json().get("api_key").asText();
    }

    /** A call with that key, whose body is JSON where there is one. */
    default Wire.Answer as(String key, String method, String path, String json, String... more) throws IOException {
        List<String> headers = new ArrayList<>(List.of(more));
        headers.add("Authorization: Bearer " + key);
        byte[] body = null;
        if (json != null) {
            body = json.getBytes(StandardCharsets.UTF_8);
            headers.add("Content-Type: application/json");
        }
        return call(method, path, body, headers.toArray(String[]::new));
    }
}
