package io.riptide.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Instant;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DoorHttpTest {
    @RegisterExtension
    static final LiveServer SERVER = new LiveServer();

    private static String key;

    @BeforeAll
    static void tenants() throws IOException {
        key = SERVER.tenant("acme");
        SERVER.tenant("globex");
    }

    @Test
    void noneAWrongOneAndAnUnknownTenantAnswerAlike() throws IOException {
        String[][] callers = {
            {},
            {"X-Tenant-ID: acme"},
            {"X-Tenant-ID: nobody", "X-API-Key: rtk_AAAAAAAAAAAA_" + "a".repeat(49)},
            {"Authorization: Bearer nonsense"},
            {"Authorization: Basic " + key},
            {"Authorization: Bearer " + key, "X-API-Key: another"},
            {"X-API-Key: " + key.substring(0, key.length() - 1) + (key.endsWith("a") ? "b" : "a")}
        };
        Set<String> bodies = new HashSet<>();
        for (String[] headers : callers) {
            Wire.Answer refused = SERVER.call("GET", "/v1/cache/a/k", null, headers);
            assertThat(refused.status()).isEqualTo(401);
            assertThat(refused.code()).isEqualTo("unauthenticated");
            assertThat(refused.header("WWW-Authenticate")).startsWith("Bearer");
            assertThat(refused.header("RateLimit")).isNull();
            bodies.add(refused.text().replaceAll("\"request_id\":\"[^\"]*\"", ""));
        }
        assertThat(bodies).hasSize(1);
    }

    @Test
    void theHeaderHasToAgreeWithTheCredential() throws IOException {
        Wire.Answer refused = SERVER.as(key, "GET", "/v1/cache/a/k", null, "X-Tenant-ID: globex");
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.code()).isEqualTo("access-denied");
        assertThat(SERVER.as(key, "GET", "/v1/cache/a/k", null, "X-Tenant-ID: acme")
                        .status())
                .isEqualTo(404);
        assertThat(SERVER.as(key, "GET", "/v1/cache/a/k", null, "X-Tenant-ID: acme", "X-Tenant-ID: globex")
                        .fields())
                .containsExactly("X-Tenant-ID");
    }

    @Test
    void planesDoNotOpenEachOther() throws IOException {
        assertThat(SERVER.as(key, "GET", "/admin/tenants", null).code()).isEqualTo("access-denied");
        Wire.Answer refused = SERVER.admin("GET", "/v1/cache/a/k", null);
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.code()).isEqualTo("access-denied");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1", "/v1/nothing", "/admin", "/admin/nothing", "/v1/cache/a/k/more"})
    void anUnknownPathIsToldToThoseAloneWhoMayCall(String path) throws IOException {
        assertThat(SERVER.call("GET", path, null).status()).isEqualTo(401);
        Wire.Answer known =
                path.startsWith("/v1") ? SERVER.as(key, "GET", path, null) : SERVER.admin("GET", path, null);
        assertThat(known.status()).isEqualTo(404);
        assertThat(known.code()).isEqualTo("not-found");
    }

    @Test
    void anotherMethodIsToldWhichThereAre() throws IOException {
        Wire.Answer refused = SERVER.as(key, "PATCH", "/v1/cache/a/k", null);
        assertThat(refused.status()).isEqualTo(405);
        assertThat(refused.code()).isEqualTo("method-not-allowed");
        assertThat(refused.header("Allow")).isEqualTo("DELETE, GET, HEAD, OPTIONS, PUT");
        Wire.Answer options = SERVER.as(key, "OPTIONS", "/v1/cache/a/k", null);
        assertThat(options.status()).isEqualTo(204);
        assertThat(options.header("Allow")).isEqualTo("DELETE, GET, HEAD, OPTIONS, PUT");
        assertThat(SERVER.call("OPTIONS", "*", null).status()).isEqualTo(204);
        assertThat(SERVER.call("POST", "/healthz", null).status()).isEqualTo(405);
    }

    @Test
    void aRequestIdIsTakenUpWhereItIsOne() throws IOException {
        assertThat(SERVER.call("GET", "/healthz", null, "X-Request-ID: a.B_9:-").header("X-Request-ID"))
                .isEqualTo("a.B_9:-");
        for (String bad : new String[] {"a b", "a\"b", "x".repeat(129)}) {
            assertThat(SERVER.call("GET", "/healthz", null, "X-Request-ID: " + bad)
                            .header("X-Request-ID"))
                    .isNotEqualTo(bad)
                    .matches("[0-9a-f]{16}-[0-9a-f]+");
        }
    }

    @Test
    void aliveReadyAndTheDescriptionAreOpen() throws IOException {
        assertThat(SERVER.call("GET", "/healthz", null).json().get("status").asText())
                .isEqualTo("ok");
        JsonNode ready = SERVER.call("GET", "/readyz", null).json();
        assertThat(ready.get("status").asText()).isEqualTo("ready");
        assertThat(ready.get("components").fieldNames())
                .toIterable()
                .containsExactly("server", "entry_store", "control_store");
        assertThat(ready.get("components").get("entry_store").get("detail").asText())
                .startsWith("buffered: ");
        ready.get("components")
                .forEach(part -> assertThat(Instant.parse(part.get("since").asText()))
                        .isBetween(
                                Instant.now().minusSeconds(600), Instant.now().plusSeconds(1)));
        assertThat(SERVER.call("GET", "/openapi.json", null)
                        .json()
                        .get("openapi")
                        .asText())
                .startsWith("3.1");
    }

    @Test
    void theDescriptionAndTheRoutesAgree() throws IOException {
        JsonNode paths = SERVER.call("GET", "/openapi.json", null).json().get("paths");
        Set<String> described = new HashSet<>();
        Set<String> ids = new HashSet<>();
        paths.fields()
                .forEachRemaining(path -> path.getValue().fields().forEachRemaining(operation -> {
                    if (operation.getValue().has("operationId")) {
                        described.add(operation.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey());
                        assertThat(ids.add(
                                        operation.getValue().get("operationId").asText()))
                                .isTrue();
                    }
                }));
        Set<String> routed = new HashSet<>();
        for (Route route : SERVER.server().http().table().routes()) {
            routed.add(route.method() + " " + route.template());
            if (route.method().equals("GET")) {
                routed.add("HEAD " + route.template());
            }
        }
        assertThat(described).isEqualTo(routed);
    }

    @Test
    void eachRouteAnswersWhereTheDescriptionSays() throws IOException {
        for (Route route : SERVER.server().http().table().routes()) {
            String path = route.template().replaceAll("\\{[^}]*}", "none");
            Wire.Answer anonymous = SERVER.call(route.method(), path, null);
            assertThat(anonymous.status())
                    .as(route.operationId())
                    .isEqualTo(route.access() instanceof Access.Open ? 200 : 401);
            Wire.Answer known = route.access() instanceof Access.OfTenant
                    ? SERVER.as(key, route.method(), path, null)
                    : SERVER.admin(route.method(), path, null);
            assertThat(known.status()).as(route.operationId()).isNotIn(401, 403, 405, 500);
        }
    }
}
