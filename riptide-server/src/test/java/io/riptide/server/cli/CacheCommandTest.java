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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CacheCommandTest {
    @RegisterExtension
    static final LiveServer SERVER = new LiveServer();

    private static final AtomicInteger TENANTS = new AtomicInteger();

    @TempDir
    Path folder;

    private String tenant;
    private Map<String, String> environment;

    @BeforeEach
    void beATenant() throws IOException {
        tenant = "cli-" + TENANTS.incrementAndGet();
        environment = new HashMap<>(Map.of(
                "RIPTIDE_URL",
                "http://127.0.0.1:" + SERVER.port() + "/",
                "RIPTIDE_API_KEY",
                SERVER.tenant(tenant),
                "RIPTIDE_ADMIN_API_KEY",
                LiveServer.ADMIN_KEY));
    }

    private Ran cache(String... arguments) {
        return Ran.with(
                environment,
                Stream.concat(Stream.of("cache"), Stream.of(arguments)).toArray(String[]::new));
    }

    private static JsonNode json(String text) {
        try {
            return new JsonMapper().readTree(text);
        } catch (IOException e) {
            throw new AssertionError(text, e);
        }
    }

    @Test
    void aLiteralIsStoredReadAndRemoved() {
        assertThat(cache("put", "pages", "home", "<h1>Häfen</h1>")).isEqualTo(new Ran(0, "Stored, 15 bytes.\n", ""));
        assertThat(cache("put", "pages", "home", "<h1>Tide</h1>")).isEqualTo(new Ran(0, "Replaced, 13 bytes.\n", ""));
        assertThat(cache("get", "pages", "home")).isEqualTo(new Ran(0, "<h1>Tide</h1>", ""));
        assertThat(cache("delete", "pages", "home").code()).isZero();
        assertThat(cache("get", "pages", "home")).isEqualTo(new Ran(1, "", "riptide: not-found: No such entry.\n"));
        assertThat(cache("delete", "pages", "home").code()).isZero();
    }

    @Test
    void bytesComeAndGoAsTheyAreThroughFilesAndStreams() throws IOException {
        byte[] bytes = new byte[100_000];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (i * 31 + i / 256);
        }
        Path in = Files.write(folder.resolve("in"), bytes);
        Path out = folder.resolve("out");
        assertThat(cache("put", "n", "file", "--file", in.toString()).code()).isZero();
        assertThat(cache("get", "n", "file", "--output", out.toString())).isEqualTo(new Ran(0, "", ""));
        assertThat(out).hasBinaryContent(bytes);

        assertThat(Ran.with(environment, bytes, "cache", "put", "n", "stream").code())
                .isZero();
        ByteArrayOutputStream raw = new ByteArrayOutputStream();
        Terminal terminal = Terminal.of(new ByteArrayInputStream(new byte[0]), raw, new ByteArrayOutputStream());
        assertThat(Main.commandLine(environment, terminal).execute("cache", "get", "n", "stream"))
                .isZero();
        assertThat(raw.toByteArray()).isEqualTo(bytes);
    }

    @Test
    void howAnEntryIsKeptIsSaidAndSeen() {
        Ran put = cache("put", "n", "k", "{}", "--ttl", "60", "--content-type", "application/json", "--json");
        assertThat(put.code()).isZero();
        assertThat(json(put.out()).get("outcome").asText()).isEqualTo("created");
        JsonNode entry = json(cache("get", "n", "k", "--json").out());
        assertThat(entry.get("key").asText()).isEqualTo("k");
        assertThat(entry.get("content_type").asText()).isEqualTo("application/json");
        assertThat(entry.get("size_bytes").asInt()).isEqualTo(2);
        assertThat(entry.get("ttl_seconds").asInt()).isBetween(30, 60);
        assertThat(entry.get("age_seconds").asInt()).isBetween(0, 30);
        assertThat(entry.get("etag")).isEqualTo(json(put.out()).get("etag"));
        assertThat(entry.get("found_in").asText()).isEqualTo("l2");
        assertThat(entry.get("value_base64").asText()).isEqualTo("e30=");
        JsonNode removed = json(cache("delete", "n", "k", "--json").out());
        assertThat(removed.get("outcome").asText()).isEqualTo("absent");
    }

    @Test
    void onlyIfAbsentStoresOnceAndThenRefuses() {
        assertThat(cache("put", "locks", "job", "mine", "--if-absent").code()).isZero();
        Ran second = cache("put", "locks", "job", "yours", "--if-absent");
        assertThat(second.code()).isEqualTo(1);
        assertThat(second.err()).startsWith("riptide: precondition-failed: ").hasLineCount(1);
        assertThat(cache("get", "locks", "job").out()).isEqualTo("mine");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a/b", "a b+c", "50%", "%2F", "ключ", "?x=1&y#z", "@home", "--url", "a;b", "~_.-", "𝄞"})
    void anyKeyIsTakenAsItIs(String key) {
        assertThat(cache("put", "--", "odd", key, "of " + key).err()).isEmpty();
        assertThat(cache("get", "--", "odd", key)).isEqualTo(new Ran(0, "of " + key, ""));
        assertThat(json(cache("list", "odd", "--json").out()).get("entries").findValuesAsText("key"))
                .contains(key);
        assertThat(cache("delete", "--", "odd", key).code()).isZero();
        assertThat(cache("get", "--", "odd", key).code()).isEqualTo(1);
    }

    private void fill(String namespace, int keys) throws IOException {
        for (int from = 0; from < keys; from += 1000) {
            List<String> rows = new ArrayList<>();
            for (int i = from; i < Math.min(keys, from + 1000); i++) {
                rows.add("{\"key\": \"k%d\", \"value\": \"v\", \"ttl_seconds\": 7200}".formatted(i));
            }
            assertThat(SERVER.as(
                                    environment.get("RIPTIDE_API_KEY"),
                                    "POST",
                                    "/v1/cache/" + namespace + "/_batch/set",
                                    "{\"entries\": [" + String.join(",", rows) + "]}")
                            .status())
                    .isEqualTo(200);
        }
    }

    @Test
    void aListGoesOnThroughAllPages() throws IOException {
        fill("many", 2500);
        Ran table = cache("list", "many");
        assertThat(table.code()).isZero();
        assertThat(table.err()).isEmpty();
        List<String> lines = table.out().lines().toList();
        assertThat(lines).hasSize(2501);
        assertThat(lines.getFirst().split(" +")).containsExactly("BYTES", "AGE", "LEFT", "TYPE", "KEY");
        assertThat(lines.stream().skip(1).map(line -> line.substring(line.lastIndexOf(' ') + 1)))
                .doesNotHaveDuplicates()
                .allMatch(key -> key.matches("k\\d+"));
        assertThat(lines.get(1)).contains("1h 59m");
        JsonNode page = json(cache("list", "many", "--json").out());
        assertThat(page.get("entries")).hasSize(2500);
        assertThat(page.has("next_cursor")).isFalse();
        assertThat(page.get("entries").get(0).fieldNames())
                .toIterable()
                .contains("key", "size_bytes", "age_seconds", "ttl_seconds", "content_type", "tags");
    }

    @Test
    void aLimitEndsAListAndItsCursorGoesOn() throws IOException {
        fill("some", 1005);
        JsonNode first = json(cache("list", "some", "--limit", "1002", "--json").out());
        assertThat(first.get("entries")).hasSize(1002);
        JsonNode rest = json(cache(
                        "list",
                        "some",
                        "--json",
                        "--cursor",
                        first.get("next_cursor").asText())
                .out());
        assertThat(rest.get("entries")).hasSize(3);
        assertThat(first.get("entries").findValuesAsText("key"))
                .doesNotContainAnyElementsOf(rest.get("entries").findValuesAsText("key"));
        Ran people = cache("list", "some", "--limit", "2");
        assertThat(people.out()).hasLineCount(3);
        assertThat(people.err()).startsWith("There are more: --cursor ");
        assertThat(cache("list", "none")).isEqualTo(new Ran(0, "BYTES  AGE  LEFT  TYPE  KEY\n", ""));
        assertThat(cache("list", "some", "--cursor", "nonsense").err()).contains("invalid-request: cursor");
    }

    @Test
    void whatWouldSteerTheScreenIsEscaped() {
        assertThat(cache("put", "n", "\u001b[2Jcleared\u202e", "v").code()).isZero();
        assertThat(cache("list", "n").out())
                .contains("\\u{1b}[2Jcleared\\u{202e}")
                .doesNotContain("\u001b");
    }

    @Test
    void statsAreTheAdminsAndCount() {
        cache("put", "n", "k", "v");
        cache("get", "n", "k");
        cache("get", "n", "absent");
        JsonNode stats = json(cache("stats", "--tenant", tenant, "--json").out());
        assertThat(stats.get("tenant_id").asText()).isEqualTo(tenant);
        assertThat(stats.get("entries").asInt()).isEqualTo(1);
        assertThat(stats.get("misses").asInt()).isEqualTo(1);
        assertThat(stats.get("hit_rate").asDouble()).isEqualTo(0.5);
        Ran table = cache("stats", "--tenant", tenant);
        assertThat(table.out().lines().map(line -> line.replaceAll(" +", " ")))
                .startsWith("FIGURE VALUE", "tenant " + tenant, "entries 1")
                .contains("hit rate 50.0 %", "misses 1", "evictions, size 0")
                .anyMatch(line -> line.matches("p99 ms \\d+\\.\\d{3}"));
        assertThat(cache("stats").code()).isZero();
        Ran unknown = cache("stats", "--tenant", "nobody");
        assertThat(unknown.code()).isEqualTo(1);
        assertThat(unknown.err()).startsWith("riptide: not-found: ");
    }

    @Test
    void entriesAreInvalidatedByWhatTheyHaveInCommon() {
        cache("put", "n", "a/1", "v", "--tag", "red", "--tag", "blue");
        cache("put", "n", "a/2", "v");
        cache("put", "n", "b", "v", "--tag", "red");
        cache("put", "m", "c", "v");
        assertThat(cache("invalidate", "--tenant", tenant, "--tag", "blue")).isEqualTo(new Ran(0, "Removed 1.\n", ""));
        assertThat(cache("invalidate", "--tenant", tenant, "--namespace", "n", "--prefix", "a/", "--stale"))
                .isEqualTo(new Ran(0, "Ended 1.\n", ""));
        assertThat(cache("get", "n", "b").code()).isZero();
        JsonNode answer = json(cache("invalidate", "--tenant", tenant, "--namespace", "n", "--key", "b", "--json")
                .out());
        assertThat(answer.get("removed").asInt()).isEqualTo(1);
        assertThat(answer.get("exact").asBoolean()).isTrue();
        assertThat(cache("get", "m", "c").code()).isZero();
        assertThat(cache("invalidate", "--tenant", tenant, "--all").out()).isEqualTo("Removed 1.\n");
        assertThat(cache("get", "m", "c").code()).isEqualTo(1);
        assertThat(cache("invalidate", "--tenant", tenant).code()).isEqualTo(2);
        assertThat(cache("invalidate", "--tenant", tenant, "--all", "--tag", "x")
                        .err())
                .contains("--all");
        assertThat(cache("invalidate", "--tenant", tenant, "--key", "x").err())
                .startsWith("riptide: invalid-request: namespace: ");
        assertThat(cache("put", "n", "k", "v", "--tag", "a,b").code()).isEqualTo(2);
    }

    @Test
    void aKeyIsExplained() {
        cache("put", "n", "k", "v", "--tag", "red");
        assertThat(cache("explain", "n", "k", "--tenant", tenant).out().lines().map(line -> line.replaceAll(" +", " ")))
                .startsWith("WHAT VALUE", "tenant " + tenant, "namespace n", "key k", "state present", "tiers l2")
                .contains("tags red", "value bytes 1");
        cache("invalidate", "--tenant", tenant, "--tag", "red");
        assertThat(cache("explain", "n", "k", "--tenant", tenant).out().lines().map(line -> line.replaceAll(" +", " ")))
                .contains("state absent", "reason removed", "by tag red");
        assertThat(json(cache("explain", "n", "x", "--tenant", tenant, "--json").out())
                        .get("reason")
                        .asText())
                .isEqualTo("never_stored");
        assertThat(cache("explain", "n", "k").code()).isEqualTo(2);
    }

    @Test
    void eachPlaneTakesItsOwnKey() {
        Ran admin = cache("get", "n", "k", "--api-key", LiveServer.ADMIN_KEY);
        assertThat(admin.code()).isEqualTo(1);
        assertThat(admin.err()).startsWith("riptide: access-denied: ");
        Ran tenantKey = cache("stats", "--api-key", environment.get("RIPTIDE_API_KEY"));
        assertThat(tenantKey.code()).isEqualTo(1);
        assertThat(tenantKey.err()).startsWith("riptide: access-denied: ");
    }

    @Test
    void withoutAKeyItSaysWhereOneIsTakenFrom() {
        environment.put("RIPTIDE_API_KEY", "");
        environment.remove("RIPTIDE_ADMIN_API_KEY");
        assertThat(cache("get", "n", "k").err())
                .startsWith("riptide: unauthenticated: ")
                .contains("--api-key or RIPTIDE_API_KEY");
        assertThat(cache("stats").err()).contains("--api-key or RIPTIDE_ADMIN_API_KEY");
    }

    @Test
    void aProblemIsADocumentForPrograms() {
        Ran absent = cache("get", "n", "absent", "--json");
        assertThat(absent.code()).isEqualTo(1);
        assertThat(absent.out()).isEmpty();
        assertThat(json(absent.err()).get("type").asText()).isEqualTo("urn:riptide:problem:not-found");
        assertThat(json(absent.err()).get("request_id").asText()).isNotEmpty();
        Ran ttl = cache("put", "n", "k", "v", "--ttl", "0");
        assertThat(ttl).isEqualTo(new Ran(1, "", ttl.err()));
        assertThat(ttl.err())
                .startsWith("riptide: invalid-request: X-RipTide-TTL: ")
                .hasLineCount(1);
    }

    @Test
    void aKeyThatIsWrongIsNotShown() {
        String wrong = "rtk_unknown_secretsecretsecret";
        Ran refused = cache("get", "n", "k", "--api-key", wrong);
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.out() + refused.err()).contains("unauthenticated").doesNotContain("secretsecret");
        Ran unusable = cache("get", "n", "k", "--api-key", "not a key with secretsecret");
        assertThat(unusable.code()).isEqualTo(2);
        assertThat(unusable.err()).startsWith("riptide: --api-key: expected").doesNotContain("secretsecret");
    }

    @Test
    void wrongUsageIsToldBeforeAnythingIsCalled() {
        for (String[] arguments : new String[][] {
            {"get", "n"},
            {"get", "n", "k", "more"},
            {"get", "n", "k", "--nonsense"},
            {"get", "n", "bad\uFFFD"},
            {"get", "n", "k", "--url", "ftp://127.0.0.1"},
            {"get", "n", "k", "--url", "127.0.0.1:8080"},
            {"get", "n", "k", "--url", "http://user:secretsecret@127.0.0.1"},
            {"get", "n", "k", "--url", "http://127.0.0.1/?x"},
            {"put", "n", "k", "v", "--file", "f"},
            {"put", "n", "k", "v\uFFFD"},
            {"put", "n", "k", "v", "--ttl", "soon"},
            {"put", "n", "k", "v", "--content-type", "text/ü"},
            {"put", "n", "k", "v", "--content-type", "a\nb: c"},
            {"list", "n", "--limit", "0"},
            {"list", "n", "--limit", "x"},
        }) {
            Ran ran = cache(arguments);
            assertThat(ran.code()).as(String.join(" ", arguments)).isEqualTo(2);
            assertThat(ran.err()).startsWith("riptide: ").contains("--help").doesNotContain("secretsecret");
            assertThat(ran.err()).as(String.join(" ", arguments)).hasLineCount(1);
            assertThat(ran.out()).isEmpty();
        }
        assertThat(json(cache("stats", "--tenant", tenant, "--json").out())
                        .get("misses")
                        .asInt())
                .isZero();
    }

    @Test
    void aFileThatCannotBeReadOrWrittenIsNamed() {
        String absent = folder.resolve("absent").toString();
        assertThat(cache("put", "n", "k", "--file", absent))
                .isEqualTo(new Ran(1, "", "riptide: --file: " + absent + ": there is no such file\n"));
        assertThat(cache("put", "n", "k", "--file", folder.toString()).err()).contains("cannot be read");
        cache("put", "n", "k", "v");
        assertThat(cache("get", "n", "k", "--output", absent + "/x"))
                .isEqualTo(new Ran(1, "", "riptide: --output: " + absent + "/x: cannot be written\n"));
    }

    @Test
    void anOutputThatTakesNoMoreIsAFailure() throws IOException {
        fill("many", 2500);
        cache("put", "n", "k", "v");
        OutputStream full = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("No space left on device");
            }
        };
        for (String[] arguments : new String[][] {
            {"cache", "get", "n", "k"}, {"cache", "list", "many"}, {"cache", "list", "many", "--json"}
        }) {
            ByteArrayOutputStream err = new ByteArrayOutputStream();
            Terminal terminal = Terminal.of(new ByteArrayInputStream(new byte[0]), full, err);
            assertThat(Main.commandLine(environment, terminal).execute(arguments))
                    .as(String.join(" ", arguments))
                    .isEqualTo(1);
            assertThat(err.toString(StandardCharsets.UTF_8)).doesNotContain("\tat ");
        }
    }

    @Test
    void aValueOverTheLimitIsTheServersToRefuse() {
        Ran ran = Ran.with(environment, new byte[(16 << 20) + 1], "cache", "put", "n", "large");
        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.err()).startsWith("riptide: entry-too-large: ");
    }
}
