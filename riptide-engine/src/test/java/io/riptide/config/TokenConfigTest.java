package io.riptide.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the settings of tokens must be, and ask of each other. */
class TokenConfigTest {
    private static ConfigOutcome load(String... settings) {
        return new ConfigLoader(Map.of()).load(List.of(), List.of(settings));
    }

    private static List<String> wrong(String... settings) {
        return load(settings) instanceof ConfigOutcome.Invalid invalid
                ? invalid.errors().stream().map(ConfigError::path).toList()
                : List.of();
    }

    @Test
    void leftOutNoTokensAreTaken() {
        PersistenceConfig config = PersistenceConfig.defaults();
        assertThat(config.jwt().token().enabled()).isFalse();
        assertThat(config.adminJwt().token().enabled()).isFalse();
        assertThat(config.jwt().tenantClaim()).isEqualTo("tenant_id");
    }

    @Test
    void anIssuerNeedsAnAudienceAndOnePlaceOfKeys() {
        assertThat(wrong("security.jwt.issuer=i")).containsExactly("security.jwt.audience", "security.jwt.jwks_url");
        assertThat(wrong("security.admin_jwt.jwks_url=https://x/keys"))
                .containsExactly("security.admin_jwt.issuer", "security.admin_jwt.audience");
        assertThat(wrong(
                        "security.jwt.issuer=i",
                        "security.jwt.audience=a",
                        "security.jwt.jwks_url=https://x/keys",
                        "security.jwt.public_key=-----BEGIN PUBLIC KEY-----AAAA-----END PUBLIC KEY-----"))
                .containsExactly("security.jwt.jwks_url");
    }

    @Test
    void keysComeByHttpsAlone() {
        assertThat(wrong("security.jwt.jwks_url=http://x/keys")).containsExactly("security.jwt.jwks_url");
        assertThat(wrong("security.jwt.jwks_url=https://u:p@x/keys")).containsExactly("security.jwt.jwks_url");
    }

    @Test
    void administratorsHaveAnIssuerOrAnAudienceOfTheirOwn() {
        String[] same = {
            "security.jwt.issuer=i", "security.jwt.audience=a", "security.jwt.jwks_url=https://x/k",
            "security.admin_jwt.issuer=i", "security.admin_jwt.audience=a", "security.admin_jwt.jwks_url=https://x/k"
        };
        assertThat(wrong(same)).containsExactly("security.admin_jwt.audience");
        same[4] = "security.admin_jwt.audience=b";
        assertThat(wrong(same)).isEmpty();
    }

    @Test
    void rolesAreNamedByTheIssuerAndStandForOurs() {
        assertThat(wrong("security.admin_jwt.roles.ops=root")).containsExactly("security.admin_jwt.roles.ops");
        assertThat(
                        load("security.admin_jwt.roles.ops_team=viewer") instanceof ConfigOutcome.Valid valid
                                ? valid.config().adminJwt().roles()
                                : Map.of())
                .isEqualTo(Map.of("ops_team", "viewer"));
    }
}
