package io.riptide.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Credentials that are nobody's, again and again. */
class AttemptsHttpTest {
    @RegisterExtension
    static final LiveServer SERVER = new LiveServer();

    private static final int PER_MINUTE = 300;

    @Test
    void anAddressThatFailsOnIsToldToWaitAndGoodCredentialsFromThereAreLetIn() throws IOException {
        String key = SERVER.tenant("acme");
        try (Wire wire = new Wire(SERVER.port())) {
            int refused = 0;
            Wire.Answer answer = null;
            for (int i = 0; i < PER_MINUTE + 200 && (answer == null || answer.status() != 429); i++) {
                answer = wire.call("GET", "/v1/usage", null, "Authorization: Bearer wrong" + i);
                refused += answer.status() == 401 ? 1 : 0;
            }
            assertThat(refused).isGreaterThanOrEqualTo(PER_MINUTE);
            assertThat(answer.status()).isEqualTo(429);
            assertThat(answer.json().get("resource").asText()).isEqualTo("refused_credentials");
            assertThat(Integer.parseInt(answer.header("Retry-After"))).isPositive();
        }
        assertThat(SERVER.as(key, "GET", "/v1/usage", null).status()).isEqualTo(200);
        assertThat(SERVER.admin("GET", "/admin/tenants", null).status()).isEqualTo(200);
        String fresh = SERVER.tenant("globex");
        assertThat(SERVER.as(fresh, "GET", "/v1/usage", null).status()).isEqualTo(200);
        assertThat(SERVER.call("GET", "/v1/usage", null).status())
                .as("none is no attempt")
                .isEqualTo(401);
    }
}
