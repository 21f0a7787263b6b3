package io.riptide.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CacheHttpTest {
    @RegisterExtension
    static final LiveServer SERVER =
            new LiveServer("persistence.cache.max_entry_bytes=2048", "persistence.cache.max_ttl_seconds=1000");

    private static String key;

    @BeforeAll
    static void tenant() throws IOException {
        key = SERVER.tenant("acme");
    }

    private static Wire.Answer call(String method, String path, String body, String... headers) throws IOException {
        String[] all = java.util.Arrays.copyOf(headers, headers.length + 1);
        all[headers.length] = "X-API-Key: " + key;
        return SERVER.call(method, path, body == null ? null : body.getBytes(StandardCharsets.UTF_8), all);
    }

    private static Wire.Answer get(String path, String... headers) throws IOException {
        return call("GET", path, null, headers);
    }

    @Test
    void anEntryComesBackAsItWasStored() throws IOException {
        Wire.Answer put = call("PUT", "/v1/cache/a/k", "value", "Content-Type: text/x; a=b", "X-RipTide-TTL: 60");
        assertThat(put.status()).isEqualTo(201);

        Wire.Answer got = get("/v1/cache/a/k");

        assertThat(got.status()).isEqualTo(200);
        assertThat(got.text()).isEqualTo("value");
        assertThat(got.header("Content-Type")).isEqualTo("text/x; a=b");
        assertThat(got.header("ETag")).isEqualTo(put.header("ETag")).matches("\"[0-9a-f]+\"");
        assertThat(got.header("Age")).isEqualTo("0");
        assertThat(got.header("Cache-Control")).matches("max-age=(59|60)");
        assertThat(got.header("Cache-Status")).matches("riptide; hit; detail=l[12]");
        assertThat(get("/v1/cache/a/k").header("Cache-Status")).isEqualTo("riptide; hit; detail=l1");
        assertThat(got.header("X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(got.header("Content-Security-Policy")).isEqualTo("sandbox");
        assertThat(got.header("RateLimit-Policy")).isEqualTo("\"default\";q=1000000000;w=60");
        assertThat(got.header("RateLimit")).matches("\"default\";r=\\d+;t=\\d+");
    }

    @Test
    void headAnswersTheSameHeadersWithoutTheBody() throws IOException {
        call("PUT", "/v1/cache/a/head", "value");
        try (Wire wire = new Wire(SERVER.port())) {
            Wire.Answer head = wire.call("HEAD", "/v1/cache/a/head", null, "X-API-Key: " + key);
            assertThat(head.status()).isEqualTo(200);
            assertThat(head.header("Content-Length")).isEqualTo("5");
            assertThat(head.header("Content-Type")).isEqualTo("application/octet-stream");
            // The connection goes on: no byte of a body was sent.
            assertThat(wire.call("GET", "/v1/cache/a/head", null, "X-API-Key: " + key)
                            .text())
                    .isEqualTo("value");
        }
        assertThat(call("HEAD", "/v1/cache/a/none", null).status()).isEqualTo(404);
    }

    @Test
    void aMissSaysSo() throws IOException {
        Wire.Answer miss = get("/v1/cache/a/none");
        assertThat(miss.status()).isEqualTo(404);
        assertThat(miss.code()).isEqualTo("not-found");
        assertThat(miss.header("Cache-Status")).isEqualTo("riptide; fwd=miss");
        assertThat(miss.json().get("request_id").asText()).isEqualTo(miss.header("X-Request-ID"));
    }

    @Test
    void aKnownTagAnswers304WithoutABody() throws IOException {
        String tag = call("PUT", "/v1/cache/a/tag", "value").header("ETag");
        for (String known : new String[] {tag, "W/" + tag, "*", "\"x\", " + tag}) {
            Wire.Answer answer = get("/v1/cache/a/tag", "If-None-Match: " + known);
            assertThat(answer.status()).as(known).isEqualTo(304);
            assertThat(answer.header("ETag")).isEqualTo(tag);
            assertThat(answer.header("Content-Type")).isNull();
            assertThat(answer.header("Content-Length")).isNull();
        }
        assertThat(get("/v1/cache/a/tag", "If-None-Match: \"0\"").status()).isEqualTo(200);
    }

    @Test
    void putIsConditional() throws IOException {
        String path = "/v1/cache/a/cond";
        assertThat(call("PUT", path, "0", "If-Match: *").status()).isEqualTo(412);
        String tag = call("PUT", path, "1", "If-None-Match: *").header("ETag");
        Wire.Answer refused = call("PUT", path, "2", "If-None-Match: *");
        assertThat(refused.status()).isEqualTo(412);
        assertThat(refused.code()).isEqualTo("precondition-failed");
        assertThat(call("PUT", path, "2", "If-Match: \"dead\"").status()).isEqualTo(412);
        assertThat(call("PUT", path, "2", "If-Match: W/" + tag).status()).isEqualTo(412);
        assertThat(get(path).text()).isEqualTo("1");

        Wire.Answer changed = call("PUT", path, "2", "If-Match: " + tag);

        assertThat(changed.status()).isEqualTo(204);
        assertThat(changed.header("ETag")).isNotEqualTo(tag);
        assertThat(call("PUT", path, "3", "If-Match: *").status()).isEqualTo(204);
        assertThat(get(path).text()).isEqualTo("3");
    }

    @Test
    void deleteIsIdempotentAndConditional() throws IOException {
        String path = "/v1/cache/a/del";
        String tag = call("PUT", path, "1").header("ETag");
        assertThat(call("DELETE", path, null, "If-Match: \"dead\"").status()).isEqualTo(412);
        assertThat(get(path).status()).isEqualTo(200);
        assertThat(call("DELETE", path, null, "If-Match: " + tag).status()).isEqualTo(204);
        assertThat(get(path).status()).isEqualTo(404);
        assertThat(call("DELETE", path, null).status()).isEqualTo(204);
    }

    @ParameterizedTest
    @CsvSource({"max-age=30, 30", "'no-transform, MAX-AGE=\"31\"', 31", "max-age=99999999999999999999, 1000"})
    void maxAgeSetsTheLifeUpToTheLongest(String control, long expected) throws IOException {
        call("PUT", "/v1/cache/a/age", "1", "Cache-Control: " + control);
        assertThat(get("/v1/cache/a/age").header("Cache-Control"))
                .isIn("max-age=" + expected, "max-age=" + (expected - 1));
    }

    @Test
    void theTtlHeaderWinsOverMaxAge() throws IOException {
        call("PUT", "/v1/cache/a/ttl", "1", "Cache-Control: max-age=30", "X-RipTide-TTL: 600");
        assertThat(get("/v1/cache/a/ttl").header("Cache-Control")).isIn("max-age=600", "max-age=599");
    }

    @Test
    void maxAgeZeroRemoves() throws IOException {
        call("PUT", "/v1/cache/a/zero", "1");
        assertThat(call("PUT", "/v1/cache/a/zero", "2", "Cache-Control: max-age=0", "If-None-Match: *")
                        .status())
                .isEqualTo(412);
        assertThat(call("PUT", "/v1/cache/a/zero", "2", "Cache-Control: max-age=0")
                        .status())
                .isEqualTo(204);
        assertThat(get("/v1/cache/a/zero").status()).isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "X-RipTide-TTL: 0|X-RipTide-TTL",
                "X-RipTide-TTL: 1001|X-RipTide-TTL",
                "X-RipTide-TTL: -1|X-RipTide-TTL",
                "X-RipTide-TTL: 1.5|X-RipTide-TTL",
                "X-RipTide-TTL: soon|X-RipTide-TTL",
                "Cache-Control: max-age=soon|Cache-Control",
                "If-None-Match: \"a\"|If-None-Match",
                "If-Match: a|If-Match",
                "If-Match: \"a\", \"b\"|If-Match",
                "X-RipTide-Tags: 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17|X-RipTide-Tags"
            })
    void aWrongHeaderIsNamedAndNothingChanges(String header, String field) throws IOException {
        Wire.Answer refused = call("PUT", "/v1/cache/a/wrong", "1", header);
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.code()).isEqualTo("invalid-request");
        assertThat(refused.fields()).containsExactly(field);
        assertThat(get("/v1/cache/a/wrong").status()).isEqualTo(404);
    }

    @Test
    void aContentTypeThatIsTooLongIsNamed() throws IOException {
        Wire.Answer refused = call("PUT", "/v1/cache/a/wrong", "1", "Content-Type: a/" + "b".repeat(254));
        assertThat(refused.fields()).containsExactly("Content-Type");
    }

    @ParameterizedTest
    @ValueSource(ints = {2049, 300_000, 80_000_000})
    void anEntryThatIsTooLargeIsRefusedBeforeItIsReadAndTheAnswerArrives(int declared) throws IOException {
        try (Wire wire = new Wire(SERVER.port())) {
            wire.send("PUT /v1/cache/a/large HTTP/1.1\r\nHost: h\r\nX-API-Key: " + key + "\r\nContent-Length: "
                    + declared + "\r\n\r\n" + "x".repeat(2000));
            Wire.Answer refused = wire.answer(false);
            assertThat(refused.status()).isEqualTo(413);
            assertThat(refused.code()).isEqualTo("entry-too-large");
        }
        assertThat(get("/v1/cache/a/large").status()).isEqualTo(404);
    }

    @Test
    void aChunkedEntryIsCountedWhileItIsRead() throws IOException {
        try (Wire wire = new Wire(SERVER.port())) {
            wire.send("PUT /v1/cache/a/chunked HTTP/1.1\r\nHost: h\r\nX-API-Key: " + key
                    + "\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;ext=1\r\n world\r\n0\r\n\r\n");
            assertThat(wire.answer(false).status()).isEqualTo(201);
            wire.send("PUT /v1/cache/a/chunked HTTP/1.1\r\nHost: h\r\nX-API-Key: " + key
                    + "\r\nTransfer-Encoding: chunked\r\n\r\n" + ("400\r\n" + "x".repeat(1024) + "\r\n").repeat(3)
                    + "0\r\n\r\n");
            Wire.Answer refused = wire.answer(false);
            assertThat(refused.status()).isEqualTo(413);
            assertThat(refused.header("Connection")).isEqualTo("close");
        }
        assertThat(get("/v1/cache/a/chunked").text()).isEqualTo("hello world");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/cache/bad%20name/k", "/v1/cache/a%2Fb/k"})
    void aNamespaceThatIsNoneIsNamed(String path) throws IOException {
        for (String method : new String[] {"GET", "DELETE"}) {
            Wire.Answer refused = call(method, path, null);
            assertThat(refused.status()).isEqualTo(400);
            assertThat(refused.fields()).containsExactly("namespace");
        }
        assertThat(call("PUT", path, "1").fields()).containsExactly("namespace");
    }

    @Test
    void aKeyHasAtMost1024Bytes() throws IOException {
        String longest = "%C3%A4".repeat(512);
        assertThat(call("PUT", "/v1/cache/a/" + longest, "1").status()).isEqualTo(201);
        assertThat(get("/v1/cache/a/" + longest).status()).isEqualTo(200);
        Wire.Answer refused = call("PUT", "/v1/cache/a/" + longest + "a", "1");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.fields()).containsExactly("key");
    }

    @Test
    void keysAreToldApartByTheirBytes() throws IOException {
        for (String path :
                new String[] {"x%2Fy", "x+y", "x%20y", "x;y", "x%3By%00".replace("%00", "z"), "x%252Fy", "..."}) {
            assertThat(call("PUT", "/v1/cache/keys/" + path, path).status())
                    .as(path)
                    .isEqualTo(201);
        }
        for (String path : new String[] {"x%2Fy", "x+y", "x%20y", "x;y", "x%252Fy", "..."}) {
            assertThat(get("/v1/cache/keys/" + path).text()).isEqualTo(path);
        }
        assertThat(get("/v1/cache/keys/x%2by").text()).isEqualTo("x+y");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/cache/a/%2e%2e",
                "/v1/cache/a/..",
                "/v1/cache/a/.",
                "/v1/cache//k",
                "/v1/cache/a//k",
                "/v1/cache/a/k/",
                "/v1/cache/a/k%00",
                "/v1/cache/a/%ff",
                "/v1/cache/a/%",
                "/v1/../admin/tenants"
            })
    void aPathThatIsNoneIsRefused(String path) throws IOException {
        Wire.Answer refused = get(path);
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.code()).isEqualTo("invalid-request");
        assertThat(refused.fields()).containsExactly("path");
    }

    @Test
    void aListingGoesOnWhereItsCursorSays() throws IOException {
        for (int i = 0; i < 5; i++) {
            call("PUT", "/v1/cache/list/k" + i, "12345", "Content-Type: text/x");
        }
        var first = get("/v1/cache/list?limit=3").json();
        assertThat(first.get("entries")).hasSize(3);
        var row = first.get("entries").get(0);
        assertThat(row.get("size_bytes").asInt()).isEqualTo(5);
        assertThat(row.get("content_type").asText()).isEqualTo("text/x");
        assertThat(row.get("ttl_seconds").asInt()).isBetween(990, 1000);
        assertThat(row.get("age_seconds").asInt()).isBetween(0, 10);
        var rest = get("/v1/cache/list?limit=3&cursor="
                        + first.get("next_cursor").asText())
                .json();
        assertThat(rest.get("entries")).hasSize(2);
        assertThat(rest.has("next_cursor")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "limit=0, limit",
        "limit=1001, limit",
        "limit=x, limit",
        "limit=1&limit=2, limit",
        "cursor=nonsense, cursor",
        "cursor=, cursor",
        "cursor=%ff, cursor"
    })
    void aWrongQueryIsNamed(String query, String field) throws IOException {
        Wire.Answer refused = get("/v1/cache/list?" + query);
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.fields()).containsExactly(field);
    }

    @Test
    void overTheRateIsRefusedWithWhenToComeBack() throws IOException {
        String slow = SERVER.tenant("slow", 2);
        for (int i = 0; i < 2; i++) {
            assertThat(SERVER.as(slow, "GET", "/v1/cache/a/k", null).status()).isEqualTo(404);
        }
        Wire.Answer refused = SERVER.as(slow, "GET", "/v1/cache/a/k", null);
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.code()).isEqualTo("quota-exceeded");
        assertThat(Integer.parseInt(refused.header("Retry-After"))).isBetween(1, 30);
        assertThat(refused.json().get("retry_after_seconds").asText()).isEqualTo(refused.header("Retry-After"));
        assertThat(refused.header("RateLimit")).startsWith("\"default\";r=0;t=");
        // Reading what was used takes no permit.
        assertThat(SERVER.as(slow, "GET", "/v1/usage", null).status()).isEqualTo(200);
    }
}
