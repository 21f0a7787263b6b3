package io.riptide.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BatchHttpTest {
    @RegisterExtension
    static final LiveServer SERVER =
            new LiveServer("persistence.cache.max_entry_bytes=2048", "persistence.cache.max_ttl_seconds=1000");

    private static String key;

    @BeforeAll
    static void tenant() throws IOException {
        key = SERVER.tenant("acme");
    }

    private static Wire.Answer set(String json) throws IOException {
        return SERVER.as(key, "POST", "/v1/cache/b/_batch/set", json);
    }

    private static Wire.Answer get(String json) throws IOException {
        return SERVER.as(key, "POST", "/v1/cache/b/_batch/get", json);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "true",
                "-1.50e3",
                "123456789012345678901234567890",
                "\"text \\u00e4 \u00e4\"",
                "\"\"",
                "[ 1, [2, {\"a\": null}]  ]",
                "{\"n\": 1, \"deep\": {\"x\": [\"y\"]}}"
            })
    void anyJsonValueComesBackAsTheSame(String value) throws IOException {
        assertThat(set("{\"entries\": [ {\"value\": " + value + " , \"key\": \"j\"} ] }")
                        .json()
                        .get("stored")
                        .asInt())
                .isEqualTo(1);
        JsonNode entry = get("{\"keys\":[\"j\"]}").json().get("entries").get(0);
        assertThat(entry.get("value")).isEqualTo(Json.MAPPER.readTree(value));
        assertThat(entry.get("content_type").asText()).isEqualTo("application/json");
        assertThat(SERVER.as(key, "GET", "/v1/cache/b/j", null).text()).isEqualTo(value);
    }

    @Test
    void bytesAndTextComeBackAsWhatTheyAre() throws IOException {
        set("""
            {"entries": [
              {"key": "bytes", "value_base64": "AP8=", "ttl_seconds": 10},
              {"key": "text", "value": "h\\u00e9", "content_type": "text/plain"},
              {"key": "broken", "value_base64": "ew==", "content_type": "application/json"}]}""");
        SERVER.call(
                "PUT", "/v1/cache/b/latin", new byte[] {(byte) 0xe9}, "X-API-Key: " + key, "Content-Type: text/plain");
        JsonNode answer = get("{\"keys\":[\"bytes\",\"text\",\"broken\",\"latin\",\"none\"]}")
                .json();
        JsonNode entries = answer.get("entries");
        assertThat(entries.get(0).get("value_base64").asText()).isEqualTo("AP8=");
        assertThat(entries.get(0).get("content_type").asText()).isEqualTo("application/octet-stream");
        assertThat(entries.get(0).get("ttl_seconds").asInt()).isIn(9, 10);
        assertThat(entries.get(1).get("value").asText()).isEqualTo("h\u00e9");
        assertThat(entries.get(2).get("value_base64").asText()).isEqualTo("ew==");
        assertThat(entries.get(3).get("value_base64").asText()).isEqualTo("6Q==");
        assertThat(answer.get("missing").get(0).asText()).isEqualTo("none");
        assertThat(SERVER.as(key, "GET", "/v1/cache/b/text", null).text()).isEqualTo("h\u00e9");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"value\": 1}|key|invalid-request",
                "{\"key\": 1, \"value\": 1}|key|invalid-request",
                "{\"key\": \"\", \"value\": 1}|key|invalid-request",
                "{\"key\": \"x\"}|value|invalid-request",
                "{\"key\": \"x\", \"value\": 1, \"value_base64\": \"AA==\"}|value|invalid-request",
                "{\"key\": \"x\", \"value_base64\": \"A?\"}|value_base64|invalid-request",
                "{\"key\": \"x\", \"value_base64\": 1}|value_base64|invalid-request",
                "{\"key\": \"x\", \"value\": 1, \"ttl_seconds\": 0}|ttl_seconds|invalid-request",
                "{\"key\": \"x\", \"value\": 1, \"ttl_seconds\": 1001}|ttl_seconds|invalid-request",
                "{\"key\": \"x\", \"value\": 1, \"ttl_seconds\": 1.5}|ttl_seconds|invalid-request",
                "{\"key\": \"x\", \"value\": 1, \"ttl_seconds\": \"1\"}|ttl_seconds|invalid-request",
                "{\"key\": \"x\", \"value\": 1, \"content_type\": 1}|content_type|invalid-request",
                "{\"key\": \"x\", \"value\": 1, \"content_type\": \"text/plain\"}|value|invalid-request",
                "7|entries[1]|invalid-request"
            })
    void aRowThatIsNotValidFailsAlone(String row, String field, String code) throws IOException {
        JsonNode answer = set("{\"entries\": [{\"key\": \"good\", \"value\": 1}, " + row + "]}")
                .json();
        assertThat(answer.get("stored").asInt()).isEqualTo(1);
        JsonNode problem = answer.get("failed").get(0).get("problem");
        assertThat(problem.get("type").asText()).isEqualTo("urn:riptide:problem:" + code);
        assertThat(problem.get("errors").get(0).get("field").asText()).isEqualTo(field);
        assertThat(get("{\"keys\": [\"x\"]}").json().get("missing")).hasSize(1);
    }

    @Test
    void aRowThatIsTooLargeFailsAlone() throws IOException {
        JsonNode answer = set("{\"entries\": [{\"key\": \"good\", \"value\": 1}, {\"key\": \"l\", \"value\": \""
                        + "x".repeat(3000) + "\"}]}")
                .json();
        assertThat(answer.get("stored").asInt()).isEqualTo(1);
        assertThat(answer.get("failed").get(0).get("key").asText()).isEqualTo("l");
        assertThat(answer.get("failed").get(0).get("problem").get("status").asInt())
                .isEqualTo(413);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}|entries",
                "{\"entries\": 1}|entries",
                "{\"entries\": [], \"more\": 1}|more",
                "{\"entries\": [{\"key\": \"x\", \"value\": 1, \"ttl\": 1}]}|entries[0].ttl",
                "{\"entries\": [{\"key\": \"x\", \"key\": \"x\"}]}|body",
                "{\"entries\": [|body",
                "[]|body",
                "{\"entries\": []} 1|body",
                "{\"entries\": [{\"key\": \"x\", \"value\": \"\\ud800\"}]}|body",
                "{\"entries\": [{\"key\": \"\\udc00\\ud800\", \"value\": 1}]}|body",
                "{\"\\ud800\": 1}|body",
                "''|body"
            })
    void aDocumentThatIsNotValidIsRefusedWhole(String json, String field) throws IOException {
        Wire.Answer refused = set(json);
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.fields()).containsExactly(field);
        assertThat(get("{\"keys\": [\"x\"]}").json().get("missing")).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"{\"keys\": [1]}|keys[0]", "{\"keys\": [\"a\", \"\"]}|keys[1]", "{\"keys\": {}}|keys", "{}|keys"})
    void keysThatAreNoneAreNamed(String json, String field) throws IOException {
        Wire.Answer refused = get(json);
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.fields()).containsExactly(field);
    }

    @Test
    void ofVeryManyWrongMembersTheFirstAreTold() throws IOException {
        String members =
                IntStream.range(0, 5000).mapToObj(i -> "\"m" + i + "\": 1").collect(Collectors.joining(","));
        for (String json : new String[] {"{" + members + "}", "{\"entries\": [{" + members + "}]}"}) {
            assertThat(set(json).fields()).hasSize(Limits.ERRORS);
        }
        assertThat(SERVER.admin("POST", "/admin/keys", "{" + members + "}").fields())
                .hasSize(Limits.ERRORS);
    }

    @Test
    void aThousandAreTakenAndOneMoreIsNot() throws IOException {
        String keys = IntStream.range(0, 1000).mapToObj(i -> "\"t" + i + "\"").collect(Collectors.joining(","));
        String rows = IntStream.range(0, 1000)
                .mapToObj(i -> "{\"key\": \"t" + i + "\", \"value\": " + i + "}")
                .collect(Collectors.joining(","));
        assertThat(set("{\"entries\": [" + rows + "]}").json().get("stored").asInt())
                .isEqualTo(1000);
        assertThat(get("{\"keys\": [" + keys + "]}").json().get("entries")).hasSize(1000);
        assertThat(get("{\"keys\": [" + keys + ",\"u\"]}").fields()).containsExactly("keys");
        assertThat(set("{\"entries\": [" + rows + ",{\"key\": \"u\", \"value\": 1}]}")
                        .fields())
                .containsExactly("entries");
        assertThat(get("{\"keys\": [\"u\"]}").json().get("missing")).hasSize(1);
    }

    @Test
    void anotherMediaTypeIsRefused() throws IOException {
        Wire.Answer refused = SERVER.call(
                "POST", "/v1/cache/b/_batch/get", "{}".getBytes(), "X-API-Key: " + key, "Content-Type: text/json");
        assertThat(refused.status()).isEqualTo(415);
        assertThat(refused.code()).isEqualTo("unsupported-media-type");
    }

    @Test
    void overTheStorageQuotaRowsFail() throws IOException {
        SERVER.tenant("small");
        SERVER.admin("PUT", "/admin/tenants/small", "{\"quotas\": {\"storage_bytes\": 3000}}");
        Wire.Answer made = SERVER.admin("POST", "/admin/tenants/small/keys", "{\"name\": \"n\"}");
        String small = made.json().get("api_key").asText();
        String row = "{\"key\": \"%s\", \"value_base64\": \""
                + java.util.Base64.getEncoder().encodeToString(noise(1500)) + "\"}";
        JsonNode answer = SERVER.as(
                        small,
                        "POST",
                        "/v1/cache/b/_batch/set",
                        "{\"entries\": [" + row.formatted("a") + "," + row.formatted("b") + "]}")
                .json();
        assertThat(answer.get("stored").asInt()).isEqualTo(1);
        assertThat(answer.get("failed").get(0).get("key").asText()).isEqualTo("b");
        assertThat(answer.get("failed").get(0).get("problem").get("status").asInt())
                .isEqualTo(507);
        Wire.Answer single = SERVER.call("PUT", "/v1/cache/b/c", noise(1600), "X-API-Key: " + small);
        assertThat(single.status()).isEqualTo(507);
        assertThat(single.code()).isEqualTo("storage-quota-exceeded");
        assertThat(single.json().get("limit").asInt()).isEqualTo(3000);
    }

    private static byte[] noise(int length) {
        byte[] bytes = new byte[length];
        new java.util.Random(1).nextBytes(bytes);
        return bytes;
    }
}
