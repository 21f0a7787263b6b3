package io.riptide.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AuditHttpTest {
    @RegisterExtension
    static final LiveServer SERVER = new LiveServer();

    private static List<JsonNode> rows(String query) throws IOException {
        Wire.Answer answer = SERVER.admin("GET", "/admin/audit?limit=1000&" + query, null);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        List<JsonNode> rows = new ArrayList<>();
        answer.json().get("entries").forEach(rows::add);
        return rows;
    }

    private static JsonNode newest(String query) throws IOException {
        return rows(query).getFirst();
    }

    private static void sql(String... statements) throws SQLException {
        try (Connection db = DriverManager.getConnection(
                        "jdbc:sqlite:" + SERVER.data().resolve("control.db"));
                Statement statement = db.createStatement()) {
            for (String text : statements) {
                statement.execute(text);
            }
        }
    }

    @Test
    void whatAnAdministratorDoesIsInTheLogOnceItIsAnswered() throws IOException {
        SERVER.tenant("log-1");
        JsonNode created = newest("tenant=log-1");
        assertThat(created.get("action").asText()).isEqualTo("tenant.create");
        assertThat(created.get("actor").asText()).isEqualTo("environment");
        assertThat(created.get("resource").asText()).isEqualTo("tenants/log-1");
        assertThat(created.get("result").asText()).isEqualTo("ok");
        assertThat(created.get("detail").get("billing_plan").asText()).isEqualTo("free");

        Wire.Answer put = SERVER.admin(
                "PUT",
                "/admin/tenants/log-1",
                "{\"name\": \"M\", \"owner_email\": \"new@example.com\"}",
                "X-Request-ID: r-77");
        assertThat(put.status()).isEqualTo(200);
        JsonNode updated = newest("tenant=log-1&action=tenant.update");
        assertThat(updated.get("request_id").asText()).isEqualTo("r-77");
        assertThat(updated.get("detail").get("changed").asText()).isEqualTo("name,owner_email");

        Wire.Answer key = SERVER.admin("POST", "/admin/tenants/log-1/keys", "{\"name\": \"k\"}");
        String keyId = key.json().get("key_id").asText();
        assertThat(newest("tenant=log-1&action=key.create").get("resource").asText())
                .isEqualTo("tenants/log-1/keys/" + keyId);
        SERVER.admin("POST", "/admin/tenants/log-1/suspend", "{\"reason\": \"for me@example.com\"}");
        SERVER.admin("POST", "/admin/tenants/log-1/resume", null);
        SERVER.admin(
                "POST",
                "/admin/cache/invalidate",
                "{\"tenant\": \"log-1\", \"namespace\": \"n\", \"key\": \"me@example.com\"}");
        SERVER.admin("DELETE", "/admin/tenants/log-1/keys/" + keyId, null);
        SERVER.admin("DELETE", "/admin/tenants/log-1", null);
        List<String> actions = new ArrayList<>();
        rows("tenant=log-1").forEach(row -> actions.addFirst(row.get("action").asText()));
        assertThat(actions)
                .startsWith(
                        "tenant.create",
                        "tenant.update",
                        "key.create",
                        "tenant.suspend",
                        "tenant.resume",
                        "cache.invalidate",
                        "key.revoke",
                        "tenant.delete");
        String all = rows("tenant=log-1").toString();
        assertThat(all).doesNotContain("example.com").doesNotContain("rtk_");
    }

    @Test
    void adminKeysAreInTheLogWithTheirRole() throws IOException {
        Wire.Answer made = SERVER.admin("POST", "/admin/keys", "{\"name\": \"v\", \"role\": \"viewer\"}");
        String keyId = made.json().get("key_id").asText();
        JsonNode row = newest("action=key.create");
        assertThat(row.get("resource").asText()).isEqualTo("keys/" + keyId);
        assertThat(row.get("detail").get("role").asText()).isEqualTo("viewer");
        String key = made.json().get("api_key").asText();
        assertThat(SERVER.as(key, "GET", "/admin/audit", null).status()).isEqualTo(200);
        assertThat(SERVER.as(key, "POST", "/admin/tenants/nobody/resume", null).status())
                .isEqualTo(403);
        JsonNode denied = newest("action=auth.denied");
        assertThat(denied.get("actor").asText()).isEqualTo(keyId);
        assertThat(denied.get("result").asText()).isEqualTo("access-denied");
        assertThat(denied.get("resource").asText()).isEqualTo("POST /admin/tenants/{id}/resume");
        assertThat(denied.get("detail").get("address").asText()).isEqualTo("127.0.0.1");
        SERVER.admin("DELETE", "/admin/keys/" + keyId, null);
        assertThat(newest("action=key.revoke").get("resource").asText()).isEqualTo("keys/" + keyId);
    }

    @Test
    void everyRouteByWhichAnAdministratorChangesSomethingIsInTheLog() {
        Set<String> silent = new TreeSet<>();
        for (Route route : SERVER.server().http().table().routes()) {
            if (route.access() instanceof Access.OfAdmin && !route.method().equals("GET")) {
                String action = route.action();
                if (action == null) {
                    silent.add(route.operationId());
                } else {
                    assertThat(action).as(route.operationId()).matches("[a-z]+(_[a-z]+)*(\\.[a-z]+(_[a-z]+)*)+");
                }
            }
        }
        assertThat(silent)
                .as("calls that change nothing, though their method could")
                .containsExactly("explainPolicies");
    }

    @Test
    void aFailedAttemptIsInTheLogWithItsProblem() throws IOException {
        SERVER.tenant("log-2");
        assertThat(SERVER.admin("POST", "/admin/tenants/log-none/resume", null).status())
                .isEqualTo(404);
        JsonNode row = newest("tenant=log-none");
        assertThat(row.get("action").asText()).isEqualTo("tenant.resume");
        assertThat(row.get("result").asText()).isEqualTo("not-found");
    }

    @Test
    void refusalsOfATenantAreInTheLogUnderIt() throws IOException {
        String key = SERVER.tenant("log-3", 2);
        for (int i = 0; i < 20; i++) {
            SERVER.as(key, "GET", "/v1/cache/n/k", null);
        }
        JsonNode breach = newest("tenant=log-3&action=quota.exceeded");
        assertThat(breach.get("resource").asText()).isEqualTo("operations_per_minute");
        assertThat(breach.get("detail").get("count").asLong()).isBetween(1L, 18L);

        assertThat(SERVER.as(key, "GET", "/v1/usage", null, "X-Tenant-ID: other")
                        .status())
                .isEqualTo(403);
        assertThat(newest("tenant=log-3&action=auth.denied").get("result").asText())
                .isEqualTo("access-denied");
        SERVER.admin("POST", "/admin/tenants/log-3/suspend", "{\"reason\": \"r\"}");
        assertThat(SERVER.as(key, "GET", "/v1/usage", null).status()).isEqualTo(403);
        assertThat(newest("tenant=log-3&action=auth.denied").get("result").asText())
                .isEqualTo("tenant-suspended");
    }

    @Test
    void aCredentialThatIsNoneIsInTheLogWithoutIt() throws IOException {
        String secret = "not-a-key-but-long-enough-to-be-one";
        assertThat(SERVER.as(secret, "GET", "/v1/usage", null).status()).isEqualTo(401);
        JsonNode row = newest("action=auth.denied");
        assertThat(row.get("actor").asText()).isEqualTo("anonymous");
        assertThat(row.toString()).doesNotContain(secret);
    }

    @Test
    void pagesFollowOneAnother() throws IOException {
        SERVER.tenant("log-4");
        for (int i = 0; i < 5; i++) {
            SERVER.admin("POST", "/admin/tenants/log-4/resume", null);
        }
        List<Long> seqs = new ArrayList<>();
        String path = "/admin/audit?tenant=log-4&limit=2";
        JsonNode page = SERVER.admin("GET", path, null).json();
        while (true) {
            page.get("entries").forEach(row -> seqs.add(row.get("seq").asLong()));
            if (!page.has("next_cursor")) {
                break;
            }
            page = SERVER.admin(
                            "GET", path + "&cursor=" + page.get("next_cursor").asText(), null)
                    .json();
        }
        assertThat(seqs)
                .hasSize(6)
                .isSortedAccordingTo((a, b) -> Long.compare(b, a))
                .doesNotHaveDuplicates();
    }

    @Test
    void theExportHasAllRowsInOrderAndItself() throws Exception {
        SERVER.tenant("log-5");
        try (Wire wire = new Wire(SERVER.port())) {
            for (int i = 0; i < 1_005; i++) {
                wire.call("POST", "/admin/tenants/log-5/resume", null, "Authorization: Bearer " + LiveServer.ADMIN_KEY);
            }
        }
        HttpResponse<String> export;
        try (HttpClient client = HttpClient.newHttpClient()) {
            export = client.send(
                    HttpRequest.newBuilder(
                                    URI.create("http://127.0.0.1:" + SERVER.port() + "/admin/audit?tenant=log-5"))
                            .header("Accept", "application/x-ndjson")
                            .header("Authorization", "Bearer " + LiveServer.ADMIN_KEY)
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
        assertThat(export.statusCode()).isEqualTo(200);
        assertThat(export.headers().firstValue("Content-Type")).contains("application/x-ndjson");
        List<JsonNode> lines = new ArrayList<>();
        for (String line : export.body().split("\n")) {
            lines.add(Json.MAPPER.readTree(line));
        }
        assertThat(lines).hasSize(1_007);
        assertThat(lines)
                .isSortedAccordingTo((a, b) ->
                        Long.compare(a.get("seq").asLong(), b.get("seq").asLong()));
        assertThat(lines.getFirst().get("action").asText()).isEqualTo("tenant.create");
        assertThat(lines.getLast().get("action").asText()).isEqualTo("audit.export");
        assertThat(SERVER.admin("GET", "/admin/audit", null, "Accept: application/x-ndjson;q=0.1, application/json")
                        .json()
                        .has("entries"))
                .isTrue();
    }

    @Test
    void aChangedRowIsFoundAndAnOldHeadHeldTo() throws Exception {
        SERVER.tenant("log-6");
        long seq = newest("tenant=log-6").get("seq").asLong();
        SERVER.admin("POST", "/admin/tenants/log-6/resume", null);
        JsonNode whole = SERVER.admin("GET", "/admin/audit/verify", null).json();
        assertThat(whole.get("valid").asBoolean()).as(whole.toString()).isTrue();
        assertThat(whole.get("first_invalid_seq").isNull()).isTrue();
        assertThat(whole.get("entries").asLong()).isGreaterThanOrEqualTo(seq + 1);
        assertThat(whole.get("unchecked").asLong()).isZero();
        String head = whole.get("head").get("seq").asText() + ":"
                + whole.get("head").get("hash").asText();
        assertThat(SERVER.admin("GET", "/admin/audit/verify?head=" + head, null)
                        .json()
                        .get("valid")
                        .asBoolean())
                .isTrue();
        String other = whole.get("head").get("seq").asText() + ":" + "0".repeat(64);
        JsonNode differs =
                SERVER.admin("GET", "/admin/audit/verify?head=" + other, null).json();
        assertThat(differs.get("valid").asBoolean()).isFalse();
        assertThat(differs.get("fault").asText()).isEqualTo("head");

        sql("DROP TRIGGER audit_log_stays", "UPDATE audit_log SET actor = 'nobody' WHERE seq = " + seq);
        try {
            JsonNode broken = SERVER.admin("GET", "/admin/audit/verify", null).json();
            assertThat(broken.get("valid").asBoolean()).isFalse();
            assertThat(broken.get("first_invalid_seq").asLong()).isEqualTo(seq);
            assertThat(broken.get("fault").asText()).isEqualTo("changed");
        } finally {
            sql("UPDATE audit_log SET actor = 'environment' WHERE seq = " + seq);
        }
        assertThat(SERVER.admin("GET", "/admin/audit/verify", null)
                        .json()
                        .get("valid")
                        .asBoolean())
                .isTrue();
    }

    @Test
    void whatCannotBeWrittenDownIsNotAcknowledged() throws Exception {
        SERVER.tenant("log-7");
        sql("CREATE TRIGGER away BEFORE INSERT ON audit_log BEGIN SELECT RAISE(ABORT, 'away'); END");
        try {
            Wire.Answer answer = SERVER.admin("POST", "/admin/tenants/log-7/resume", null);
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.code()).isEqualTo("store-unavailable");
        } finally {
            sql("DROP TRIGGER away");
        }
        assertThat(newest("tenant=log-7").get("result").asText())
                .as("the attempt is written as soon as that is possible")
                .isEqualTo("store-unavailable");
    }

    @ParameterizedTest
    @CsvSource({
        "since=yesterday,since",
        "since=2026-11-28,since",
        "action=No+Action,action",
        "tenant=a%2Fb,tenant",
        "limit=0,limit",
        "cursor=YWJj,cursor",
        "cursor=MA,cursor",
        "more=1,more"
    })
    void whatIsWrongIsNamed(String query, String field) throws IOException {
        Wire.Answer answer = SERVER.admin("GET", "/admin/audit?" + query, null);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().get("errors").get(0).get("field").asText()).isEqualTo(field);
    }

    @Test
    void theLogIsForAdministratorsAlone() throws IOException {
        String key = SERVER.tenant("log-8");
        assertThat(SERVER.as(key, "GET", "/admin/audit", null).status()).isEqualTo(403);
        assertThat(SERVER.as(key, "GET", "/admin/audit/verify", null).status()).isEqualTo(403);
        assertThat(SERVER.call("GET", "/admin/audit", null).status()).isEqualTo(401);
        assertThat(SERVER.admin("GET", "/admin/audit/verify?head=1:zz", null).status())
                .isEqualTo(400);
    }

    @Test
    void theHeadIsAMetric() throws IOException {
        SERVER.tenant("log-9");
        JsonNode head = SERVER.admin("GET", "/admin/audit/verify", null).json().get("head");
        String text = SERVER.admin("GET", "/metrics", null).text();
        assertThat(text).containsPattern("riptide_audit_head_seq \\d+\\.0");
        assertThat(text).contains("riptide_audit_head_check ");
        assertThat(head.get("hash").asText()).hasSize(64);
    }
}
