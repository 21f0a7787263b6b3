package io.riptide.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FetchHttpTest {
    @RegisterExtension
    static final TestOrigin ORIGIN = new TestOrigin();

    @RegisterExtension
    static final LiveServer SERVER =
            new LiveServer("web.allow_private_addresses=true", "web.max_body_bytes=2048", "web.user_agent=Test/1");

    @RegisterExtension
    static final LiveServer GUARDED = new LiveServer();

    private static String key;
    private static String other;
    private static String guarded;

    @BeforeAll
    static void tenants() throws IOException {
        key = SERVER.tenant("acme");
        other = SERVER.tenant("globex");
        guarded = GUARDED.tenant("acme");
    }

    private static String path(String url) {
        return "/v1/fetch?url=" + URLEncoder.encode(url, StandardCharsets.UTF_8);
    }

    private static Wire.Answer fetch(String target, String... headers) throws IOException {
        return SERVER.as(key, "GET", path(ORIGIN.url(target)), null, headers);
    }

    @Test
    void theSecondCallIsAHitAndAnotherTenantsIsNot() throws IOException {
        Wire.Answer first = fetch("/fresh?hit");
        assertThat(first.status()).isEqualTo(200);
        assertThat(first.text()).isEqualTo("page");
        assertThat(first.header("Cache-Status")).isEqualTo("riptide; fwd=miss; stored");
        assertThat(first.header("Content-Security-Policy")).isEqualTo("sandbox");

        Wire.Answer second = fetch("/fresh?hit");
        assertThat(second.status()).isEqualTo(200);
        assertThat(second.text()).isEqualTo("page");
        assertThat(second.header("Cache-Status")).matches("riptide; hit; detail=l[12]");
        assertThat(second.header("Cache-Control")).isEqualTo("max-age=60");
        assertThat(Integer.parseInt(second.header("Age"))).isBetween(0, 20);
        assertThat(ORIGIN.asked("/fresh?hit")).hasSize(1);

        Wire.Answer others = SERVER.as(other, "GET", path(ORIGIN.url("/fresh?hit")), null);
        assertThat(others.header("Cache-Status")).isEqualTo("riptide; fwd=miss; stored");
        assertThat(ORIGIN.asked("/fresh?hit")).hasSize(2);
    }

    @Test
    void headAnswersTheSameWithoutTheBody() throws IOException {
        Wire.Answer head = SERVER.as(key, "HEAD", path(ORIGIN.url("/fresh?head")), null);
        assertThat(head.status()).isEqualTo(200);
        assertThat(head.header("Content-Length")).isEqualTo("4");
    }

    @Test
    void whatTheOriginWantsKeptByNoOneIsAskedForEachTime() throws IOException {
        for (int i = 0; i < 2; i++) {
            assertThat(fetch("/unkept").header("Cache-Status")).isEqualTo("riptide; fwd=miss");
        }
        assertThat(ORIGIN.asked("/unkept")).hasSize(2);
    }

    @Test
    void aCallerMayPassTheCacheBy() throws IOException {
        fetch("/fresh?bypass");
        assertThat(fetch("/fresh?bypass", "Cache-Control: no-store").header("Cache-Status"))
                .isEqualTo("riptide; fwd=bypass");
        assertThat(ORIGIN.asked("/fresh?bypass")).hasSize(2);
        assertThat(fetch("/fresh?bypass").header("Cache-Status")).startsWith("riptide; hit");
    }

    @Test
    void aCallerSaysHowOldAPageMayBe() throws IOException {
        fetch("/old");
        assertThat(fetch("/old", "Cache-Control: max-age=50").header("Cache-Status"))
                .startsWith("riptide; hit");
        assertThat(fetch("/old", "Cache-Control: max-age=10").header("Cache-Status"))
                .isEqualTo("riptide; fwd=request; stored");
        assertThat(ORIGIN.asked("/old")).hasSize(2);
    }

    @Test
    void aRedirectIsPassedOnAndNotFollowed() throws IOException {
        Wire.Answer moved = fetch("/moved");
        assertThat(moved.status()).isEqualTo(302);
        assertThat(moved.header("Location")).isEqualTo("/fresh");
        assertThat(ORIGIN.asked("/fresh")).isEmpty();
    }

    @Test
    void theOriginsOwnRefusalIsPassedOn() throws IOException {
        Wire.Answer missing = fetch("/missing");
        assertThat(missing.status()).isEqualTo(404);
        assertThat(missing.text()).isEqualTo("gone");
        assertThat(missing.code()).isNull();
    }

    @Test
    void theOriginSeesTheCallersHeadersButNoCredential() throws IOException {
        fetch("/fresh?seen", "X-Own: 1", "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        Map<String, List<String>> seen = ORIGIN.asked("/fresh?seen").getFirst();
        assertThat(seen.get("X-own")).containsExactly("1");
        assertThat(seen.get("Traceparent")).containsExactly("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        assertThat(seen.get("User-agent")).containsExactly("Test/1");
        assertThat(seen).doesNotContainKeys("Authorization", "X-api-key", "X-tenant-id", "Cookie");
        assertThat(seen.toString()).doesNotContain(key);
    }

    @Test
    void theRequestIdIsPassedOnAndAnInvalidOneReplaced() throws IOException {
        assertThat(fetch("/unkept?id", "X-Request-ID: given-1").header("X-Request-ID"))
                .isEqualTo("given-1");
        String replaced = fetch("/unkept?id", "X-Request-ID: not a name").header("X-Request-ID");
        String made = fetch("/unkept?id").header("X-Request-ID");
        assertThat(replaced).isNotEqualTo("not a name");
        assertThat(ORIGIN.asked("/unkept?id"))
                .extracting(headers -> headers.get("X-request-id"))
                .containsExactly(List.of("given-1"), List.of(replaced), List.of(made));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/fetch",
                "/v1/fetch?url=",
                "/v1/fetch?url=%2Frelative",
                "/v1/fetch?url=example.com",
                "/v1/fetch?url=http%3A%2F%2F",
                "/v1/fetch?url=http%3A%2F%2Fuser%3Apass%40example.com%2F",
                "/v1/fetch?url=http%3A%2F%2Fexample.com%3A0%2F",
                "/v1/fetch?url=http%3A%2F%2Fexample.com%2Fa%20b",
                "/v1/fetch?url=http%3A%2F%2Fa%2F&url=http%3A%2F%2Fb%2F",
                "/v1/fetch?url=%ff"
            })
    void aUrlThatIsNoneIsNamed(String path) throws IOException {
        Wire.Answer refused = SERVER.as(key, "GET", path, null);
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.code()).isEqualTo("invalid-request");
        assertThat(refused.fields()).containsExactly("url");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ftp://example.com/", "file:///etc/passwd", "gopher://127.0.0.1/", "javascript:1"})
    void anotherSchemeIsRefused(String url) throws IOException {
        Wire.Answer refused = SERVER.as(key, "GET", path(url), null);
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.code()).isEqualTo("origin-refused");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://127.0.0.1:PORT/fresh?guarded",
                "http://localhost:PORT/fresh?guarded",
                "http://[::1]:PORT/fresh?guarded",
                "http://[::ffff:127.0.0.1]:PORT/fresh?guarded",
                "http://0.0.0.0:PORT/fresh?guarded",
                "http://10.0.0.1/",
                "http://192.168.1.1/",
                "http://169.254.169.254/latest/meta-data/",
                "http://[fd00::1]/"
            })
    void aPrivateAddressIsRefusedAndNotAsked(String url) throws IOException {
        int before = GUARDED.as(guarded, "GET", "/v1/usage", null)
                .json()
                .get("operations_total")
                .asInt();
        Wire.Answer refused =
                GUARDED.as(guarded, "GET", path(url.replace("PORT", Integer.toString(ORIGIN.port()))), null);
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.code()).isEqualTo("origin-refused");
        assertThat(refused.text()).doesNotContain("Exception").doesNotContain("java.");
        assertThat(ORIGIN.asked("/fresh?guarded")).isEmpty();
        assertThat(GUARDED.as(guarded, "GET", "/v1/usage", null)
                        .json()
                        .get("operations_total")
                        .asInt())
                .isEqualTo(before);
    }

    @Test
    void anOriginThatGivesNoAnswerFails() throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        for (String url : new String[] {"http://127.0.0.1:" + free + "/", ORIGIN.url("/silent")}) {
            Wire.Answer failed = SERVER.as(key, "GET", path(url), null);
            assertThat(failed.status()).as(url).isEqualTo(502);
            assertThat(failed.code()).isEqualTo("origin-failed");
        }
    }

    @Test
    void aBodyOverTheLimitFailsNamesTheLimitAndIsNotKept() throws IOException {
        for (int i = 1; i <= 2; i++) {
            Wire.Answer failed = fetch("/large");
            assertThat(failed.status()).isEqualTo(502);
            assertThat(failed.code()).isEqualTo("origin-failed");
            assertThat(failed.json().get("limit").asInt()).isEqualTo(2048);
            assertThat(ORIGIN.asked("/large")).hasSize(i);
        }
    }

    @Test
    void aPageIsAnOperationAndOverTheRateTheOriginIsNotAsked() throws IOException {
        String slow = SERVER.tenant("slow", 1);
        assertThat(SERVER.as(slow, "GET", path(ORIGIN.url("/fresh?slow")), null).status())
                .isEqualTo(200);
        for (String directive : new String[] {"Cache-Control: max-age=60", "Cache-Control: no-cache"}) {
            Wire.Answer refused = SERVER.as(slow, "GET", path(ORIGIN.url("/fresh?slow")), null, directive);
            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.code()).isEqualTo("quota-exceeded");
        }
        assertThat(ORIGIN.asked("/fresh?slow")).hasSize(1);
    }

    @Test
    void withoutACredentialNothingIsFetched() throws IOException {
        Wire.Answer refused = SERVER.call("GET", path(ORIGIN.url("/fresh?anonymous")), null);
        assertThat(refused.status()).isEqualTo(401);
        assertThat(refused.code()).isEqualTo("unauthenticated");
        assertThat(ORIGIN.asked("/fresh?anonymous")).isEmpty();
    }
}
