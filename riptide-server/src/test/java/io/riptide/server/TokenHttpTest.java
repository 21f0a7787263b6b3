package io.riptide.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Signed tokens in place of keys. */
class TokenHttpTest {
    private static final Issuer TENANTS = new Issuer();
    private static final Issuer ADMINISTRATORS = new Issuer();

    @RegisterExtension
    static final LiveServer SERVER = new LiveServer(
            "security.jwt.issuer=" + Issuer.NAME,
            "security.jwt.audience=" + Issuer.TENANTS,
            "security.jwt.public_key=" + TENANTS.pem(),
            "security.admin_jwt.issuer=" + Issuer.NAME,
            "security.admin_jwt.audience=" + Issuer.ADMINISTRATORS,
            "security.admin_jwt.public_key=" + ADMINISTRATORS.pem(),
            "security.admin_jwt.roles.readers=viewer",
            "security.admin_jwt.roles.owners=admin");

    private static final String ENTRY = "/v1/cache/n/k";

    private static int status(String token, String method, String path, String json, String... headers)
            throws IOException {
        return SERVER.as(token, method, path, json, headers).status();
    }

    @Test
    void aTenantsTokenReadsAndWritesWhatIsItsTenants() throws IOException {
        String key = SERVER.tenant("acme");
        SERVER.tenant("globex");
        String token = TENANTS.tenant("acme", "");
        assertThat(status(token, "PUT", ENTRY, "\"v\"")).isEqualTo(201);
        assertThat(SERVER.as(key, "GET", ENTRY, null).text()).isEqualTo("\"v\"");
        assertThat(SERVER.as(token, "GET", ENTRY, null).text()).isEqualTo("\"v\"");
        assertThat(status(token, "GET", ENTRY, null, "X-Tenant-ID: acme")).isEqualTo(200);
        assertThat(status(token, "GET", ENTRY, null, "X-Tenant-ID: globex")).isEqualTo(403);
        assertThat(status(TENANTS.tenant("globex", ""), "GET", ENTRY, null)).isEqualTo(404);
        assertThat(status(TENANTS.tenant("nobody", ""), "GET", ENTRY, null)).isEqualTo(401);
        assertThat(SERVER.as(token, "GET", "/v1/usage", null)
                        .json()
                        .get("tenant_id")
                        .asText())
                .isEqualTo("acme");
        assertThat(status(token, "GET", "/admin/tenants", null)).isEqualTo(403);
        SERVER.admin("POST", "/admin/tenants/acme/suspend", "{\"reason\": \"r\"}");
        assertThat(status(token, "GET", ENTRY, null)).as("remembered or not").isEqualTo(403);
    }

    @Test
    void scopesOfATokenNarrowIt() throws IOException {
        SERVER.tenant("scoped");
        String reader = TENANTS.tenant("scoped", ",\"scope\":\"openid cache:read\"");
        assertThat(status(reader, "GET", ENTRY, null)).isEqualTo(404);
        assertThat(status(reader, "PUT", ENTRY, "\"v\"")).isEqualTo(403);
        assertThat(status(TENANTS.tenant("scoped", ",\"scope\":\"openid\""), "GET", ENTRY, null))
                .isEqualTo(401);
    }

    @Test
    void anAdministratorsTokenMayWhatItsRoleMay() throws IOException {
        String viewer = ADMINISTRATORS.administrator("readers");
        String admin = ADMINISTRATORS.administrator("readers owners");
        String made = """
                {"id": "%s", "name": "N", "owner_name": "O", "owner_email": "o@example.com", "billing_plan": "free"}""";
        assertThat(status(viewer, "GET", "/admin/tenants", null)).isEqualTo(200);
        assertThat(status(viewer, "POST", "/admin/tenants", made.formatted("made")))
                .isEqualTo(403);
        assertThat(status(admin, "POST", "/admin/tenants", made.formatted("made")))
                .isEqualTo(201);
        assertThat(SERVER.admin("GET", "/admin/audit?action=tenant.create", null)
                        .text())
                .as("by whom, and no name of a person")
                .contains("\"jwt-")
                .doesNotContain("\"ann\"");
        assertThat(status(admin, "GET", "/v1/usage", null)).isEqualTo(403);
        assertThat(status(ADMINISTRATORS.administrator("others"), "GET", "/admin/tenants", null))
                .isEqualTo(401);
    }
}
