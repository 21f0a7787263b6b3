package io.riptide.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where an entry is, and why a read finds none. */
class ExplainHttpTest {
    private static final String EXPLAIN = "/admin/cache/explain";

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

    private JsonNode explain(String entry) throws IOException {
        Wire.Answer answer = SERVER.admin("GET", EXPLAIN + "?tenant=" + tenant + "&namespace=a&key=" + entry, null);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return answer.json();
    }

    private void put(String entry, String... headers) throws IOException {
        assertThat(call("PUT", "/v1/cache/a/" + entry, "x".repeat(2000), headers)
                        .status())
                .isIn(201, 204);
    }

    private void assertGone(String entry, String reason) throws IOException {
        JsonNode told = explain(entry);
        assertThat(told.get("state").asText()).isEqualTo("absent");
        assertThat(told.get("tiers")).isEmpty();
        assertThat(told.get("reason").asText()).as(told.toString()).isEqualTo(reason);
    }

    @Test
    void anEntryIsWhereReadsLeaveIt() throws IOException {
        put("k", "X-RipTide-Tags: red", "X-RipTide-TTL: 60");
        JsonNode written = explain("k");
        assertThat(written.get("state").asText()).isEqualTo("present");
        assertThat(written.get("tiers").toString()).isEqualTo("[\"l2\"]");
        assertThat(written.get("l1_reason").asText()).isEqualTo("not_read");
        assertThat(written.get("value_bytes").asInt()).isEqualTo(2000);
        assertThat(written.get("stored_bytes").asInt()).isLessThan(300);
        assertThat(written.get("ttl_seconds").asInt()).isBetween(50, 60);
        assertThat(written.get("tags").toString()).isEqualTo("[\"red\"]");
        assertThat(written.has("reason")).isFalse();
        long operations = operations();

        call("GET", "/v1/cache/a/k", null);
        JsonNode read = explain("k");

        assertThat(read.get("tiers").toString()).isEqualTo("[\"l1\",\"l2\"]");
        assertThat(read.get("memory_bytes").asInt()).isGreaterThan(2000);
        assertThat(operations()).as("to ask is no operation").isEqualTo(operations + 1);
    }

    private long operations() throws IOException {
        return SERVER.admin("GET", "/admin/tenants/" + tenant + "/usage", null)
                .json()
                .get("operations_total")
                .asLong();
    }

    @Test
    void whatWasNeverStoredIsToldAsSuch() throws IOException {
        assertGone("none", "never_stored");
        put("k");
        assertGone("none", "never_stored");
        SERVER.admin("PUT", "/admin/tenants/" + tenant, "{\"quotas\": {\"storage_bytes\": 10}}");
        assertThat(call("PUT", "/v1/cache/a/big", "x").status()).isEqualTo(507);
        assertGone("big", "never_stored");
        assertThat(explain("big").get("detail").asText()).contains("storage_bytes");
    }

    @Test
    void aRemovalIsToldWithWhatItCovered() throws IOException {
        for (String entry : List.of("one", "tagged", "prefixed", "all")) {
            put(entry, "X-RipTide-Tags: " + entry);
            call("GET", "/v1/cache/a/" + entry, null);
        }
        call("DELETE", "/v1/cache/a/one", null);
        assertGone("one", "removed");
        assertThat(explain("one").get("by").toString()).isEqualTo("{\"key\":\"one\"}");
        assertThat(explain("one").get("at").asText()).endsWith("Z");
        call("DELETE", "/v1/cache/a?tag=tagged", null);
        assertGone("tagged", "removed");
        assertThat(explain("tagged").get("by").toString()).isEqualTo("{\"tag\":\"tagged\",\"namespace\":\"a\"}");
        SERVER.admin(
                "POST",
                "/admin/cache/invalidate",
                "{\"tenant\": \"" + tenant + "\", \"namespace\": \"a\", \"prefix\": \"pre\"}");
        assertThat(explain("prefixed").get("by").toString()).isEqualTo("{\"prefix\":\"pre\"}");
        call("DELETE", "/v1/cache/a", null);
        assertThat(explain("all").get("by").toString()).isEqualTo("{\"namespace\":\"a\"}");
        put("all");
        assertThat(explain("all").get("state").asText()).isEqualTo("present");
    }

    @Test
    void moreThanIsRememberedIsNotKnown() throws IOException {
        put("first");
        call("DELETE", "/v1/cache/a/first", null);
        for (int i = 0; i < 130; i++) {
            put("k" + i);
            call("DELETE", "/v1/cache/a/k" + i, null);
        }
        assertGone("k129", "removed");
        assertGone("first", "unknown");
        assertGone("none", "unknown");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "?namespace=a&key=k|tenant|400",
                "?tenant=T&key=k|namespace|400",
                "?tenant=T&namespace=a|key|400",
                "?tenant=T&namespace=a%20b&key=k|namespace|400",
                "?tenant=T&namespace=a&key=|key|400",
                "?tenant=T&namespace=a&key=k&tag=x|tag|400",
                "?tenant=nobody&namespace=a&key=k||404"
            })
    void aWrongQuestionNamesItsParameter(String query, String field, int status) throws IOException {
        Wire.Answer refused = SERVER.admin("GET", EXPLAIN + query.replace("=T&", "=" + tenant + "&"), null);
        assertThat(refused.status()).isEqualTo(status);
        if (field != null) {
            assertThat(refused.fields()).containsExactly(field);
        }
        assertThat(SERVER.as(key, "GET", EXPLAIN + query, null).status()).isEqualTo(403);
    }
}
