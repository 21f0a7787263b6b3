package io.riptide.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.riptide.config.ConfigLoader;
import io.riptide.config.ConfigOutcome;
import io.riptide.config.PersistenceConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a tenant used is there after a restart. */
class UsageKeptTest {
    private static final String TENANT = """
            {"id": "acme", "name": "T", "owner_name": "O", "owner_email": "o@example.com", "billing_plan": "free"}""";

    @TempDir
    private Path data;

    private RipTideServer start() {
        ConfigOutcome outcome = new ConfigLoader(Map.of()).load(List.of(), List.of("server.port=0"));
        PersistenceConfig config = ((ConfigOutcome.Valid) outcome).config();
        return RipTideServer.start(config, data, LiveServer.ADMIN_KEY);
    }

    private static Wire.Answer call(RipTideServer server, String key, String method, String path, String body)
            throws IOException {
        try (Wire wire = new Wire(server.port())) {
            return wire.call(
                    method,
                    path,
                    body == null ? null : body.getBytes(),
                    "X-API-Key: " + key,
                    "Content-Type: application/json");
        }
    }

    private static void assertUsed(RipTideServer server, String key, long operations, long bytes) throws IOException {
        JsonNode usage = call(server, key, "GET", "/v1/usage", null).json();
        assertThat(usage.get("operations_total").asLong()).isEqualTo(operations);
        assertThat(usage.get("data_transfer_bytes").asLong()).isEqualTo(bytes);
    }

    @Test
    void aRestartLosesNothingAndAnIdGivenAnewBeginsAtNothing() throws Exception {
        String key;
        try (RipTideServer server = start()) {
            key = call(server, LiveServer.ADMIN_KEY, "POST", "/admin/tenants", TENANT)
                    .json()
                    .get("api_key")
                    .asText();
            assertThat(call(server, key, "PUT", "/v1/cache/n/k", "{\"a\": 1}").status())
                    .isEqualTo(201);
            assertThat(call(server, key, "GET", "/v1/cache/n/k", null).status()).isEqualTo(200);
            assertThat(call(server, key, "GET", "/v1/cache/n/other", null).status())
                    .isEqualTo(404);
            assertUsed(server, key, 3, 16);
        }
        try (RipTideServer server = start()) {
            assertUsed(server, key, 3, 16);
            assertThat(call(server, key, "GET", "/v1/cache/n/k", null).status()).isEqualTo(200);
            assertUsed(server, key, 4, 24);
            assertThat(call(server, LiveServer.ADMIN_KEY, "DELETE", "/admin/tenants/acme", null)
                            .status())
                    .isEqualTo(202);
            Wire.Answer again;
            do {
                again = call(server, LiveServer.ADMIN_KEY, "POST", "/admin/tenants", TENANT);
            } while (again.status() == 409);
            assertUsed(server, again.json().get("api_key").asText(), 0, 0);
        }
    }
}
