package io.riptide.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each refusal of a tenant's call: its status, code and field, and that the entry that was there is as it was. */
class RefusalHttpTest {
    private static final String KEPT = "/v1/cache/r/kept";
    private static final String SET = "/v1/cache/r/_batch/set";
    private static final String GET = "/v1/cache/r/_batch/get";

    @RegisterExtension
    static final LiveServer SERVER =
            new LiveServer("persistence.cache.max_entry_bytes=2048", "persistence.cache.max_ttl_seconds=1000");

    private static int tenants;

    private String tenant;
    private String key;
    private String tag;

    @BeforeEach
    void keep() throws IOException {
        tenant = "t" + ++tenants;
        key = SERVER.tenant(tenant);
        tag = put(KEPT, "kept").header("ETag");
    }

    /** Nothing that is refused changes anything: the one entry is there as it was, and it is the only one. */
    @AfterEach
    void nothingChanged() throws IOException {
        SERVER.admin("POST", "/admin/tenants/" + tenant + "/resume", null);
        SERVER.admin("PUT", "/admin/tenants/" + tenant, "{\"quotas\": {\"operations_per_minute\": 1000000000}}");
        Wire.Answer read = call("GET", KEPT, null);
        assertThat(read.text()).isEqualTo("kept");
        assertThat(read.header("ETag")).isEqualTo(tag);
        assertThat(SERVER.as(key, "GET", "/v1/cache/r", null).json().get("entries"))
                .hasSize(1);
    }

    private Wire.Answer call(String method, String path, String body, String... headers) throws IOException {
        List<String> all = new ArrayList<>(List.of(headers));
        all.add("X-API-Key: " + key);
        byte[] bytes = body == null ? null : body.getBytes(StandardCharsets.UTF_8);
        return SERVER.call(method, path, bytes, all.toArray(String[]::new));
    }

    private Wire.Answer put(String path, String body, String... headers) throws IOException {
        return call("PUT", path, body, headers);
    }

    private Wire.Answer batch(String path, String json) throws IOException {
        return SERVER.as(key, "POST", path, json);
    }

    private static void assertRefused(Wire.Answer refused, int status, String code, String... fields) {
        assertThat(refused.status()).as(refused.text()).isEqualTo(status);
        assertThat(refused.code()).isEqualTo(code);
        assertThat(refused.fields()).containsExactly(fields);
        assertThat(refused.json().get("status").asInt()).isEqualTo(status);
        assertThat(refused.json().get("detail").asText()).isNotEmpty();
        assertThat(refused.json().get("request_id").asText()).isEqualTo(refused.header("X-Request-ID"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "PUT|X-RipTide-TTL: 0|X-RipTide-TTL",
                "PUT|X-RipTide-TTL: 1001|X-RipTide-TTL",
                "PUT|X-RipTide-TTL: 5 & X-RipTide-TTL: 6|X-RipTide-TTL",
                "PUT|Cache-Control: max-age=-1|Cache-Control",
                "PUT|If-None-Match: \"a\"|If-None-Match",
                "PUT|If-None-Match: * & If-Match: *|If-None-Match",
                "PUT|If-Match: a|If-Match",
                "PUT|Content-Type: a/b & Content-Type: c/d|Content-Type",
                "PUT|X-RipTide-Tags: 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17|X-RipTide-Tags",
                "DELETE|If-None-Match: *|If-None-Match",
                "DELETE|If-Match: a|If-Match",
                "DELETE|If-Match: \"a\", \"b\"|If-Match",
                "GET|If-None-Match: a|If-None-Match"
            })
    void aHeaderThatIsWrong(String method, String header, String field) throws IOException {
        assertRefused(
                call(method, KEPT, method.equals("PUT") ? "new" : null, header.split(" & ")),
                400,
                "invalid-request",
                field);
    }

    @Test
    void aConditionThatDoesNotHold() throws IOException {
        for (String header : List.of("If-None-Match: *", "If-Match: \"dead\"", "If-Match: W/" + tag)) {
            assertRefused(put(KEPT, "new", header), 412, "precondition-failed");
        }
        assertRefused(put("/v1/cache/r/none", "new", "If-Match: *"), 412, "precondition-failed");
        assertRefused(call("DELETE", KEPT, null, "If-Match: \"dead\""), 412, "precondition-failed");
        assertRefused(call("DELETE", "/v1/cache/r/none", null, "If-Match: *"), 412, "precondition-failed");
        assertRefused(put(KEPT, "", "Cache-Control: max-age=0", "If-Match: \"dead\""), 412, "precondition-failed");
        assertRefused(put(KEPT, "", "Cache-Control: max-age=0", "If-None-Match: *"), 412, "precondition-failed");
    }

    @Test
    void anEntryThatIsTooLarge() throws IOException {
        Wire.Answer refused = put(KEPT, "x".repeat(2049));
        assertRefused(refused, 413, "entry-too-large");
        assertThat(refused.json().get("limit").asInt()).isEqualTo(2048);
        assertRefused(put(KEPT, "new", "Content-Type: a/" + "b".repeat(254)), 400, "invalid-request", "Content-Type");
    }

    @Test
    void whatTheStorageQuotaDoesNotHold() throws IOException {
        SERVER.admin("PUT", "/admin/tenants/" + tenant, "{\"quotas\": {\"storage_bytes\": 200}}");
        for (String path : List.of(KEPT, "/v1/cache/r/more")) {
            Wire.Answer refused = put(path, noise());
            assertRefused(refused, 507, "storage-quota-exceeded");
            assertThat(refused.json().get("resource").asText()).isEqualTo("storage_bytes");
            assertThat(refused.json().get("limit").asInt()).isEqualTo(200);
        }
    }

    private static String noise() {
        StringBuilder noise = new StringBuilder();
        new java.util.Random(1).ints(1500, '!', '~').forEach(c -> noise.append((char) c));
        return noise.toString();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/cache/r/%2e%2e",
                "/v1/cache/r/%2E",
                "/v1/cache/r/..",
                "/v1/cache/r/.%2e",
                "/v1/cache/r//kept",
                "/v1/cache//r/kept",
                "//v1/cache/r/kept",
                "/v1//cache/r/kept",
                "/v1/cache/r/kept/",
                "/v1/cache/r/kept%00",
                "/v1/cache/r/%00",
                "/v1/cache/r/%c0%af",
                "/v1/cache/r/%ed%a0%80",
                "/v1/cache/r/kept%",
                "/v1/cache/x/../r/kept",
                "/v1/cache/x/%2e%2e/r/kept"
            })
    void aPathThatIsNone(String path) throws IOException {
        for (String method : List.of("GET", "PUT", "DELETE")) {
            assertRefused(call(method, path, method.equals("PUT") ? "new" : null), 400, "invalid-request", "path");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/cache/r%2Fkept/k",
                "/v1/cache/r%20/kept",
                "/v1/cache/r+/kept",
                "/v1/cache/r;x=1/kept",
                "/v1/cache/%C3%A4/kept",
                "/v1/cache/%252e/kept"
            })
    void aNamespaceThatIsNone(String path) throws IOException {
        for (String method : List.of("GET", "PUT", "DELETE")) {
            assertRefused(call(method, path, method.equals("PUT") ? "new" : null), 400, "invalid-request", "namespace");
        }
        String namespace = path.substring(0, path.lastIndexOf('/'));
        assertRefused(call("GET", namespace, null), 400, "invalid-request", "namespace");
        assertRefused(batch(namespace + "/_batch/get", "{\"keys\":[\"a\"]}"), 400, "invalid-request", "namespace");
        assertRefused(batch(namespace + "/_batch/set", "{\"entries\":[]}"), 400, "invalid-request", "namespace");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/cache%2Fr/kept", "/v1/cache;x/r/kept", "/v1/cache+/r/kept", "/v1/cache/r/kept/more"})
    void aPathThatIsNotThere(String path) throws IOException {
        for (String method : List.of("GET", "PUT", "DELETE")) {
            assertRefused(call(method, path, method.equals("PUT") ? "new" : null), 404, "not-found");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"kept%2F", "kept+", "kept;x=1", "kept%3B", "%6Bept%20"})
    void anotherKeyIsNotThisOne(String other) throws IOException {
        assertRefused(call("GET", "/v1/cache/r/" + other, null), 404, "not-found");
        assertThat(call("DELETE", "/v1/cache/r/" + other, null).status()).isEqualTo(204);
    }

    @Test
    void anotherMethod() throws IOException {
        for (String method : List.of("POST", "PATCH", "TRACE")) {
            Wire.Answer refused = call(method, KEPT, null);
            assertRefused(refused, 405, "method-not-allowed");
            assertThat(refused.header("Allow")).isEqualTo("DELETE, GET, HEAD, OPTIONS, PUT");
        }
        for (String path : List.of("/v1/fetch?url=http://127.0.0.1/", "/v1/usage", GET)) {
            Wire.Answer refused = call("DELETE", path, null);
            assertRefused(refused, 405, "method-not-allowed");
            assertThat(refused.header("Allow")).contains("OPTIONS").doesNotContain("DELETE");
        }
    }

    @Test
    void aBatchThatIsNotJson() throws IOException {
        for (String path : List.of(SET, GET)) {
            byte[] body = "{\"entries\":[{\"key\":\"kept\",\"value\":1}]}".getBytes(StandardCharsets.UTF_8);
            assertRefused(SERVER.call("POST", path, body, "X-API-Key: " + key), 415, "unsupported-media-type");
            assertRefused(
                    SERVER.call("POST", path, body, "X-API-Key: " + key, "Content-Type: text/plain"),
                    415,
                    "unsupported-media-type");
            for (String json :
                    List.of("", "nonsense", "[]", "{\"entries\":[{\"key\":\"kept\",\"value\":\"\\udc00\"}]}")) {
                assertRefused(batch(path, json), 400, "invalid-request", "body");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {SET, GET})
    void aBatchWhoseBodyIsTooLargeIsRefusedBeforeItIsRead(String path) throws IOException {
        try (Wire wire = new Wire(SERVER.port())) {
            wire.send("POST " + path + " HTTP/1.1\r\nHost: h\r\nX-API-Key: " + key
                    + "\r\nContent-Type: application/json\r\nContent-Length: " + (Limits.BATCH_BODY_BYTES + 1)
                    + "\r\n\r\n{");
            Wire.Answer refused = wire.answer(false);
            assertRefused(refused, 413, "entry-too-large");
            assertThat(refused.json().get("limit").asInt()).isEqualTo(Limits.BATCH_BODY_BYTES);
            assertThat(refused.header("Connection")).isEqualTo("close");
        }
    }

    @Test
    void aBatchThatTheQuotaCanNeverHoldNamesBothNumbers() throws IOException {
        SERVER.admin("PUT", "/admin/tenants/" + tenant, "{\"quotas\": {\"operations_per_minute\": 2}}");
        String rows = "{\"entries\":[{\"key\":\"kept\",\"value\":1},{\"key\":\"b\",\"value\":1},"
                + "{\"key\":\"c\",\"value\":1}]}";
        for (Wire.Answer refused : List.of(batch(SET, rows), batch(GET, "{\"keys\":[\"a\",\"b\",\"c\"]}"))) {
            assertRefused(refused, 400, "invalid-request", "keys");
            assertThat(refused.json().get("detail").asText()).contains("3 operations", "at most 2");
        }
        // The refused ones took no permit.
        assertThat(batch(GET, "{\"keys\":[\"a\",\"b\"]}").status()).isEqualTo(200);
    }

    @Test
    void whatIsOverTheRate() throws IOException {
        SERVER.admin("PUT", "/admin/tenants/" + tenant, "{\"quotas\": {\"operations_per_minute\": 2}}");
        assertThat(batch(GET, "{\"keys\":[\"a\",\"b\"]}").status()).isEqualTo(200);
        String row = "{\"entries\":[{\"key\":\"kept\",\"value\":1}]}";
        for (Wire.Answer refused : List.of(
                put(KEPT, "new"), call("DELETE", KEPT, null), call("GET", "/v1/cache/r", null), batch(SET, row))) {
            assertRefused(refused, 429, "quota-exceeded");
            assertThat(refused.json().get("resource").asText()).isEqualTo("operations_per_minute");
            assertThat(refused.json().get("limit").asInt()).isEqualTo(2);
            assertThat(refused.json().get("used").asInt()).isEqualTo(2);
            assertThat(refused.header("Retry-After"))
                    .isEqualTo(refused.json().get("retry_after_seconds").asText());
        }
    }

    @Test
    void aSuspendedTenant() throws IOException {
        SERVER.admin("POST", "/admin/tenants/" + tenant + "/suspend", "{\"reason\": \"late\"}");
        assertAllWritesRefused(403, "tenant-suspended", "X-API-Key: " + key);
        assertRefused(call("GET", "/v1/usage", null), 403, "tenant-suspended");
        assertRefused(call("GET", "/v1/fetch?url=http://127.0.0.1/", null), 403, "tenant-suspended");
    }

    @Test
    void whoeverMayNot() throws IOException {
        assertAllWritesRefused(401, "unauthenticated");
        assertAllWritesRefused(401, "unauthenticated", "X-Tenant-ID: " + tenant);
        assertAllWritesRefused(401, "unauthenticated", "X-API-Key: " + key.substring(1));
        assertAllWritesRefused(403, "access-denied", "X-API-Key: " + key, "X-Tenant-ID: another");
        assertAllWritesRefused(403, "access-denied", "X-API-Key: " + LiveServer.ADMIN_KEY);
        String reader = SERVER.admin(
                        "POST", "/admin/tenants/" + tenant + "/keys", "{\"name\": \"n\", \"scopes\": [\"cache:read\"]}")
                .json()
                .get("api_key")
                .asText();
        assertAllWritesRefused(403, "access-denied", "X-API-Key: " + reader);
    }

    private static void assertAllWritesRefused(int status, String code, String... credentials) throws IOException {
        String[] headers = java.util.Arrays.copyOf(credentials, credentials.length + 1);
        headers[credentials.length] = "Content-Type: application/json";
        byte[] rows = "{\"entries\":[{\"key\":\"kept\",\"value\":1}]}".getBytes(StandardCharsets.UTF_8);
        assertRefused(SERVER.call("PUT", KEPT, "new".getBytes(StandardCharsets.UTF_8), headers), status, code);
        assertRefused(SERVER.call("PUT", KEPT, null, append(headers, "Cache-Control: max-age=0")), status, code);
        assertRefused(SERVER.call("DELETE", KEPT, null, headers), status, code);
        assertRefused(SERVER.call("POST", SET, rows, headers), status, code);
    }

    private static String[] append(String[] headers, String one) {
        String[] all = java.util.Arrays.copyOf(headers, headers.length + 1);
        all[headers.length] = one;
        return all;
    }

    @ParameterizedTest
    @CsvSource({
        "limit=0, limit",
        "limit=1001, limit",
        "limit=-1, limit",
        "limit=1.0, limit",
        "limit=1&limit=1, limit",
        "cursor=x, cursor",
        "cursor=AQ%3D%3D, cursor",
        "limit=%zz, limit",
        "limit=%, limit",
        "%zz=1, query",
        "limit=1\u00e4, query"
    })
    void aListingThatIsWronglyAskedFor(String query, String field) throws IOException {
        assertRefused(call("GET", "/v1/cache/r?" + query, null), 400, "invalid-request", field);
    }
}
