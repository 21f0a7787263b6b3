package io.riptide.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.riptide.server.LiveServer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class KeysCommandTest {
    @RegisterExtension
    static final LiveServer SERVER = new LiveServer();

    private static final AtomicInteger TENANTS = new AtomicInteger();

    private String tenant;

    @BeforeEach
    void aTenant() throws IOException {
        tenant = "keys-" + TENANTS.incrementAndGet();
        SERVER.tenant(tenant);
    }

    private static Map<String, String> environment() {
        return Map.of(
                "RIPTIDE_URL", "http://127.0.0.1:" + SERVER.port(), "RIPTIDE_ADMIN_API_KEY", LiveServer.ADMIN_KEY);
    }

    private static Ran keys(String... arguments) {
        return Ran.with(
                environment(),
                Stream.concat(Stream.of("keys"), Stream.of(arguments)).toArray(String[]::new));
    }

    private static JsonNode json(String text) throws IOException {
        return new JsonMapper().readTree(text);
    }

    private static String id(String key) {
        return key.split("_")[1];
    }

    private static List<String> lines(Ran ran) {
        return ran.out().lines().map(line -> line.replaceAll(" +", " ")).toList();
    }

    private static int status(String key, String path) throws IOException {
        return SERVER.as(key, "GET", path, null).status();
    }

    @Test
    void aKeyIsMadeShownOnceListedAndRevoked() throws IOException {
        Ran made = keys("create", "--tenant", tenant, "--name", "web", "--scope", "usage:read,cache:read");
        assertThat(made.code()).as(made.err()).isZero();
        assertThat(made.out()).matches("rtk_\\w+\n");
        String key = made.out().strip();
        assertThat(made.err()).isEqualTo("Made the API key " + id(key) + ", which is not shown again:\n");
        assertThat(status(key, "/v1/usage")).isEqualTo(200);
        assertThat(status(key, "/v1/cache/n/k")).isEqualTo(404);
        assertThat(SERVER.as(key, "DELETE", "/v1/cache/n/k", null).status()).isEqualTo(403);

        Ran list = keys("list", "--tenant", tenant);
        assertThat(list.err()).isEmpty();
        assertThat(list.out()).doesNotContain("rtk_", key);
        assertThat(lines(list))
                .hasSize(3)
                .startsWith("KEY MAY CREATED EXPIRES LAST USED NAME")
                .anyMatch(line -> line.matches(id(key) + " cache:read usage:read \\S+Z - \\S+ web"))
                .anyMatch(line -> line.matches("\\w+ all \\S+Z - - first"));

        assertThat(keys("revoke", id(key), "--tenant", tenant))
                .isEqualTo(new Ran(0, "The API key " + id(key) + " opens nothing any more.\n", ""));
        assertThat(status(key, "/v1/usage")).isEqualTo(401);
        Ran again = keys("revoke", id(key), "--tenant", tenant);
        assertThat(again.code()).isEqualTo(1);
        assertThat(again.err()).startsWith("riptide: not-found: ");
    }

    @Test
    void aKeyIsReplacedAndTheOldOneEndsWhenAsked() throws IOException {
        String old = keys("create", "--tenant", tenant, "--name", "web").out().strip();
        Ran rotated = keys("rotate", id(old), "--tenant", tenant);
        String second = rotated.out().strip();
        assertThat(rotated.err())
                .isEqualTo("In place of the API key " + id(old) + ", which opens for 1d 0h more, there is now "
                        + id(second) + ", which is not shown again:\n");
        assertThat(status(old, "/v1/usage")).isEqualTo(200);
        assertThat(status(second, "/v1/usage")).isEqualTo(200);
        Ran atOnce = keys("rotate", id(second), "--tenant", tenant, "--overlap-seconds", "0", "--json");
        assertThat(atOnce.err()).isEmpty();
        assertThat(status(second, "/v1/usage")).isEqualTo(401);
        assertThat(json(atOnce.out()).get("name").asText()).isEqualTo("web");
        assertThat(status(json(atOnce.out()).get("api_key").asText(), "/v1/usage"))
                .isEqualTo(200);
    }

    @Test
    void administratorsKeysHaveARole() throws IOException {
        Ran made = keys("create", "--admin", "--name", "watcher", "--role", "viewer", "--expires-in-seconds", "60");
        String key = made.out().strip();
        assertThat(status(key, "/admin/tenants")).isEqualTo(200);
        assertThat(SERVER.as(key, "DELETE", "/admin/tenants/" + tenant, null).status())
                .isEqualTo(403);
        assertThat(lines(keys("list", "--admin")))
                .anyMatch(line -> line.matches(id(key) + " viewer \\S+Z \\S+Z \\S+ watcher"));
        Ran rotated = keys("rotate", id(key), "--admin", "--overlap-seconds", "0");
        assertThat(status(key, "/admin/tenants")).isEqualTo(401);
        String second = rotated.out().strip();
        JsonNode revoked = json(keys("revoke", id(second), "--admin", "--json").out());
        assertThat(revoked.get("key_id").asText()).isEqualTo(id(second));
        assertThat(status(second, "/admin/tenants")).isEqualTo(401);
    }

    @Test
    void aListGoesOnThroughAllPages() throws IOException {
        for (int i = 0; i < 4; i++) {
            keys("create", "--tenant", tenant, "--name", "k" + i);
        }
        JsonNode first =
                json(keys("list", "--tenant", tenant, "--limit", "2", "--json").out());
        assertThat(first.get("keys")).hasSize(2);
        JsonNode rest = json(keys(
                        "list",
                        "--tenant",
                        tenant,
                        "--cursor",
                        first.get("next_cursor").asText(),
                        "--json")
                .out());
        assertThat(rest.get("keys")).hasSize(3);
        assertThat(rest.get("keys").findValuesAsText("key_id"))
                .doesNotContainAnyElementsOf(first.get("keys").findValuesAsText("key_id"));
    }

    @Test
    void wrongUsageNamesTheOption() {
        for (String[] arguments : new String[][] {
            {"--tenant", "list"},
            {"--admin", "list", "--tenant", "x", "--admin"},
            {"--name", "create", "--tenant", "x"},
            {"--scope", "create", "--tenant", "x", "--name", "n", "--scope", "cache:everything"},
            {"--scope", "create", "--admin", "--name", "n", "--role", "viewer", "--scope", "cache:read"},
            {"--role", "create", "--tenant", "x", "--name", "n", "--role", "viewer"},
            {"--role", "create", "--admin", "--name", "n"},
            {"--role", "create", "--admin", "--name", "n", "--role", "king"},
            {"--expires-in-seconds", "create", "--tenant", "x", "--name", "n", "--expires-in-seconds", "0"},
            {"--expires-in-seconds", "create", "--tenant", "x", "--name", "n", "--expires-in-seconds", "soon"},
            {"--overlap-seconds", "rotate", "k", "--tenant", "x", "--overlap-seconds", "-1"},
            {"KEY_ID", "rotate", "--tenant", "x"},
            {"KEY_ID", "revoke", "rtk_id_secretsecret", "--tenant", "x"},
            {"KEY_ID", "rotate", "rtk_id_secretsecret", "--admin"},
        }) {
            Ran ran = keys(Stream.of(arguments).skip(1).toArray(String[]::new));
            String what = String.join(" ", arguments);
            assertThat(ran.code()).as(what).isEqualTo(2);
            assertThat(ran.err())
                    .as(what)
                    .startsWith("riptide: ")
                    .contains(arguments[0])
                    .doesNotContain("secretsecret");
            assertThat(ran.err()).as(what).hasLineCount(1);
            assertThat(ran.out()).isEmpty();
        }
    }

    @Test
    void whatTheServerRefusesIsItsProblem() {
        assertThat(keys("list", "--tenant", "nobody").err()).startsWith("riptide: not-found: ");
        assertThat(keys("list", "--tenant", "").code()).isEqualTo(1);
        Ran life = keys("create", "--tenant", tenant, "--name", "n", "--expires-in-seconds", "999999999");
        assertThat(life.err()).startsWith("riptide: invalid-request: expires_in_seconds: ");
        assertThat(life.out()).isEmpty();
    }

    @Test
    void aKeyThatCouldNotBePrintedIsAFailure() {
        OutputStream full = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("No space left on device");
            }
        };
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Terminal terminal = Terminal.of(new ByteArrayInputStream(new byte[0]), full, err);
        int code = Main.commandLine(environment(), terminal)
                .execute("keys", "create", "--tenant", tenant, "--name", "lost");
        assertThat(code).isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("the key was made, but");
    }
}
