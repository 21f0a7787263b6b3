package io.riptide.server;

import io.riptide.config.ConfigLoader;
import io.riptide.config.ConfigOutcome;
import io.riptide.config.PersistenceConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A real server over real stores in a folder of its own, for the tests of one class. */
public final class LiveServer implements BeforeAllCallback, AfterAllCallback {
    public static final String ADMIN_KEY = "an-admin-key-of-the-tests-0123456789";

    private final List<String> settings = new ArrayList<>(List.of("server.port=0"));
    private Path data;
    private RipTideServer server;

    public LiveServer(String... settings) {
        this.settings.addAll(List.of(settings));
    }

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        data = java.nio.file.Files.createTempDirectory("riptide-server-test");
        server = RipTideServer.start(config(), data, ADMIN_KEY);
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        server.close();
        try (var files = java.nio.file.Files.walk(data)) {
            files.sorted(java.util.Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        }
    }

    private PersistenceConfig config() {
        ConfigOutcome outcome = new ConfigLoader(Map.of()).load(List.of(), settings);
        if (outcome instanceof ConfigOutcome.Valid valid) {
            return valid.config();
        }
        throw new AssertionError(outcome.toString());
    }

    RipTideServer server() {
        return server;
    }

    /** The folder that it keeps everything in. */
    public Path data() {
        return data;
    }

    public int port() {
        return server.port();
    }

    Wire.Answer call(String method, String path, byte[] body, String... headers) throws IOException {
        try (Wire wire = new Wire(port())) {
            return wire.call(method, path, body, headers);
        }
    }

    Wire.Answer admin(String method, String path, String json, String... more) throws IOException {
        return as(ADMIN_KEY, method, path, json, more);
    }

    /** Makes a tenant that may do as much as it likes; returns its key. */
    public String tenant(String id) throws IOException {
        return tenant(id, 1_000_000_000L);
    }

    public String tenant(String id, long operationsPerMinute) throws IOException {
        Wire.Answer made = admin("POST", "/admin/tenants", """
                {"id": "%s", "name": "T", "owner_name": "O", "owner_email": "o@example.com", "billing_plan": "free",
                 "quotas": {"operations_per_minute": %d}}""".formatted(id, operationsPerMinute));
        if (made.status() != 201) {
            throw new AssertionError(made.text());
        }
        return made.json().get("api_key").asText();
    }

    /** A call with that key, whose body is JSON where there is one. */
    public Wire.Answer as(String key, String method, String path, String json, String... more) throws IOException {
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
