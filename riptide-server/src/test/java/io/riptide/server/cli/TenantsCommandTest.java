package io.riptide.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.riptide.server.LiveServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class TenantsCommandTest {
    private static final String MASTER_KEY = "security.master_key=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

    @RegisterExtension
    static final LiveServer SERVER = new LiveServer(MASTER_KEY);

    @TempDir
    Path folder;

    private static Map<String, String> environment() {
        return Map.of(
                "RIPTIDE_URL", "http://127.0.0.1:" + SERVER.port(), "RIPTIDE_ADMIN_API_KEY", LiveServer.ADMIN_KEY);
    }

    private static String[] words(String... arguments) {
        return Stream.concat(Stream.of("tenants"), Stream.of(arguments)).toArray(String[]::new);
    }

    private static Ran tenants(String... arguments) {
        return Ran.with(environment(), words(arguments));
    }

    private static Ran create(String id, String... more) {
        List<String> all = new ArrayList<>(List.of(
                "create", id, "--name", "N of " + id, "--owner-name", "Ann", "--owner-email", "ann@example.com"));
        all.addAll(List.of(more));
        return tenants(all.toArray(String[]::new));
    }

    private static JsonNode json(String text) throws IOException {
        return new JsonMapper().readTree(text);
    }

    private static JsonNode shown(String id) throws IOException {
        return json(tenants("show", id, "--json").out());
    }

    private static List<String> lines(Ran ran) {
        return ran.out().lines().map(line -> line.replaceAll(" +", " ")).toList();
    }

    private static int read(String key) throws IOException {
        return SERVER.as(key, "GET", "/v1/usage", null).status();
    }

    @Test
    void aTenantIsMadeAndItsKeyIsAloneOnTheOutput() throws IOException {
        Ran made = create("made", "--plan", "pro", "--operations-per-minute", "600", "--storage-bytes", "0");
        assertThat(made.code()).as(made.err()).isZero();
        assertThat(made.out()).matches("rtk_\\w+\n");
        assertThat(made.err())
                .isEqualTo("Made the tenant made. Its first API key, which is not shown again:\n")
                .doesNotContain("rtk_");
        assertThat(read(made.out().strip())).isEqualTo(200);
        Ran shown = tenants("show", "made");
        assertThat(lines(shown))
                .startsWith(
                        "WHAT VALUE",
                        "id made",
                        "name N of made",
                        "owner name Ann",
                        "owner email ann@example.com",
                        "billing plan pro",
                        "status active",
                        "memory bytes 104,857,600",
                        "operations per minute 600",
                        "storage bytes 0",
                        "active sessions 100",
                        "encrypted no");
        assertThat(shown.out()).doesNotContain("rtk_", "suspended reason", "policy");
        assertThat(create("made", "--plan", "pro").err())
                .startsWith("riptide: conflict: ")
                .doesNotContain("rtk_");
    }

    @Test
    void forProgramsTheAnswerIsPrintedAsItIs() throws IOException {
        Ran made = tenants(
                "create",
                "--name",
                "N",
                "--owner-name",
                "O",
                "--owner-email",
                "o@example.com",
                "--plan",
                "free",
                "--encryption",
                "--json");
        assertThat(made.err()).isEmpty();
        JsonNode tenant = json(made.out());
        assertThat(tenant.get("id").asText()).as("made by the server").hasSize(16);
        assertThat(tenant.get("encryption_enabled").asBoolean()).isTrue();
        assertThat(read(tenant.get("api_key").asText())).isEqualTo(200);
        assertThat(shown(tenant.get("id").asText()).has("api_key")).isFalse();
    }

    @Test
    void settingsAreTheObjectOfAFileAndStayUntilAnotherComes() throws IOException {
        String written = "{\"team\":\"a\",\"share\":0.1,\"far\":12345678901234567890,\"nested\":{\"list\":[1,null]}}";
        Path settings = Files.writeString(folder.resolve("settings.json"), written);
        assertThat(create("set", "--plan", "free", "--settings", settings.toString())
                        .code())
                .isZero();
        assertThat(tenants("show", "set", "--json").out()).contains("\"settings\":" + written);
        assertThat(tenants("update", "set", "--name", "New").code()).isZero();
        assertThat(tenants("show", "set", "--json").out()).contains("\"settings\":" + written);
        Files.writeString(settings, "{}");
        assertThat(tenants("update", "set", "--settings", settings.toString()).code())
                .isZero();
        assertThat(shown("set").get("settings")).isEmpty();
        for (String wrong : List.of("[]", "{", "{} {}", "", "null")) {
            Files.writeString(settings, wrong);
            Ran refused = tenants("update", "set", "--settings", settings.toString());
            assertThat(refused.code()).as(wrong).isEqualTo(2);
            assertThat(refused.err()).as(wrong).contains("--settings: ", "expected a JSON object");
        }
    }

    @Test
    void whatIsNamedChangesAndTheRestStays() throws IOException {
        create("changed", "--plan", "basic", "--memory-bytes", "1000", "--encryption");
        Path policies = Files.writeString(
                folder.resolve("policies.json"),
                "[{\"effect\": \"deny\", \"actions\": [\"cache:write\"], \"resources\": [\"cache/a/*\", \"usage\"]}]");
        Ran changed = tenants(
                "update",
                "changed",
                "--name",
                "New",
                "--plan",
                "pro",
                "--active-sessions",
                "7",
                "--no-encryption",
                "--access-policies",
                policies.toString());
        assertThat(changed.code()).as(changed.err()).isZero();
        assertThat(lines(changed)).contains("policy deny cache:write on cache/a/* usage", "encrypted no");
        JsonNode now = shown("changed");
        assertThat(now.get("name").asText()).isEqualTo("New");
        assertThat(now.get("owner_name").asText()).isEqualTo("Ann");
        assertThat(now.get("billing_plan").asText()).isEqualTo("pro");
        assertThat(now.get("quotas").get("memory_bytes").asLong()).isEqualTo(1000);
        assertThat(now.get("quotas").get("active_sessions").asLong()).isEqualTo(7);
        Files.writeString(policies, "[]");
        assertThat(tenants("update", "changed", "--access-policies", policies.toString())
                        .code())
                .isZero();
        assertThat(shown("changed").get("access_policies")).isEmpty();
        Files.writeString(policies, "{\"effect\": \"deny\"}");
        Ran wrong = tenants("update", "changed", "--access-policies", policies.toString());
        assertThat(wrong.code()).isEqualTo(2);
        assertThat(wrong.err()).contains("--access-policies", "expected a JSON array of policies");
        Ran absent = tenants("update", "changed", "--access-policies", folder + "/absent");
        assertThat(absent).isEqualTo(new Ran(1, "", absent.err()));
        assertThat(absent.err()).contains("--access-policies", "there is no such file");
    }

    @Test
    void aListGoesOnThroughAllPagesAndMayBeNarrowed() throws IOException {
        for (int i = 0; i < 5; i++) {
            create("listed-" + i, "--plan", "enterprise");
        }
        SERVER.as(LiveServer.ADMIN_KEY, "POST", "/admin/tenants/listed-3/suspend", "{\"reason\": \"r\"}");
        Ran all = tenants("list", "--plan", "enterprise");
        assertThat(all.err()).isEmpty();
        assertThat(lines(all)).hasSize(6);
        assertThat(lines(all).getFirst()).isEqualTo("TENANT STATUS PLAN OPS/MIN MEMORY STORAGE ENCRYPTED CREATED NAME");
        assertThat(lines(all).get(4))
                .matches("listed-3 suspended enterprise 1,000 104,857,600 1,073,741,824 no \\S+Z N of listed-3");
        assertThat(lines(tenants("list", "--plan", "enterprise", "--status", "suspended")))
                .hasSize(2);
        Ran first = tenants("list", "--plan", "enterprise", "--limit", "2");
        assertThat(lines(first)).hasSize(3);
        assertThat(first.err()).startsWith("There are more: --cursor ");
        String cursor = first.err().strip().replaceAll(".* ", "");
        JsonNode rest = json(tenants("list", "--plan", "enterprise", "--cursor", cursor, "--json")
                .out());
        assertThat(rest.get("tenants").findValuesAsText("id")).containsExactly("listed-2", "listed-3", "listed-4");
        assertThat(rest.has("next_cursor")).isFalse();
    }

    @Test
    void aListOfMoreThanOnePageIsWhole() throws IOException {
        for (int i = 0; i < 1_001; i++) {
            SERVER.as(LiveServer.ADMIN_KEY, "POST", "/admin/tenants", """
                    {"id": "page-%d", "name": "T", "owner_name": "O", "owner_email": "o@example.com",
                     "billing_plan": "basic"}""".formatted(i));
        }
        Ran table = tenants("list", "--plan", "basic");
        assertThat(lines(table).stream().filter(line -> line.startsWith("page-")))
                .hasSize(1_001)
                .doesNotHaveDuplicates();
        assertThat(table.out().split("TENANT")).as("one head").hasSize(2);
    }

    @Test
    void aTenantIsSuspendedAndResumed() throws IOException {
        String key = create("turned", "--plan", "free").out().strip();
        assertThat(tenants("suspend", "turned", "--reason", "unpaid"))
                .isEqualTo(new Ran(0, "turned is suspended.\n", ""));
        assertThat(lines(tenants("show", "turned"))).contains("status suspended", "suspended reason unpaid");
        assertThat(read(key)).isEqualTo(403);
        assertThat(tenants("resume", "turned")).isEqualTo(new Ran(0, "turned is active.\n", ""));
        assertThat(read(key)).isEqualTo(200);
        assertThat(json(tenants("suspend", "turned", "--reason", "r", "--json").out())
                        .get("status")
                        .asText())
                .isEqualTo("suspended");
        assertThat(tenants("suspend", "turned").err()).contains("--reason");
        assertThat(tenants("suspend", "turned", "--reason", " ").code()).isEqualTo(2);
    }

    @Test
    void nothingIsRemovedUnlessThatIsConfirmed() throws IOException {
        String key = create("removed", "--plan", "free").out().strip();
        Ran unasked = tenants("delete", "removed");
        assertThat(unasked.code()).isEqualTo(2);
        assertThat(unasked.err()).contains("--yes: expected");
        for (String typed : new String[] {"", "\n", "y\n", "yes\n", "removed2\n"}) {
            Ran other = Ran.typing(environment(), typed, words("delete", "removed"));
            assertThat(other.code()).as(typed).isEqualTo(1);
            assertThat(other.out()).isEmpty();
            assertThat(other.err()).contains("Type removed to remove it", "nothing was removed");
        }
        assertThat(read(key)).isEqualTo(200);
        Ran typed = Ran.typing(environment(), "removed\r\nmore", words("delete", "removed"));
        assertThat(typed.code()).as(typed.err()).isZero();
        assertThat(typed.out()).startsWith("removed is being removed");
        assertThat(read(key)).isEqualTo(401);
        create("removed-2", "--plan", "free");
        assertThat(json(tenants("delete", "removed-2", "--yes", "--json").out())
                        .get("status")
                        .asText())
                .isEqualTo("deleting");
    }

    @Test
    void wrongUsageNamesTheOption() {
        for (String[] arguments : new String[][] {
            {"--name", "create", "x", "--owner-name", "O", "--owner-email", "o@example.com", "--plan", "free"},
            {"--owner-email, --plan", "create", "x", "--name", "N", "--owner-name", "O"},
            {"--memory-bytes", "update", "x", "--memory-bytes", "-1"},
            {"--storage-bytes", "update", "x", "--storage-bytes", "1e9"},
            {"--operations-per-minute", "update", "x", "--operations-per-minute", "0"},
            {"--active-sessions", "update", "x", "--active-sessions", "99999999999999999999"},
            {"--name", "update", "x", "--name", "bad\uFFFD"},
            {"--plan", "update", "x"},
            {"TENANT", "show"},
            {"TENANT", "show", "bad\uFFFD"},
            {"--status", "list", "--status", "asleep"},
            {"--limit", "list", "--limit", "0"},
        }) {
            Ran ran = tenants(Stream.of(arguments).skip(1).toArray(String[]::new));
            String what = String.join(" ", arguments);
            assertThat(ran.code()).as(what).isEqualTo(2);
            assertThat(ran.err()).as(what).startsWith("riptide: ").contains(arguments[0]);
            assertThat(ran.err()).as(what).hasLineCount(1);
            assertThat(ran.out()).isEmpty();
        }
    }

    @Test
    void whatTheServerRefusesIsItsProblem() throws IOException {
        Ran plan = create("refused", "--plan", "gold");
        assertThat(plan.code()).isEqualTo(1);
        assertThat(plan.err()).startsWith("riptide: invalid-request: billing_plan: gold (expected: ");
        Ran several = create("refused/2", "--plan", "gold", "--memory-bytes", Long.toString(Long.MAX_VALUE));
        assertThat(several.err()).contains("\n  id: ", "\n  billing_plan: ", "\n  quotas.memory_bytes: ");
        for (String command : List.of("show", "resume")) {
            assertThat(tenants(command, "nobody").err()).startsWith("riptide: not-found: ");
        }
        assertThat(tenants("delete", "nobody", "--yes").code()).isEqualTo(1);
        assertThat(tenants("show", "").code()).isEqualTo(1);
        assertThat(json(tenants("show", "nobody", "--json").err()).get("type").asText())
                .isEqualTo("urn:riptide:problem:not-found");
        String key = create("refused", "--plan", "free").out().strip();
        assertThat(tenants("list", "--api-key", key).err()).startsWith("riptide: access-denied: ");
    }

    @Test
    void whatWouldSteerTheScreenIsEscaped() {
        Ran made = tenants(
                "create",
                "steers",
                "--name",
                "\u202eevil",
                "--owner-name",
                "O",
                "--owner-email",
                "o@example.com",
                "--plan",
                "free");
        assertThat(made.code()).as(made.err()).isZero();
        assertThat(tenants("show", "steers").out()).contains("\\u{202e}evil").doesNotContain("\u202e");
        assertThat(tenants("list", "--plan", "free").out()).doesNotContain("\u202e");
    }
}
