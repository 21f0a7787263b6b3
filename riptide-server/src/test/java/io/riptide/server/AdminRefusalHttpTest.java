package io.riptide.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each refusal of an administrator's call: its status, code and field, and that tenants and keys are as they were. */
class AdminRefusalHttpTest {
    private static final String TENANTS = "/admin/tenants";
    private static final String ONE = TENANTS + "/kept";
    private static final String NEW =
            "{\"name\": \"N\", \"owner_name\": \"O\", \"owner_email\": \"o@example.com\", \"billing_plan\": \"free\"";

    @RegisterExtension
    static final LiveServer SERVER = new LiveServer();

    private JsonNode before;

    private static JsonNode state() throws IOException {
        return Json.MAPPER
                .createArrayNode()
                .add(SERVER.admin("GET", TENANTS, null).json())
                .add(SERVER.admin("GET", ONE + "/keys", null).json().get("keys").size())
                .add(SERVER.admin("GET", "/admin/keys", null).json().get("keys").size());
    }

    @BeforeEach
    void keep() throws IOException {
        if (SERVER.admin("GET", ONE, null).status() == 404) {
            SERVER.tenant("kept");
        }
        before = state();
    }

    /** Nothing that is refused changes anything. */
    @AfterEach
    void nothingChanged() throws IOException {
        assertThat(state()).isEqualTo(before);
    }

    private static void assertRefused(Wire.Answer refused, int status, String code, String... fields) {
        assertThat(refused.status()).as(refused.text()).isEqualTo(status);
        assertThat(refused.code()).isEqualTo(code);
        assertThat(refused.fields()).containsExactly(fields);
        assertThat(refused.header("Cache-Control")).isEqualTo("no-store");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"name\": \"\"}|name",
                "{\"name\": 1}|name",
                "{\"name\": \"a\\u0000b\"}|name",
                "{\"owner_name\": \" \"}|owner_name",
                "{\"owner_email\": \"nobody\"}|owner_email",
                "{\"billing_plan\": \"gold\"}|billing_plan",
                "{\"id\": \"other\"}|id",
                "{\"status\": \"deleting\"}|status",
                "{\"settings\": []}|settings",
                "{\"encryption_enabled\": true}|encryption_enabled",
                "{\"access_policies\": [3]}|access_policies[0]",
                "{\"quotas\": {\"memory_bytes\": -1}}|quotas.memory_bytes",
                "{\"quotas\": {\"operations_per_minute\": 0}}|quotas.operations_per_minute",
                "{\"quotas\": {\"storage_bytes\": 1e3}}|quotas.storage_bytes",
                "{\"quotas\": {\"active_sessions\": 99999999999999999999}}|quotas.active_sessions",
                "{\"quotas\": {\"none\": 1}}|quotas.none",
                "{\"name\": \"a\", \"name\": \"b\"}|body",
                "{\"name\": \"\\ud800\"}|body",
                "[]|body",
                "{\"name\"|body"
            })
    void aChangeThatIsNotValid(String json, String field) throws IOException {
        assertRefused(SERVER.admin("PUT", ONE, json), 400, "invalid-request", field);
        if (!field.equals("id") && !field.equals("body")) {
            Wire.Answer made = SERVER.admin("POST", TENANTS, json);
            assertThat(made.status()).isEqualTo(400);
            assertThat(made.fields()).contains(field);
        }
    }

    @Test
    void aChangeOfAnotherVersion() throws IOException {
        assertRefused(SERVER.admin("PUT", ONE, "{\"name\": \"M\"}", "If-Match: \"dead\""), 412, "precondition-failed");
        assertRefused(
                SERVER.admin("PUT", ONE, "{\"name\": \"M\"}", "If-Match: dead"), 400, "invalid-request", "If-Match");
        assertRefused(
                SERVER.admin("PUT", ONE, "{\"name\": \"M\"}", "If-Match: \"a\", \"b\""),
                400,
                "invalid-request",
                "If-Match");
    }

    @Test
    void aTenantWhoseIdIsTaken() throws IOException {
        assertRefused(SERVER.admin("POST", TENANTS, NEW + ", \"id\": \"kept\"}"), 409, "conflict");
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /admin/tenants",
        "PUT, /admin/tenants/kept",
        "POST, /admin/tenants/kept/suspend",
        "POST, /admin/tenants/kept/keys",
        "POST, /admin/keys"
    })
    void aBodyThatIsNotTaken(String method, String path) throws IOException {
        byte[] body = "{\"name\": \"N\"}".getBytes(StandardCharsets.UTF_8);
        String credential = "X-API-Key: " + LiveServer.ADMIN_KEY;
        assertRefused(SERVER.call(method, path, body, credential), 415, "unsupported-media-type");
        assertRefused(
                SERVER.call(method, path, body, credential, "Content-Type: application/xml"),
                415,
                "unsupported-media-type");
        assertRefused(SERVER.admin(method, path, "nonsense"), 400, "invalid-request", "body");
        byte[] large = ("{\"name\": \"" + "x".repeat(Limits.ADMIN_BODY_BYTES) + "\"}").getBytes(StandardCharsets.UTF_8);
        Wire.Answer refused = SERVER.call(method, path, large, credential, "Content-Type: application/json");
        assertRefused(refused, 413, "entry-too-large");
        assertThat(refused.json().get("limit").asInt()).isEqualTo(Limits.ADMIN_BODY_BYTES);
        try (Wire wire = new Wire(SERVER.port())) {
            wire.send(method + " " + path + " HTTP/1.1\r\nHost: h\r\n" + credential
                    + "\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + ("10000\r\n" + "x".repeat(0x10000) + "\r\n").repeat(17));
            assertRefused(wire.answer(false), 413, "entry-too-large");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}|reason",
                "{\"reason\": \" \"}|reason",
                "{\"reason\": 1}|reason",
                "{\"reason\": \"a\\nb\"}|reason",
                "{\"reason\": \"late\", \"until\": 1}|until"
            })
    void aSuspensionThatIsNotValid(String json, String field) throws IOException {
        Wire.Answer refused = SERVER.admin("POST", ONE + "/suspend", json);
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.fields()).contains(field);
        assertThat(SERVER.admin("POST", ONE + "/suspend", "{\"reason\": \"" + "x".repeat(501) + "\"}")
                        .fields())
                .containsExactly("reason");
        assertRefused(
                SERVER.admin("POST", ONE + "/resume", "{\"reason\": \"paid\"}"), 400, "invalid-request", "reason");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"name\": \"n\"}|role",
                "{\"name\": \"n\", \"role\": \"king\"}|role",
                "{\"name\": \"n\", \"role\": 1}|role",
                "{\"role\": \"viewer\"}|name",
                "{\"name\": \"\", \"role\": \"viewer\"}|name",
                "{\"name\": \"n\", \"role\": \"viewer\", \"expires_in_seconds\": 0}|expires_in_seconds",
                "{\"name\": \"n\", \"role\": \"viewer\", \"expires_in_seconds\": 315360001}|expires_in_seconds",
                "{\"name\": \"n\", \"role\": \"viewer\", \"scopes\": [\"*\"]}|scopes"
            })
    void anAdminKeyThatIsNotValid(String json, String field) throws IOException {
        Wire.Answer refused = SERVER.admin("POST", "/admin/keys", json);
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.code()).isEqualTo("invalid-request");
        assertThat(refused.fields()).contains(field);
    }

    @ParameterizedTest
    @CsvSource({
        "/admin/tenants?limit=0, limit",
        "/admin/tenants?limit=1001, limit",
        "/admin/tenants?limit=x, limit",
        "/admin/tenants?cursor=%00, cursor",
        "/admin/tenants?cursor=x, cursor",
        "/admin/tenants?status=gone, status",
        "/admin/tenants?status=active&status=active, status",
        "/admin/tenants/kept/keys?limit=0, limit",
        "/admin/tenants/kept/keys?cursor=x, cursor",
        "/admin/keys?limit=0, limit",
        "/admin/keys?cursor=x, cursor"
    })
    void aListThatIsWronglyAskedFor(String path, String field) throws IOException {
        assertRefused(SERVER.admin("GET", path, null), 400, "invalid-request", field);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /admin/tenants/none",
                "PUT /admin/tenants/none",
                "DELETE /admin/tenants/none",
                "GET /admin/tenants/none/usage",
                "GET /admin/tenants/none/keys",
                "POST /admin/tenants/none/keys",
                "DELETE /admin/tenants/none/keys/x",
                "DELETE /admin/tenants/kept/keys/none",
                "DELETE /admin/keys/none",
                "POST /admin/tenants/none/suspend",
                "POST /admin/tenants/none/resume",
                "GET /admin/cache/stats?tenant=none",
                "GET /admin/tenants/kept%2Fusage",
                "DELETE /admin/tenants/kept%20",
                "DELETE /admin/tenants/kept+",
                "DELETE /admin/tenants/kept;x=1",
                "DELETE /admin/tenants%2Fkept",
                "DELETE /admin;x/tenants/kept",
                "GET /admin/nothing"
            })
    void whatIsNotThere(String call) throws IOException {
        String[] parts = call.split(" ");
        String json = switch (parts[0]) {
            case "PUT" -> "{\"name\": \"n\"}";
            case "POST" ->
                parts[1].endsWith("suspend")
                        ? "{\"reason\": \"r\"}"
                        : parts[1].endsWith("keys") ? "{\"name\": \"n\"}" : null;
            default -> null;
        };
        assertRefused(SERVER.admin(parts[0], parts[1], json), 404, "not-found");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/admin/tenants/%2e%2e",
                "/admin/tenants/kept/%2e",
                "/admin/tenants/../tenants/kept",
                "/admin/tenants/kept%00",
                "/admin/tenants/kept/",
                "/admin//tenants/kept",
                "//admin/tenants/kept",
                "/v1/../admin/tenants/kept",
                "/v1/%2e%2e/admin/tenants/kept",
                "/admin/tenants/%ff"
            })
    void aPathThatIsNone(String path) throws IOException {
        for (String method : List.of("GET", "DELETE")) {
            Wire.Answer refused = SERVER.admin(method, path, null);
            assertThat(refused.status()).as(refused.text()).isEqualTo(400);
            assertThat(refused.code()).isEqualTo("invalid-request");
            assertThat(refused.fields()).containsExactly("path");
        }
    }

    @Test
    void anotherMethod() throws IOException {
        Wire.Answer refused = SERVER.admin("PATCH", ONE, "{\"name\": \"M\"}");
        assertRefused(refused, 405, "method-not-allowed");
        assertThat(refused.header("Allow")).isEqualTo("DELETE, GET, HEAD, OPTIONS, PUT");
    }

    @Test
    void whoeverMayNot() throws IOException {
        String tenants = SERVER.admin("POST", ONE + "/keys", "{\"name\": \"n\"}")
                .json()
                .get("api_key")
                .asText();
        String viewer = SERVER.admin("POST", "/admin/keys", "{\"name\": \"n\", \"role\": \"viewer\"}")
                .json()
                .get("api_key")
                .asText();
        before = state();
        for (String[] call : new String[][] {
            {"POST", TENANTS, NEW + "}"},
            {"PUT", ONE, "{\"name\": \"M\"}"},
            {"DELETE", ONE, null},
            {"POST", ONE + "/suspend", "{\"reason\": \"r\"}"},
            {"POST", ONE + "/resume", null},
            {"POST", ONE + "/keys", "{\"name\": \"n\"}"},
            {"DELETE", ONE + "/keys/x", null},
            {"POST", "/admin/keys", "{\"name\": \"n\", \"role\": \"admin\"}"},
            {"DELETE", "/admin/keys/x", null}
        }) {
            assertRefused(SERVER.as(tenants, call[0], call[1], call[2]), 403, "access-denied");
            assertRefused(SERVER.as(viewer, call[0], call[1], call[2]), 403, "access-denied");
            assertRefused(SERVER.as("nonsense", call[0], call[1], call[2]), 401, "unauthenticated");
            byte[] body = call[2] == null ? null : call[2].getBytes(StandardCharsets.UTF_8);
            assertRefused(
                    SERVER.call(call[0], call[1], body, "Content-Type: application/json"), 401, "unauthenticated");
        }
    }
}
