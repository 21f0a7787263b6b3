package io.riptide.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Access policies and scopes over HTTP. Each test has a tenant of its own. */
class PolicyHttpTest {
    @RegisterExtension
    static final TestOrigin ORIGIN = new TestOrigin();

    @RegisterExtension
    static final LiveServer SERVER = new LiveServer("web.allow_private_addresses=true");

    private static String id(TestInfo test) {
        return test.getTestMethod().orElseThrow().getName();
    }

    private static String policy(String effect, String actions, String... resources) {
        return "{\"effect\": \"" + effect + "\", \"actions\": [" + actions + "], \"resources\": [\""
                + String.join("\", \"", resources) + "\"]}";
    }

    private static void set(TestInfo test, String... policies) throws IOException {
        String body = "{\"access_policies\": [" + String.join(", ", policies) + "]}";
        assertThat(SERVER.admin("PUT", "/admin/tenants/" + id(test), body).status())
                .isEqualTo(200);
    }

    private static int status(String key, String method, String path, String body) throws IOException {
        return SERVER.as(key, method, path, body).status();
    }

    @Test
    void aChangeReachesWhoeverCallsNextAndIsShown(TestInfo test) throws IOException {
        String key = SERVER.tenant(id(test));
        assertThat(status(key, "PUT", "/v1/cache/n/k", "{}")).isEqualTo(201);
        set(test, policy("allow", "\"cache:read\"", "cache/n/*"));
        assertThat(status(key, "GET", "/v1/cache/n/k", null)).isEqualTo(200);
        assertThat(status(key, "HEAD", "/v1/cache/n/k", null)).isEqualTo(200);
        Wire.Answer refused = SERVER.as(key, "PUT", "/v1/cache/n/k", "{}");
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.json().get("type").asText()).isEqualTo("urn:riptide:problem:access-denied");
        assertThat(status(key, "DELETE", "/v1/cache/n/k", null)).isEqualTo(403);
        assertThat(status(key, "GET", "/v1/cache/other/k", null)).isEqualTo(403);
        assertThat(status(key, "GET", "/v1/usage", null)).isEqualTo(403);
        assertThat(SERVER.admin("GET", "/admin/tenants/" + id(test), null)
                        .json()
                        .get("access_policies")
                        .toString())
                .isEqualTo("[{\"effect\":\"allow\",\"actions\":[\"cache:read\"],\"resources\":[\"cache/n/*\"]}]");
        set(test);
        assertThat(status(key, "DELETE", "/v1/cache/n/k", null)).isEqualTo(204);
    }

    @Test
    void denyBeatsAllowOnEveryWayToAKey(TestInfo test) throws IOException {
        String key = SERVER.tenant(id(test));
        String both = "{\"entries\": [{\"key\": \"open\", \"value\": 1}, {\"key\": \"secret\", \"value\": 2}]}";
        assertThat(status(key, "POST", "/v1/cache/n/_batch/set", both)).isEqualTo(200);
        set(test, policy("allow", "\"*\"", "*"), policy("deny", "\"*\"", "cache/n/sec*"));
        assertThat(status(key, "GET", "/v1/cache/n/open", null)).isEqualTo(200);
        for (String path : List.of("/v1/cache/n/secret", "/v1/cache/n/%73ecret", "/v1/cache/n/sec%72et%2Fx")) {
            assertThat(status(key, "GET", path, null)).as(path).isEqualTo(403);
            assertThat(status(key, "HEAD", path, null)).as(path).isEqualTo(403);
            assertThat(status(key, "PUT", path, "{}")).as(path).isEqualTo(403);
            assertThat(status(key, "DELETE", path, null)).as(path).isEqualTo(403);
        }
        assertThat(status(key, "POST", "/v1/cache/n/_batch/get", "{\"keys\": [\"open\", \"secret\"]}"))
                .isEqualTo(403);
        assertThat(status(key, "POST", "/v1/cache/n/_batch/set", both)).isEqualTo(403);
        assertThat(status(key, "DELETE", "/v1/cache/n", null)).isEqualTo(403);
        assertThat(status(key, "DELETE", "/v1/cache/n?tag=t", null)).isEqualTo(403);
        assertThat(status(key, "DELETE", "/v1/cache/m", null)).isEqualTo(200);
        Wire.Answer listing = SERVER.as(key, "GET", "/v1/cache/n", null);
        assertThat(listing.status()).isEqualTo(200);
        List<String> shown = new ArrayList<>();
        listing.json().get("entries").forEach(row -> shown.add(row.get("key").asText()));
        assertThat(shown).containsExactly("open");
        set(test);
        assertThat(SERVER.as(key, "GET", "/v1/cache/n/secret", null).text()).isEqualTo("2");
    }

    @Test
    void aBatchThatIsRefusedWritesNothingAndTakesNoPermit(TestInfo test) throws IOException {
        String key = SERVER.tenant(id(test), 2);
        set(test, policy("allow", "\"*\"", "cache/n/a", "cache/n/b"));
        String body = "{\"entries\": [{\"key\": \"a\", \"value\": 1}, {\"key\": \"c\", \"value\": 2}]}";
        assertThat(status(key, "POST", "/v1/cache/n/_batch/set", body)).isEqualTo(403);
        assertThat(status(key, "GET", "/v1/cache/n/a", null)).isEqualTo(404);
        assertThat(status(key, "GET", "/v1/cache/n/b", null)).isEqualTo(404);
        assertThat(status(key, "GET", "/v1/cache/n/b", null)).isEqualTo(429);
    }

    @Test
    void pagesAreAllowedByTheirHost(TestInfo test) throws IOException {
        String key = SERVER.tenant(id(test));
        String path = "/v1/fetch?url=" + URLEncoder.encode(ORIGIN.url("/fresh?policy"), StandardCharsets.UTF_8);
        set(test, policy("allow", "\"web:fetch\"", "web/example.com"));
        assertThat(status(key, "GET", path, null)).isEqualTo(403);
        set(test, policy("allow", "\"web:fetch\"", "web/127.0.0.1"));
        assertThat(status(key, "GET", path, null)).isEqualTo(200);
    }

    @Test
    void scopesAndPoliciesMustBothAllow(TestInfo test) throws IOException {
        SERVER.tenant(id(test));
        String reader = SERVER.admin(
                        "POST",
                        "/admin/tenants/" + id(test) + "/keys",
                        "{\"name\": \"r\", \"scopes\": [\"cache:read\"]}")
                .json()
                .get("api_key")
                .asText();
        set(test, policy("allow", "\"cache:write\"", "*"));
        assertThat(status(reader, "GET", "/v1/cache/n/k", null)).isEqualTo(403);
        assertThat(status(reader, "PUT", "/v1/cache/n/k", "{}")).isEqualTo(403);
        set(test, policy("allow", "\"cache:read\", \"cache:write\"", "*"));
        assertThat(status(reader, "GET", "/v1/cache/n/k", null)).isEqualTo(404);
        assertThat(status(reader, "PUT", "/v1/cache/n/k", "{}")).isEqualTo(403);
    }

    private static Wire.Answer explain(TestInfo test, String json) throws IOException {
        return SERVER.admin("POST", "/admin/tenants/" + id(test) + "/policies/explain", json);
    }

    private static String explained(TestInfo test, String action, String resource) throws IOException {
        return explain(test, "{\"action\": \"" + action + "\", \"resource\": \"" + resource + "\"}")
                .text();
    }

    @Test
    void explainTellsWhichPolicyDecides(TestInfo test) throws IOException {
        SERVER.tenant(id(test));
        assertThat(explained(test, "usage:read", "usage")).isEqualTo("{\"allowed\":true,\"reason\":\"no_policies\"}");
        set(test, policy("allow", "\"*\"", "cache/n*"), policy("deny", "\"cache:delete\"", "cache/n/keep"));
        assertThat(explained(test, "cache:read", "cache/n/k"))
                .isEqualTo("{\"allowed\":true,\"reason\":\"allowed\",\"policy\":0}");
        assertThat(explained(test, "cache:delete", "cache/n/keep"))
                .isEqualTo("{\"allowed\":false,\"reason\":\"denied\",\"policy\":1}");
        assertThat(explained(test, "cache:delete", "cache/n"))
                .isEqualTo("{\"allowed\":false,\"reason\":\"denied\",\"policy\":1}");
        assertThat(explained(test, "web:fetch", "web/example.com"))
                .isEqualTo("{\"allowed\":false,\"reason\":\"no_match\"}");
    }

    @Test
    void explainComparesHostsAsFetchesDo(TestInfo test) throws IOException {
        SERVER.tenant(id(test));
        set(test, policy("allow", "\"web:fetch\"", "web/Example.com"));
        for (String host : List.of("example.com", "Example.com", "EXAMPLE.COM")) {
            assertThat(explained(test, "web:fetch", "web/" + host))
                    .isEqualTo("{\"allowed\":true,\"reason\":\"allowed\",\"policy\":0}");
        }
        assertThat(explained(test, "web:fetch", "web/Example.org"))
                .isEqualTo("{\"allowed\":false,\"reason\":\"no_match\"}");
    }

    @Test
    void explainAsksAKeysScopesToo(TestInfo test) throws IOException {
        SERVER.tenant(id(test));
        String keyId = SERVER.admin(
                        "POST",
                        "/admin/tenants/" + id(test) + "/keys",
                        "{\"name\": \"r\", \"scopes\": [\"cache:read\"]}")
                .json()
                .get("key_id")
                .asText();
        String question = "{\"action\": \"cache:write\", \"resource\": \"cache/n/k\", \"key_id\": \"";
        assertThat(explain(test, question + keyId + "\"}").text())
                .isEqualTo("{\"allowed\":false,\"reason\":\"scopes\"}");
        assertThat(explain(test, question + "nobody\"}").status()).isEqualTo(404);
    }

    @Test
    void explainRefusesWhatIsNoQuestion(TestInfo test) throws IOException {
        SERVER.tenant(id(test));
        Wire.Answer wrong = explain(test, "{\"action\": \"*\", \"resource\": \"cache\", \"x\": 1}");
        assertThat(wrong.status()).isEqualTo(400);
        List<String> fields = new ArrayList<>();
        wrong.json()
                .get("errors")
                .forEach(error -> fields.add(error.get("field").asText()));
        assertThat(fields).containsExactlyInAnyOrder("action", "resource", "x");
        assertThat(SERVER.admin(
                                "POST",
                                "/admin/tenants/nobody/policies/explain",
                                "{\"action\": \"usage:read\", \"resource\": \"usage\"}")
                        .status())
                .isEqualTo(404);
    }
}
