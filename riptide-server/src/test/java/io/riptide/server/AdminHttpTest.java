package io.riptide.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AdminHttpTest {
    private static final String TENANT =
            "\"name\": \"N\", \"owner_name\": \"O\", \"owner_email\": \"o@example.com\", \"billing_plan\": \"free\"";

    @RegisterExtension
    static final LiveServer SERVER = new LiveServer();

    private static Wire.Answer create(String id, String more) throws IOException {
        return SERVER.admin("POST", "/admin/tenants", "{\"id\": \"" + id + "\", " + TENANT + more + "}");
    }

    @Test
    void aTenantIsMadeReadChangedAndRemoved() throws IOException {
        Wire.Answer made = create("t1", ", \"settings\": {\"a\": [1]}, \"quotas\": {\"storage_bytes\": 5000}");
        assertThat(made.status()).isEqualTo(201);
        assertThat(made.header("Location")).isEqualTo("/admin/tenants/t1");
        assertThat(made.json().get("api_key").asText()).startsWith("rtk_");
        assertThat(made.json().get("quotas").get("storage_bytes").asLong()).isEqualTo(5000);
        assertThat(made.json().get("encryption_enabled").asBoolean()).isFalse();
        assertThat(made.json().get("access_policies")).isEmpty();

        Wire.Answer read = SERVER.admin("GET", "/admin/tenants/t1", null);
        assertThat(read.json().has("api_key")).isFalse();
        assertThat(read.json().get("settings").toString()).isEqualTo("{\"a\":[1]}");
        assertThat(read.json().get("created_at").asText()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d.*Z");
        String tag = read.header("ETag");

        Wire.Answer changed = SERVER.admin(
                "PUT",
                "/admin/tenants/t1",
                "{\"name\": \"M\", \"quotas\": {\"memory_bytes\": 7000000}}",
                "If-Match: " + tag);
        assertThat(changed.status()).isEqualTo(200);
        assertThat(changed.json().get("name").asText()).isEqualTo("M");
        assertThat(changed.json().get("owner_name").asText()).isEqualTo("O");
        assertThat(changed.json().get("quotas").get("storage_bytes").asLong()).isEqualTo(5000);
        assertThat(changed.header("ETag")).isNotEqualTo(tag);
        for (String stale : new String[] {tag, "\"nonsense\""}) {
            Wire.Answer refused = SERVER.admin("PUT", "/admin/tenants/t1", "{\"name\": \"L\"}", "If-Match: " + stale);
            assertThat(refused.status()).isEqualTo(412);
            assertThat(refused.code()).isEqualTo("precondition-failed");
        }
        assertThat(SERVER.admin("GET", "/admin/tenants/t1", null)
                        .json()
                        .get("name")
                        .asText())
                .isEqualTo("M");

        assertThat(SERVER.admin("DELETE", "/admin/tenants/t1", null).status()).isEqualTo(202);
        String key = made.json().get("api_key").asText();
        assertThat(SERVER.as(key, "GET", "/v1/usage", null).status()).isEqualTo(401);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"id\": \"x y\", TENANT}|id",
                "{\"id\": 1, TENANT}|id",
                "{TENANT, \"quotas\": {\"memory_bytes\": -1}}|quotas.memory_bytes",
                "{TENANT, \"quotas\": {\"memory_bytes\": \"1\"}}|quotas.memory_bytes",
                "{TENANT, \"quotas\": {\"memory_bytes\": 1.5}}|quotas.memory_bytes",
                "{TENANT, \"quotas\": {\"more\": 1}}|quotas.more",
                "{TENANT, \"quotas\": 1}|quotas",
                "{TENANT, \"nonsense\": 1}|nonsense",
                "{TENANT, \"settings\": 1}|settings",
                "{TENANT, \"encryption_enabled\": true}|encryption_enabled",
                "{TENANT, \"encryption_enabled\": 1}|encryption_enabled",
                "{TENANT, \"access_policies\": [{}]}|access_policies[0].effect",
                "{TENANT, \"access_policies\": 3}|access_policies",
                "{TENANT, \"access_policies\": [3]}|access_policies[0]",
                "{TENANT, \"access_policies\": [{\"effect\": \"maybe\", \"actions\": [\"*\"], \"resources\": [\"*\"]}]}"
                        + "|access_policies[0].effect",
                "{TENANT, \"access_policies\": [{\"effect\": \"deny\","
                        + " \"actions\": [\"eat\"], \"resources\": [\"*\"]}]}"
                        + "|access_policies[0].actions[0]",
                "{TENANT, \"access_policies\": [{\"effect\": \"deny\","
                        + " \"actions\": [\"*\"], \"resources\": []}]}"
                        + "|access_policies[0].resources",
                "{TENANT, \"access_policies\": [{\"effect\": \"deny\","
                        + " \"actions\": [\"*\"], \"resources\": [\"cash/x\"]}]}"
                        + "|access_policies[0].resources[0]",
                "{TENANT, \"access_policies\": [{\"effect\": \"deny\","
                        + " \"actions\": [\"*\"], \"resources\": [\"*/x\"]}]}"
                        + "|access_policies[0].resources[0]",
                "{TENANT, \"access_policies\": [{\"effect\": \"deny\","
                        + " \"actions\": [\"*\"], \"resources\": [\"*\"],"
                        + " \"x\": 1}]}|access_policies[0].x",
                "{TENANT, \"name\": \"twice\"}|body",
                "[]|body",
                "{|body"
            })
    void aTenantThatIsNotValidIsNamedByField(String json, String field) throws IOException {
        Wire.Answer refused = SERVER.admin("POST", "/admin/tenants", json.replace("TENANT", TENANT));
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.code()).isEqualTo("invalid-request");
        assertThat(refused.fields()).contains(field);
    }

    @Test
    void whatIsMissingIsNamedAllAtOnce() throws IOException {
        assertThat(SERVER.admin("POST", "/admin/tenants", "{}").fields())
                .contains("name", "owner_name", "owner_email", "billing_plan");
    }

    @Test
    void anIdIsTakenOnce() throws IOException {
        create("taken", "");
        Wire.Answer refused = create("taken", "");
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.code()).isEqualTo("conflict");
    }

    @Test
    void aSuspendedTenantIsRefusedUntilItIsResumed() throws IOException {
        String key = SERVER.tenant("susp");
        Wire.Answer suspended = SERVER.admin("POST", "/admin/tenants/susp/suspend", "{\"reason\": \"late\"}");
        assertThat(suspended.json().get("status").asText()).isEqualTo("suspended");
        assertThat(suspended.json().get("suspended_reason").asText()).isEqualTo("late");
        Wire.Answer refused = SERVER.as(key, "GET", "/v1/cache/a/k", null);
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.code()).isEqualTo("tenant-suspended");
        assertThat(SERVER.admin("POST", "/admin/tenants/susp/suspend", "{}").fields())
                .containsExactly("reason");
        assertThat(SERVER.admin("POST", "/admin/tenants/susp/resume", null)
                        .json()
                        .get("status")
                        .asText())
                .isEqualTo("active");
        assertThat(SERVER.as(key, "GET", "/v1/cache/a/k", null).status()).isEqualTo(404);
    }

    @Test
    void tenantsAreListedInPages() throws IOException {
        for (int i = 0; i < 3; i++) {
            SERVER.tenant("page" + i);
        }
        JsonNode first =
                SERVER.admin("GET", "/admin/tenants?limit=2&plan=free", null).json();
        assertThat(first.get("tenants")).hasSize(2);
        JsonNode rest = SERVER.admin(
                        "GET",
                        "/admin/tenants?cursor=" + first.get("next_cursor").asText(),
                        null)
                .json();
        assertThat(rest.has("next_cursor")).isFalse();
        assertThat(SERVER.admin("GET", "/admin/tenants?status=suspended", null)
                        .json()
                        .get("tenants"))
                .allSatisfy(t -> assertThat(t.get("status").asText()).isEqualTo("suspended"));
        assertThat(SERVER.admin("GET", "/admin/tenants?status=x", null).fields())
                .containsExactly("status");
        assertThat(SERVER.admin("GET", "/admin/tenants?cursor=x", null).fields())
                .containsExactly("cursor");
        assertThat(SERVER.admin("GET", "/admin/tenants?limit=0", null).fields()).containsExactly("limit");
    }

    @Test
    void keysOpenWhatTheirScopesSayUntilTheyAreRevoked() throws IOException {
        SERVER.tenant("keys");
        Wire.Answer made = SERVER.admin(
                "POST",
                "/admin/tenants/keys/keys",
                "{\"name\": \"reader\", \"scopes\": [\"cache:read\"], \"expires_in_seconds\": 60}");
        assertThat(made.status()).isEqualTo(201);
        String key = made.json().get("api_key").asText();
        String id = made.json().get("key_id").asText();
        assertThat(made.json().get("expires_at").isNull()).isFalse();
        assertThat(SERVER.as(key, "GET", "/v1/cache/a/k", null).status()).isEqualTo(404);
        for (String[] call : new String[][] {
            {"PUT", "/v1/cache/a/k"},
            {"DELETE", "/v1/cache/a/k"},
            {"GET", "/v1/usage"},
            {"GET", "/v1/fetch?url=http://x/"}
        }) {
            Wire.Answer refused = SERVER.as(key, call[0], call[1], null);
            assertThat(refused.status()).isEqualTo(403);
            assertThat(refused.code()).isEqualTo("access-denied");
        }
        JsonNode listed =
                SERVER.admin("GET", "/admin/tenants/keys/keys", null).json().get("keys");
        assertThat(listed).hasSize(2);
        assertThat(listed.toString()).doesNotContain("api_key").doesNotContain("secret");
        assertThat(SERVER.admin("DELETE", "/admin/tenants/keys/keys/" + id, null)
                        .status())
                .isEqualTo(204);
        assertThat(SERVER.as(key, "GET", "/v1/cache/a/k", null).status()).isEqualTo(401);
        assertThat(SERVER.admin("DELETE", "/admin/tenants/keys/keys/" + id, null)
                        .status())
                .isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"scopes\": [\"cache:read\"]}|name",
                "{\"name\": \"n\", \"scopes\": [\"cache:fly\"]}|scopes[0]",
                "{\"name\": \"n\", \"scopes\": []}|scopes",
                "{\"name\": \"n\", \"scopes\": \"*\"}|scopes",
                "{\"name\": \"n\", \"scopes\": [1]}|scopes",
                "{\"name\": \"n\", \"expires_in_seconds\": 0}|expires_in_seconds",
                "{\"name\": \"n\", \"role\": \"admin\"}|role"
            })
    void aKeyThatIsNotValidIsNamedByField(String json, String field) throws IOException {
        SERVER.admin("POST", "/admin/tenants", "{\"id\": \"keyless\", " + TENANT + "}");
        Wire.Answer refused = SERVER.admin("POST", "/admin/tenants/keyless/keys", json);
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.fields()).containsExactly(field);
        assertThat(SERVER.admin("GET", "/admin/tenants/keyless/keys", null)
                        .json()
                        .get("keys"))
                .hasSize(1);
    }

    @Test
    void rolesBoundWhatAdministratorsMayDo() throws IOException {
        SERVER.tenant("roles");
        String viewer = admin("viewer");
        String operator = admin("operator");
        for (String key : new String[] {viewer, operator}) {
            assertThat(SERVER.as(key, "GET", "/admin/tenants/roles", null).status())
                    .isEqualTo(200);
            assertThat(SERVER.as(key, "GET", "/admin/cache/stats", null).status())
                    .isEqualTo(200);
            for (String[] call : new String[][] {
                {"POST", "/admin/tenants"},
                {"PUT", "/admin/tenants/roles"},
                {"DELETE", "/admin/tenants/roles"},
                {"POST", "/admin/tenants/roles/suspend"},
                {"POST", "/admin/tenants/roles/keys"},
                {"GET", "/admin/keys"},
                {"POST", "/admin/keys"}
            }) {
                Wire.Answer refused = SERVER.as(key, call[0], call[1], "{}");
                assertThat(refused.status()).as(call[0] + call[1]).isEqualTo(403);
                assertThat(refused.code()).isEqualTo("access-denied");
            }
        }
        Wire.Answer wrong = SERVER.admin("POST", "/admin/keys", "{\"name\": \"n\", \"role\": \"king\"}");
        assertThat(wrong.fields()).containsExactly("role");
    }

    private static String admin(String role) throws IOException {
        return SERVER.admin("POST", "/admin/keys", "{\"name\": \"n\", \"role\": \"" + role + "\"}")
                .json()
                .get("api_key")
                .asText();
    }

    @Test
    void aRepeatWithTheSameIdempotencyKeyCreatesNothingAndAnswersAlike() throws IOException {
        String json = "{" + TENANT + "}";
        Wire.Answer first = SERVER.admin("POST", "/admin/tenants", json, "Idempotency-Key: once");
        Wire.Answer repeat = SERVER.admin("POST", "/admin/tenants", json, "Idempotency-Key: once");
        assertThat(repeat.status()).isEqualTo(201);
        assertThat(repeat.json().get("id")).isEqualTo(first.json().get("id"));
        assertThat(first.json().has("api_key")).isTrue();
        assertThat(repeat.json().has("api_key")).isFalse();

        Wire.Answer other = SERVER.admin("POST", "/admin/tenants", json + " ", "Idempotency-Key: once");
        assertThat(other.status()).isEqualTo(422);
        assertThat(other.code()).isEqualTo("idempotency-mismatch");

        String keys = "/admin/tenants/" + first.json().get("id").asText() + "/keys";
        Wire.Answer key = SERVER.admin("POST", keys, "{\"name\": \"n\"}", "Idempotency-Key: once");
        assertThat(key.status()).isEqualTo(201);
        assertThat(SERVER.admin("POST", keys, "{\"name\": \"n\"}", "Idempotency-Key: once")
                        .json()
                        .get("key_id"))
                .isEqualTo(key.json().get("key_id"));
        assertThat(SERVER.admin("GET", keys, null).json().get("keys")).hasSize(2);
    }

    @Test
    void aCallThatFailedMayBeTriedAgainWithItsIdempotencyKey() throws IOException {
        create("busy", "");
        assertThat(SERVER.admin(
                                "POST",
                                "/admin/tenants",
                                "{\"id\": \"busy\", " + TENANT + "}",
                                "Idempotency-Key: again")
                        .status())
                .isEqualTo(409);
        assertThat(SERVER.admin(
                                "POST",
                                "/admin/tenants",
                                "{\"id\": \"idle\", " + TENANT + "}",
                                "Idempotency-Key: again")
                        .status())
                .isEqualTo(201);
        Wire.Answer wrong =
                SERVER.admin("POST", "/admin/tenants", "{" + TENANT + "}", "Idempotency-Key: " + "x".repeat(256));
        assertThat(wrong.fields()).containsExactly("Idempotency-Key");
    }

    @Test
    void usageAndStatsSayWhatHappened() throws IOException {
        String key = SERVER.tenant("used", 600);
        SERVER.call("PUT", "/v1/cache/a/k", new byte[1000], "X-API-Key: " + key);
        SERVER.as(key, "GET", "/v1/cache/a/k", null);
        SERVER.as(key, "GET", "/v1/cache/a/none", null);
        JsonNode usage = SERVER.as(key, "GET", "/v1/usage", null).json();
        assertThat(usage.get("tenant_id").asText()).isEqualTo("used");
        assertThat(usage.get("operations_total").asInt()).isEqualTo(3);
        assertThat(usage.get("data_transfer_bytes").asInt()).isEqualTo(2000);
        assertThat(usage.get("cache_entries").asInt()).isEqualTo(1);
        assertThat(usage.get("storage_bytes").asInt()).isPositive();
        assertThat(usage.get("quota_usage").get("operations_per_minute").asDouble())
                .isEqualTo(3 / 600.0);
        JsonNode admins = SERVER.admin("GET", "/admin/tenants/used/usage", null).json();
        assertThat(admins.get("operations_total")).isEqualTo(usage.get("operations_total"));

        JsonNode stats =
                SERVER.admin("GET", "/admin/cache/stats?tenant=used", null).json();
        assertThat(stats.get("hits_l1").asInt() + stats.get("hits_l2").asInt()).isEqualTo(1);
        assertThat(stats.get("misses").asInt()).isEqualTo(1);
        assertThat(stats.get("hit_rate").asDouble()).isEqualTo(0.5);
        assertThat(stats.get("p99_ms").asDouble()).isPositive();
        assertThat(SERVER.admin("GET", "/admin/cache/stats?tenant=nobody", null).status())
                .isEqualTo(404);
        assertThat(SERVER.admin("GET", "/admin/cache/stats", null)
                        .json()
                        .get("entries")
                        .asInt())
                .isPositive();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /admin/tenants/none",
                "PUT /admin/tenants/none",
                "DELETE /admin/tenants/none",
                "GET /admin/tenants/none/usage",
                "GET /admin/tenants/none/keys",
                "POST /admin/tenants/none/resume"
            })
    void aTenantThatIsNotThereIsNotFound(String call) throws IOException {
        String[] parts = call.split(" ");
        Wire.Answer refused = SERVER.admin(parts[0], parts[1], parts[0].equals("PUT") ? "{\"name\": \"n\"}" : null);
        assertThat(refused.status()).isEqualTo(404);
        assertThat(refused.code()).isEqualTo("not-found");
    }
}
