package io.riptide.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tags, and removals of many: a tenant's own and an administrator's. */
class RemovalHttpTest {
    private static final String INVALIDATE = "/admin/cache/invalidate";

    @RegisterExtension
    static final LiveServer SERVER = new LiveServer();

    private static int tenants;

    private String tenant;
    private String key;

    @BeforeEach
    void tenant() throws IOException {
        tenant = "t" + ++tenants;
        key = SERVER.tenant(tenant);
    }

    private Wire.Answer call(String method, String path, String body, String... headers) throws IOException {
        List<String> all = new ArrayList<>(List.of(headers));
        all.add("X-API-Key: " + key);
        byte[] bytes = body == null ? null : body.getBytes(StandardCharsets.UTF_8);
        return SERVER.call(method, path, bytes, all.toArray(String[]::new));
    }

    private void put(String path, String... headers) throws IOException {
        assertThat(call("PUT", path, "value", headers).status()).isIn(201, 204);
    }

    private int status(String path) throws IOException {
        return call("GET", path, null).status();
    }

    private void assertRemoved(Wire.Answer answer, int removed) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        assertThat(answer.json().get("removed").asInt()).isEqualTo(removed);
        assertThat(answer.json().get("exact").asBoolean()).isTrue();
    }

    private Wire.Answer invalidate(String members) throws IOException {
        return SERVER.admin("POST", INVALIDATE, "{\"tenant\": \"" + tenant + "\"" + members + "}");
    }

    private long usage(String member) throws IOException {
        return SERVER.admin("GET", "/admin/tenants/" + tenant + "/usage", null)
                .json()
                .get(member)
                .asLong();
    }

    @Test
    void whatCarriesATagIsRemovedWhereverItLies() throws IOException {
        put("/v1/cache/a/1", "X-RipTide-Tags: red, blue,,red");
        put("/v1/cache/a/2", "X-RipTide-Tags: red", "X-RipTide-Tags: green");
        put("/v1/cache/a/3");
        put("/v1/cache/b/1", "X-RipTide-Tags: red");
        var rows = call("GET", "/v1/cache/a", null).json().get("entries");
        List<String> tags = new ArrayList<>();
        rows.forEach(row -> tags.add(row.get("key").asText() + row.get("tags")));
        assertThat(tags).containsExactlyInAnyOrder("1[\"red\",\"blue\"]", "2[\"red\",\"green\"]", "3[]");
        // All of it is in memory when it is removed.
        for (String path : List.of("/v1/cache/a/1", "/v1/cache/a/2", "/v1/cache/a/3", "/v1/cache/b/1")) {
            status(path);
            assertThat(call("GET", path, null).header("Cache-Status")).isEqualTo("riptide; hit; detail=l1");
        }

        assertRemoved(call("DELETE", "/v1/cache/a?tag=red", null), 2);

        assertThat(status("/v1/cache/a/1")).isEqualTo(404);
        assertThat(status("/v1/cache/a/2")).isEqualTo(404);
        assertThat(status("/v1/cache/a/3")).isEqualTo(200);
        assertThat(status("/v1/cache/b/1")).isEqualTo(200);
        put("/v1/cache/a/1", "X-RipTide-Tags: red");
        assertThat(status("/v1/cache/a/1")).isEqualTo(200);
        assertRemoved(invalidate(", \"tag\": \"red\""), 2);
        assertThat(status("/v1/cache/b/1")).isEqualTo(404);
        assertThat(usage("cache_entries")).isEqualTo(1);
    }

    @Test
    void aNamespaceIsRemovedAndItsUsageIsFreedAtOnce() throws IOException {
        put("/v1/cache/other/k");
        long kept = usage("storage_bytes");
        for (int i = 0; i < 30; i++) {
            put("/v1/cache/a/" + i);
            status("/v1/cache/a/" + i);
        }
        assertRemoved(call("DELETE", "/v1/cache/a", null), 30);
        assertThat(status("/v1/cache/a/7")).isEqualTo(404);
        assertThat(usage("storage_bytes")).isEqualTo(kept);
        assertThat(call("GET", "/v1/cache/a", null).json().get("entries")).isEmpty();
        assertRemoved(call("DELETE", "/v1/cache/a?mode=stale", null), 0);
        assertThat(status("/v1/cache/other/k")).isEqualTo(200);
    }

    @Test
    void aBatchCarriesTagsOfAnyText() throws IOException {
        Wire.Answer set = SERVER.as(key, "POST", "/v1/cache/a/_batch/set", """
                {"entries": [{"key": "x", "value": 1, "tags": ["straße", "a,b"]},
                             {"key": "y", "value": 1, "tags": null}]}""");
        assertThat(set.json().get("stored").asInt()).isEqualTo(2);
        assertRemoved(call("DELETE", "/v1/cache/a?tag=stra%C3%9Fe", null), 1);
        assertRemoved(call("DELETE", "/v1/cache/a?tag=a%2Cb", null), 0);
        assertRemoved(call("DELETE", "/v1/cache/a", null), 1);
    }

    @Test
    void anAdministratorRemovesByKeyPrefixNamespaceAndTenant() throws IOException {
        for (String path : List.of("a/1", "a/11", "a/2", "b/1", "c/1")) {
            put("/v1/cache/" + path);
            status("/v1/cache/" + path);
        }
        long operations = usage("operations_total");
        assertRemoved(invalidate(", \"namespace\": \"a\", \"key\": \"1\""), 1);
        assertRemoved(invalidate(", \"namespace\": \"a\", \"prefix\": \"1\", \"mode\": \"remove\""), 1);
        assertRemoved(invalidate(", \"namespace\": \"b\", \"mode\": \"stale\""), 1);
        assertThat(status("/v1/cache/b/1")).isEqualTo(404);
        assertThat(status("/v1/cache/a/2")).isEqualTo(200);
        assertThat(usage("operations_total"))
                .as("an administrator's call is none of the tenant's")
                .isEqualTo(operations + 2);
        SERVER.admin("POST", "/admin/tenants/" + tenant + "/suspend", "{\"reason\": \"r\"}");
        assertRemoved(invalidate(""), 2);
        SERVER.admin("POST", "/admin/tenants/" + tenant + "/resume", null);
        assertThat(status("/v1/cache/c/1")).isEqualTo(404);
    }

    @Test
    void aRemovalIsOneOperation() throws IOException {
        put("/v1/cache/a/1");
        put("/v1/cache/a/2");
        long before = usage("operations_total");
        call("DELETE", "/v1/cache/a", null);
        assertThat(usage("operations_total")).isEqualTo(before + 1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/v1/cache/a?tag=|tag",
                "/v1/cache/a?tags=x|tags",
                "/v1/cache/a?mode=purge|mode",
                "/v1/cache/a?tag=x&tag=y|tag",
                "/v1/cache/a?tag=%0A|tag",
                "/v1/cache/a%20b|namespace"
            })
    void aWrongRemovalNamesItsParameterAndRemovesNothing(String path, String field) throws IOException {
        put("/v1/cache/a/1", "X-RipTide-Tags: x");
        long before = usage("operations_total");
        Wire.Answer refused = call("DELETE", path, null);
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.fields()).containsExactly(field);
        assertThat(usage("operations_total")).isEqualTo(before);
        assertThat(status("/v1/cache/a/1")).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}|tenant",
                "{'tenant': 1}|tenant",
                "{'tenant': 'T', 'namespace': 'a b'}|namespace",
                "{'tenant': 'T', 'key': '1'}|namespace",
                "{'tenant': 'T', 'prefix': '1'}|namespace",
                "{'tenant': 'T', 'namespace': 'a', 'prefix': ''}|prefix",
                "{'tenant': 'T', 'namespace': 'a', 'key': '1', 'prefix': '1'}|key",
                "{'tenant': 'T', 'tag': ''}|tag",
                "{'tenant': 'T', 'namespace': 'a', 'mode': 'gone'}|mode",
                "{'tenant': 'T', 'names': 'a'}|names"
            })
    void aWrongInvalidationNamesItsMemberAndRemovesNothing(String json, String field) throws IOException {
        put("/v1/cache/a/1", "X-RipTide-Tags: x");
        Wire.Answer refused =
                SERVER.admin("POST", INVALIDATE, json.replace('\'', '"').replace("\"T\"", "\"" + tenant + "\""));
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.fields()).containsExactly(field);
        assertThat(status("/v1/cache/a/1")).isEqualTo(200);
    }

    @Test
    void whoMayNotIsRefused() throws IOException {
        put("/v1/cache/a/1");
        assertThat(SERVER.admin("POST", INVALIDATE, "{\"tenant\": \"nobody\"}").status())
                .isEqualTo(404);
        assertThat(SERVER.as(key, "POST", INVALIDATE, "{\"tenant\": \"" + tenant + "\"}")
                        .status())
                .isEqualTo(403);
        String viewer = SERVER.admin("POST", "/admin/keys", "{\"name\": \"v\", \"role\": \"viewer\"}")
                .json()
                .get("api_key")
                .asText();
        assertThat(SERVER.as(viewer, "POST", INVALIDATE, "{\"tenant\": \"" + tenant + "\"}")
                        .status())
                .isEqualTo(403);
        String reader = SERVER.admin(
                        "POST",
                        "/admin/tenants/" + tenant + "/keys",
                        "{\"name\": \"r\", \"scopes\": [\"cache:read\", \"cache:write\"]}")
                .json()
                .get("api_key")
                .asText();
        assertThat(SERVER.as(reader, "DELETE", "/v1/cache/a", null).status()).isEqualTo(403);
        assertThat(status("/v1/cache/a/1")).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"17|a", "1|long", "1|stra\u00dfe"})
    void tagsThatAreNoneAreRefused(int count, String kind) throws IOException {
        List<String> tags = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            tags.add(kind.equals("long") ? "x".repeat(129) : kind + i);
        }
        Wire.Answer refused = call("PUT", "/v1/cache/a/1", "v", "X-RipTide-Tags: " + String.join(",", tags));
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.fields()).containsExactly("X-RipTide-Tags");
        assertThat(status("/v1/cache/a/1")).isEqualTo(404);
    }

    @Test
    void aBatchRowWhoseTagsAreNoneFailsAlone() throws IOException {
        for (String tags : List.of(
                "1",
                "[1]",
                "[\"\"]",
                "[\"" + "x".repeat(129) + "\"]",
                "[" + String.join(",", Collections.nCopies(70, "\"a\"")) + "]")) {
            var answer = SERVER.as(
                            key,
                            "POST",
                            "/v1/cache/a/_batch/set",
                            "{\"entries\": [{\"key\": \"x\", \"value\": 1, \"tags\": " + tags + "}, "
                                    + "{\"key\": \"y\", \"value\": 1}]}")
                    .json();
            assertThat(answer.get("stored").asInt()).isEqualTo(1);
            assertThat(answer.get("failed")
                            .get(0)
                            .get("problem")
                            .get("errors")
                            .get(0)
                            .get("field")
                            .asText())
                    .isEqualTo("tags");
        }
    }
}
