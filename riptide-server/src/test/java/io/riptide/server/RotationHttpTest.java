package io.riptide.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** New keys in place of old ones. */
class RotationHttpTest {
    @RegisterExtension
    static final LiveServer SERVER = new LiveServer();

    private static JsonNode made(String path, String json) throws IOException {
        Wire.Answer answer = SERVER.admin("POST", path, json);
        assertThat(answer.status()).isEqualTo(201);
        return answer.json();
    }

    private static int usage(JsonNode key) throws IOException {
        return SERVER.as(key.get("api_key").asText(), "GET", "/v1/usage", null).status();
    }

    @Test
    void bothKeysOpenForTheOverlapAndThenTheOldOneEnds() throws IOException {
        SERVER.tenant("acme");
        String keys = "/admin/tenants/acme/keys";
        JsonNode old = made(keys, "{\"name\": \"app\", \"scopes\": [\"usage:read\"], \"expires_in_seconds\": 3600}");
        assertThat(usage(old)).isEqualTo(200);
        JsonNode next = made(keys + "/" + old.get("key_id").asText() + "/rotate", "{}");
        assertThat(next.get("name").asText()).isEqualTo("app");
        assertThat(next.get("scopes")).isEqualTo(old.get("scopes"));
        assertThat(next.get("expires_at").isNull()).isFalse();
        assertThat(next.get("key_id")).isNotEqualTo(old.get("key_id"));
        assertThat(usage(old)).isEqualTo(200);
        assertThat(usage(next)).isEqualTo(200);
        JsonNode last = made(keys + "/" + next.get("key_id").asText() + "/rotate", "{\"overlap_seconds\": 0}");
        assertThat(usage(next)).isEqualTo(401);
        assertThat(usage(last)).isEqualTo(200);
    }

    @Test
    void anAdminKeyKeepsItsRole() throws IOException {
        JsonNode old = made("/admin/keys", "{\"name\": \"dash\", \"role\": \"viewer\"}");
        JsonNode next = made("/admin/keys/" + old.get("key_id").asText() + "/rotate", "{\"overlap_seconds\": 0}");
        assertThat(next.get("role").asText()).isEqualTo("viewer");
        assertThat(SERVER.as(next.get("api_key").asText(), "GET", "/admin/tenants", null)
                        .status())
                .isEqualTo(200);
        assertThat(SERVER.as(old.get("api_key").asText(), "GET", "/admin/tenants", null)
                        .status())
                .isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "1.5", "\"1\"", "9999999999"})
    void anOverlapThatIsNoneIsNamed(String overlap) throws IOException {
        JsonNode key = made("/admin/keys", "{\"name\": \"x\", \"role\": \"viewer\"}");
        Wire.Answer answer = SERVER.admin(
                "POST",
                "/admin/keys/" + key.get("key_id").asText() + "/rotate",
                "{\"overlap_seconds\": " + overlap + "}");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().get("errors").get(0).get("field").asText()).isEqualTo("overlap_seconds");
    }

    @Test
    void aKeyThatIsNotThereOrAnothersIsNotFound() throws IOException {
        SERVER.tenant("globex");
        SERVER.tenant("initech");
        String id = made("/admin/tenants/globex/keys", "{\"name\": \"k\"}")
                .get("key_id")
                .asText();
        for (String path : new String[] {
            "/admin/tenants/initech/keys/" + id, "/admin/keys/" + id, "/admin/tenants/globex/keys/nobody"
        }) {
            assertThat(SERVER.admin("POST", path + "/rotate", "{}").status())
                    .as(path)
                    .isEqualTo(404);
        }
        assertThat(SERVER.admin("POST", "/admin/keys/environment/rotate", "{}").status())
                .isEqualTo(409);
    }
}
