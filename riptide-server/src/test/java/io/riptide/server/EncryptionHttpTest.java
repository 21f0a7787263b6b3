package io.riptide.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Encryption of tenants over HTTP, on a server with a master key and on one without. */
class EncryptionHttpTest {
    @RegisterExtension
    static final LiveServer WITH = new LiveServer("security.master_key=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");

    @RegisterExtension
    static final LiveServer WITHOUT = new LiveServer();

    private static Wire.Answer create(LiveServer server, String id, boolean encrypted) throws IOException {
        return server.admin("POST", "/admin/tenants", """
                {"id": "%s", "name": "T", "owner_name": "O", "owner_email": "o@example.com", "billing_plan": "free",
                 "encryption_enabled": %s}""".formatted(id, encrypted));
    }

    private static void refusedByName(Wire.Answer answer) {
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().get("errors").get(0).get("field").asText()).isEqualTo("encryption_enabled");
        assertThat(answer.text()).contains("security.master_key");
    }

    @Test
    void withoutAMasterKeyNoTenantIsEncrypted() throws IOException {
        refusedByName(create(WITHOUT, "a", true));
        assertThat(WITHOUT.admin("GET", "/admin/tenants/a", null).status()).isEqualTo(404);
        assertThat(create(WITHOUT, "a", false).status()).isEqualTo(201);
        refusedByName(WITHOUT.admin("PUT", "/admin/tenants/a", "{\"encryption_enabled\": true}"));
        assertThat(WITHOUT.admin("PUT", "/admin/tenants/a", "{\"encryption_enabled\": false}")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void anEncryptedTenantIsServedAsAnyOther() throws IOException {
        Wire.Answer made = create(WITH, "acme", true);
        assertThat(made.status()).isEqualTo(201);
        assertThat(made.json().get("encryption_enabled").asBoolean()).isTrue();
        assertThat(WITH.admin("GET", "/admin/tenants/acme", null)
                        .json()
                        .get("encryption_enabled")
                        .asBoolean())
                .isTrue();
        String key = made.json().get("api_key").asText();
        byte[] value = "v".repeat(100).getBytes(StandardCharsets.UTF_8);
        assertThat(WITH.call("PUT", "/v1/cache/n/k", value, "X-API-Key: " + key).status())
                .isEqualTo(201);
        assertThat(WITH.call("GET", "/v1/cache/n/k", null, "X-API-Key: " + key).text())
                .isEqualTo("v".repeat(100));

        Wire.Answer rotated = WITH.admin("POST", "/admin/tenants/acme/encryption/rotate", null);
        assertThat(rotated.status()).isEqualTo(200);
        assertThat(rotated.json().get("data_key").asInt()).isEqualTo(2);
        assertThat(WITH.call("GET", "/v1/cache/n/k", null, "X-API-Key: " + key).status())
                .isEqualTo(200);

        Wire.Answer off = WITH.admin("PUT", "/admin/tenants/acme", "{\"encryption_enabled\": false}");
        assertThat(off.json().get("encryption_enabled").asBoolean()).isFalse();
        assertThat(WITH.call("GET", "/v1/cache/n/k", null, "X-API-Key: " + key).status())
                .as("switching removes the entries")
                .isEqualTo(404);
        assertThat(WITH.admin("POST", "/admin/tenants/acme/encryption/rotate", null)
                        .status())
                .isEqualTo(409);
    }

    @Test
    void rotatingNeedsATenantAndTheRoleOfAnAdministrator() throws IOException {
        assertThat(WITH.admin("POST", "/admin/tenants/nobody/encryption/rotate", null)
                        .status())
                .isEqualTo(404);
        String key = create(WITH, "b", true).json().get("api_key").asText();
        assertThat(WITH.as(key, "POST", "/admin/tenants/b/encryption/rotate", null)
                        .status())
                .isEqualTo(403);
    }
}
