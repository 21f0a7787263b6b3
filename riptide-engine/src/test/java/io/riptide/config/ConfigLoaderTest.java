package io.riptide.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.riptide.config.CacheConfig.Compression;
import io.riptide.config.CacheConfig.Durability;
import io.riptide.config.CacheConfig.LoadConfig;
import io.riptide.config.CacheConfig.NamespaceConfig;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigLoaderTest {
    private static final String KNOWN =
            " (known here: audit, billing, observability, persistence, security, server, web)";

    @TempDir
    Path folder;

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private ConfigOutcome load(Map<String, String> environment, String... settings) {
        return new ConfigLoader(environment).load(List.of(folder), List.of(settings));
    }

    private ConfigOutcome.Valid valid(Map<String, String> environment, String... settings) {
        ConfigOutcome outcome = load(environment, settings);
        assertThat(outcome).as(outcome.toString()).isInstanceOf(ConfigOutcome.Valid.class);
        return (ConfigOutcome.Valid) outcome;
    }

    /** The errors with the folder's name cut off. */
    private List<String> errors(Map<String, String> environment, String... settings) {
        ConfigOutcome outcome = load(environment, settings);
        assertThat(outcome).isInstanceOf(ConfigOutcome.Invalid.class);
        return ((ConfigOutcome.Invalid) outcome)
                .errors().stream()
                        .map(e -> e.toString().replace(folder + "/", ""))
                        .toList();
    }

    private List<String> errorsOf(String yaml) throws IOException {
        write("a.yml", yaml);
        return errors(Map.of());
    }

    private static ConfigValue value(ConfigOutcome.Valid valid, String path) {
        return valid.values().stream()
                .filter(v -> v.path().equals(path))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void absentFolderGivesTheDocumentedDefaults() {
        ConfigOutcome outcome = new ConfigLoader(Map.of()).load(List.of(folder.resolve("absent")), List.of());
        PersistenceConfig config = ((ConfigOutcome.Valid) outcome).config();
        assertThat(config).isEqualTo(PersistenceConfig.defaults());
        assertThat(config.cache())
                .isEqualTo(new CacheConfig(
                        3600,
                        2_592_000,
                        16 << 20,
                        256L << 20,
                        Durability.BUFFERED,
                        true,
                        Compression.LZ4,
                        1024,
                        Map.of()));
        assertThat(config.tenant())
                .isEqualTo(new TenantConfig(
                        true, new TenantConfig.QuotaConfig(100L << 20, 1000, 1L << 30, 100), 1_000_000));
        assertThat(config.rocksdb()).isEqualTo(new StoreConfig(128L << 20, 64L << 20));
        assertThat(config.shutdownTimeoutSeconds()).isEqualTo(30);
        assertThat(config.web()).isEqualTo(new WebConfig("RipTide/2.0", false, 10 << 20));
        assertThat(config.server()).isEqualTo(new ServerConfig("127.0.0.1", 8080, 10_000));
    }

    @Test
    void laterFileThenEnvironmentThenCommandLineWinsKeyByKey() throws IOException {
        write("10.yml", "server:\n  host: one\n  port: 1\n  max_connections: 1\nweb:\n  max_body_bytes: 7\n");
        write("20.yaml", "server: {port: 2, max_connections: 2}\n");
        write("30.txt", "this: [is no configuration");
        write(".40.yml", "nor: this");
        Map<String, String> environment = Map.of("RIPTIDE_SERVER__MAX_CONNECTIONS", "3");
        ConfigOutcome.Valid valid = valid(environment, "server.max_connections=4", "server.max_connections=5");
        assertThat(valid.config().server()).isEqualTo(new ServerConfig("one", 2, 5));
        assertThat(valid.config().web().maxBodyBytes()).isEqualTo(7);
        assertThat(value(valid, "server.host").origin()).hasToString(folder.resolve("10.yml") + ":2");
        assertThat(value(valid, "server.port").origin()).hasToString(folder.resolve("20.yaml") + ":1");
        assertThat(value(valid, "server.max_connections").origin()).hasToString("--set");
        assertThat(value(valid, "web.user_agent").origin()).hasToString("default");
        assertThat(value(valid(environment), "server.max_connections").origin())
                .hasToString("environment RIPTIDE_SERVER__MAX_CONNECTIONS");
    }

    @Test
    void laterFoldersWin(@TempDir Path other) throws IOException {
        write("z.yml", "server: {port: 1, host: first}");
        Files.writeString(other.resolve("a.yml"), "server: {port: 2}");
        ConfigOutcome outcome = new ConfigLoader(Map.of()).load(List.of(folder, other), List.of());
        assertThat(((ConfigOutcome.Valid) outcome).config().server()).isEqualTo(new ServerConfig("first", 2, 10_000));
    }

    @Test
    void jsonIsReadAsWell() throws IOException {
        write(
                "a.yml",
                "{\"web\": {\"allow_private_addresses\": true}, \"persistence\":\n {\"cache\":"
                        + " {\"durability\": \"synced\", \"compression_algorithm\": \"none\"}}}");
        PersistenceConfig config = valid(Map.of()).config();
        assertThat(config.web().allowPrivateAddresses()).isTrue();
        assertThat(config.cache().durability()).isEqualTo(Durability.SYNCED);
        assertThat(config.cache().compressionAlgorithm()).isEqualTo(Compression.NONE);
    }

    @Test
    void namespacesTakeNamesWithDotsFromEverySource() throws IOException {
        write("a.yml", "persistence: {cache: {namespaces: {a.b: {default_ttl_seconds: 5}, web: {}}}}");
        ConfigOutcome.Valid valid = valid(
                Map.of("RIPTIDE_PERSISTENCE__CACHE__NAMESPACES__SEARCH__DEFAULT_TTL_SECONDS", "6"),
                "persistence.cache.namespaces.c.d.default_ttl_seconds=7");
        assertThat(valid.config().cache().namespaces())
                .isEqualTo(Map.of(
                        "a.b", NamespaceConfig.ttl(5),
                        "search", NamespaceConfig.ttl(6),
                        "c.d", NamespaceConfig.ttl(7)));
    }

    @Test
    void whatANamespaceLeavesOutIsTheGeneralOrTheDefault() throws IOException {
        write("a.yml", """
                persistence:
                  cache:
                    default_ttl_seconds: 60
                    namespaces:
                      a.b: {ttl_jitter_percent: 10, early_refresh_percent: 20}
                      c: {load_hard_timeout_ms: 250, default_ttl_seconds: 5}
                      d:
                        load_hard_timeout_ms: 100
                        load_soft_timeout_ms: 99
                        stale_while_revalidate_seconds: 1
                        stale_if_error_seconds: 2
                        negative_ttl_seconds: 3
                        failure_ttl_seconds: 4
                """);
        CacheConfig cache = valid(Map.of(), "persistence.cache.namespaces.a.b.ttl_jitter_percent=11")
                .config()
                .cache();
        assertThat(cache.namespaces())
                .isEqualTo(Map.of(
                        "a.b", new NamespaceConfig(60, 11, new LoadConfig(0, 0, 20, 0, 0, 0, 0)),
                        "c", new NamespaceConfig(5, 0, new LoadConfig(250, 0, 0, 0, 0, 0, 0)),
                        "d", new NamespaceConfig(60, 0, new LoadConfig(100, 99, 0, 1, 2, 3, 4))));
        assertThat(cache.namespace("d").staleMillis()).isEqualTo(2000);
        assertThat(cache.namespace("c").defaultTtlSeconds()).isEqualTo(5);
        assertThat(cache.namespace("other")).isEqualTo(NamespaceConfig.ttl(60));
    }

    @Test
    void namespacesAreCountedNotTheirKeys() {
        String[] settings = IntStream.range(0, ConfigCheck.MAX_NAMESPACES)
                .mapToObj(i -> "persistence.cache.namespaces.n" + i + ".default_ttl_seconds=5")
                .toArray(String[]::new);
        String second = "persistence.cache.namespaces.n0.ttl_jitter_percent=5";
        String[] more = Arrays.copyOf(settings, settings.length + 1);
        more[settings.length] = second;
        assertThat(valid(Map.of(), more).config().cache().namespaces()).hasSize(ConfigCheck.MAX_NAMESPACES);
        more[settings.length] = "persistence.cache.namespaces.another.ttl_jitter_percent=5";
        assertThat(errors(Map.of(), more)).hasSize(1).first().asString().contains("too many namespaces");
    }

    @Test
    void everyErrorIsReportedAtOnceWithFileAndLine() throws IOException {
        write("a.yml", "server:\n  port: 70000\n  hots: x\npersistence:\n  cache:\n    durability: paper\n");
        write("b.yml", "redis_url: redis://localhost\n");
        assertThat(errors(Map.of("RIPTIDE_SERVER__PORT", "many"), "nonsense=1", "no-equals"))
                .containsExactlyInAnyOrder(
                        "a.yml:2: server.port: 70000 (expected a whole number from 0 to 65535)",
                        "a.yml:3: server.hots: unknown key (nearest: server.host)",
                        "a.yml:6: persistence.cache.durability: the text \"paper\" (expected buffered or synced)",
                        "b.yml:1: redis_url: unknown key" + KNOWN,
                        "environment RIPTIDE_SERVER__PORT: server.port: many (expected a whole number from 0 to 65535)",
                        "--set: nonsense: unknown key" + KNOWN,
                        "--set: no-equals (expected key=value)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "persistance: {cache: {max_ttl_seconds: 1}}|1: persistance: unknown key (nearest: persistence)",
                "persistence: {cahce: {a: 1, b: 2}}|1: persistence.cahce: unknown key (nearest: persistence.cache)",
                "cache: {default_ttl_seconds: 1}|1: cache: unknown key (known here: "
                        + "audit, billing, observability, persistence, security, server, web)",
                "persistence: {default_ttl_second: 1}|1: persistence.default_ttl_second: unknown key (nearest:"
                        + " persistence.cache.default_ttl_seconds)",
                "server.port: 1|1: server.port: a key is nested, not written with dots (expected a section"
                        + " for each part)",
                "server: {port: {a: 1}}|1: server.port.a: unknown key (this is a value, not a section)",
                "server: {<name>: 1}|1: server.<name>: unknown key (known here: host, max_connections, port)",
                "persistence: {cache: {namespaces: {<name>: {default_ttl_seconds: 1}}}}|1:"
                        + " persistence.cache.namespaces.<name>: not a name (expected 1 to 64 of A-Z a-z 0-9 _ . -)",
            })
    void unknownKeysNameTheNearest(String yaml, String expected) throws IOException {
        assertThat(errorsOf(yaml)).containsExactly("a.yml:" + expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "server: 5|server: 5 (expected a section with host, port, max_connections)",
                "server: [a]|server: a list (expected a section with host, port, max_connections)",
                "server: {port: }|server.port: nothing is written here (expected a whole number from 0 to 65535)",
                "server: {port: {}}|server.port: a section (expected a whole number from 0 to 65535)",
                "server: {port: [80]}|server.port: a list (expected a whole number from 0 to 65535)",
                "server: {port: '80'}|server.port: the text \"80\" (expected a whole number from 0 to 65535)",
                "server: {port: 8_0}|server.port: 8_0 (expected a whole number from 0 to 65535)",
                "server: {port: 080}|server.port: the text \"080\" (expected a whole number from 0 to 65535)",
                "server: {port: 0x50}|server.port: 0x50 (expected a whole number from 0 to 65535)",
                "server: {port: +80}|server.port: +80 (expected a whole number from 0 to 65535)",
                "server: {port: 80.0}|server.port: 80.0 (expected a whole number from 0 to 65535)",
                "server: {port: 8e1}|server.port: 8e1 (expected a whole number from 0 to 65535)",
                "server: {port: -1}|server.port: -1 (expected a whole number from 0 to 65535)",
                "server: {port: 99999999999999999999}|server.port: 99999999999999999999 (expected a whole number from 0"
                        + " to 65535)",
                "server: {port: true}|server.port: true (expected a whole number from 0 to 65535)",
                "server: {host: 5}|server.host: 5 (expected a host name or IP address)",
                "server: {host: 'a b'}|server.host: the text \"a b\" (expected a host name or IP address)",
                "web: {allow_private_addresses: yes}|web.allow_private_addresses: yes (expected true or false)",
                "web: {allow_private_addresses: 'true'}|web.allow_private_addresses: the text \"true\" (expected"
                        + " true or false)",
                "web: {allow_private_addresses: 1}|web.allow_private_addresses: 1 (expected true or false)",
                "persistence: {tenant: {isolation_level: weak}}|persistence.tenant.isolation_level: the text \"weak\""
                        + " (expected strong)",
                "persistence: {cache: {compression_algorithm: brotli}}|"
                        + "persistence.cache.compression_algorithm: the text \"brotli\""
                        + " (expected lz4, zstd, zstd_dictionary or none)",
                "persistence: {cache: {max_entry_bytes: 67108865}}|persistence.cache.max_entry_bytes: 67108865"
                        + " (expected a whole number from 1 to 67108864)",
            })
    void wrongTypesAndRangesSayWhatWasExpected(String yaml, String expected) throws IOException {
        assertThat(errorsOf(yaml)).first().isEqualTo("a.yml:1: " + expected);
    }

    @Test
    void lineBreaksInAUserAgentAreRefused() throws IOException {
        assertThat(errorsOf("web: {user_agent: \"a\\r\\nX: y\"}"))
                .containsExactly(
                        "a.yml:1: web.user_agent: the text \"a??X: y\" (expected 1 to 256 printable ASCII characters)");
    }

    @Test
    void aTtlAboveTheMaximumIsRefusedWhereItIsWritten() throws IOException {
        write("a.yml", "persistence:\n  cache:\n    max_ttl_seconds: 100\n    default_ttl_seconds: 101\n");
        assertThat(errors(Map.of(), "persistence.cache.namespaces.n.default_ttl_seconds=102"))
                .containsExactly(
                        "a.yml:4: persistence.cache.default_ttl_seconds: 101 (expected at most"
                                + " persistence.cache.max_ttl_seconds, which is 100)",
                        "--set: persistence.cache.namespaces.n.default_ttl_seconds: 102 (expected at most"
                                + " persistence.cache.max_ttl_seconds, which is 100)");
    }

    @Test
    void aSoftTimeoutThatIsNotBelowTheHardOneIsRefusedWhereItIsWritten() throws IOException {
        write("a.yml", """
                persistence:
                  cache:
                    namespaces:
                      a: {load_hard_timeout_ms: 100}
                      b: {load_soft_timeout_ms: 100}
                """);
        valid(Map.of());
        assertThat(errors(
                        Map.of(),
                        "persistence.cache.namespaces.a.load_soft_timeout_ms=100",
                        "persistence.cache.namespaces.b.load_hard_timeout_ms=0"))
                .containsExactly("--set: persistence.cache.namespaces.a.load_soft_timeout_ms: 100 (expected less than"
                        + " persistence.cache.namespaces.a.load_hard_timeout_ms, which is 100)");
    }

    @Test
    void theDefaultTtlFollowsALowMaximumWhereItIsLeftOut() {
        ConfigOutcome.Valid valid = valid(Map.of(), "persistence.cache.max_ttl_seconds=100");
        assertThat(valid.config().cache().defaultTtlSeconds()).isEqualTo(100);
    }

    @Test
    void variablesWithoutTwoUnderscoresAreNoKeys() {
        valid(Map.of("RIPTIDE_ADMIN_API_KEY", "x", "RIPTIDE_URL", "y", "RIPTIDE_MASTER_KEY", "z", "PATH", "/bin"));
        assertThat(errors(Map.of("RIPTIDE_WEB__USERAGENT", "x")))
                .containsExactly(
                        "environment RIPTIDE_WEB__USERAGENT: web.useragent: unknown key (nearest: web.user_agent)");
    }

    @Test
    void referencesAreReplacedAndNeverShown() throws IOException {
        Path secret = write("secret", "127.0.0.2\n");
        write(
                "a.yml",
                "server:\n  host: ${file:" + secret + "}\n  port: ${env:PORT}\nweb: {user_agent: 'a/${env:V}'}\n");
        ConfigOutcome.Valid valid = valid(Map.of("PORT", "81", "V", "${env:PORT}x"));
        assertThat(valid.config().server()).isEqualTo(new ServerConfig("127.0.0.2", 81, 10_000));
        assertThat(valid.config().web().userAgent()).isEqualTo("a/${env:PORT}x");
        assertThat(valid.values().toString()).doesNotContain("127.0.0.2").doesNotContain("= 81");
        assertThat(value(valid, "server.port").shown()).isEqualTo("******");
    }

    @Test
    void aReferenceThatGivesNothingIsAnErrorAndShowsNoSecret() throws IOException {
        write(
                "a.yml",
                "server:\n  host: ${env:ABSENT}\n  port: ${env:SECRET}\n  max_connections: ${file:/absent/file}\n"
                        + "web:\n  user_agent: ${vault:x}\n");
        write("b.yml", "web:\n  max_body_bytes: ${env:OPEN\n  allow_private_addresses: ${file:relative}\n");
        assertThat(errors(Map.of("SECRET", "hunter2")))
                .containsExactlyInAnyOrder(
                        "a.yml:2: server.host: the environment variable ABSENT is not set",
                        "a.yml:3: server.port: what the reference gives is not valid (expected a whole number from 0 to"
                                + " 65535)",
                        "a.yml:4: server.max_connections: the file /absent/file cannot be read",
                        "a.yml:6: web.user_agent: unknown reference (expected ${env:NAME} or ${file:/path})",
                        "b.yml:2: web.max_body_bytes: ${ without } (expected ${env:NAME} or ${file:/path})",
                        "b.yml:3: web.allow_private_addresses: ${file:relative} is relative (expected an absolute"
                                + " path)");
    }

    @Test
    void aReferenceThatIsOverriddenIsNotLookedUp() throws IOException {
        write("a.yml", "server: {host: '${env:ABSENT}'}");
        assertThat(valid(Map.of(), "server.host=here").config().server().host()).isEqualTo("here");
    }

    @Test
    void keysWrittenTwiceAreRefused() throws IOException {
        assertThat(errorsOf("server:\n  port: 1\n  host: h\n  port: 2\n"))
                .containsExactly("a.yml:4: server.port: written twice (also in line 2)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "server: &x {port: 1}",
                "a: &a [x, x]\nb: &b [*a, *a]\n",
                "web: {user_agent: *x}",
                "web: {user_agent: !!str x}",
                "web: !!java.net.URL {user_agent: x}",
            })
    void anchorsAliasesAndTagsAreRefused(String yaml) throws IOException {
        assertThat(errorsOf(yaml)).anyMatch(e -> e.contains("not read (expected the value itself)"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'server:\n\tport: 1'|a.yml:2: not YAML",
                "'server: {port: 1'|a.yml:1: not YAML",
                "'a: b: c'|a.yml:1: not YAML",
                "'server: {port: 1}\n---\nweb: {}'|a.yml:3: a second document begins here",
                "'just words'|a.yml:1: the file holds no sections (expected key: value)",
                "'- a\n- b'|a.yml:1: the file holds no sections (expected key: value)",
                "'? [a, b]\n: 1'|a.yml:1: not YAML",
            })
    void whatIsNoYamlSaysWhere(String yaml, String expected) throws IOException {
        assertThat(errorsOf(yaml)).first().asString().startsWith(expected);
    }

    @Test
    void syntaxErrorsDoNotShowTheFilesText() throws IOException {
        assertThat(errorsOf("server:\n  host: \"hunter2\n  port: 1\n").toString())
                .doesNotContain("hunter2");
    }

    @Test
    void emptyFilesAndEmptySectionsAreNothing() throws IOException {
        write("a.yml", "");
        write("b.yml", "# only a comment\n");
        write("c.yml", "persistence:\n  cache:\nserver: {}\n");
        write("d.yml", "\uFEFFserver: {port: 1}\n");
        assertThat(valid(Map.of()).config().server().port()).isEqualTo(1);
    }

    @Test
    void bytesThatAreNoTextAreNamedWithTheirLine() throws IOException {
        Files.write(folder.resolve("a.yml"), "server:\n  host: \u00ff\n".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(errors(Map.of())).containsExactly("a.yml:2: bytes that are not text (expected UTF-8)");
    }

    @Test
    void tooLargeTooDeepAndTooManyAreRefused() throws IOException {
        write("a.yml", "#".repeat((1 << 20) + 1));
        write("b.yml", "a: ".repeat(1) + "{a: ".repeat(17) + "1" + "}".repeat(17));
        write("c.yml", "[".repeat(100_000));
        write("d.yml", "x: {" + "a: 1, ".repeat(300) + "}");
        List<String> errors = errors(Map.of());
        assertThat(errors).hasSize(ConfigLoader.MAX_ERRORS + 1);
        assertThat(errors.get(0)).isEqualTo("a.yml:1: the file is too large (expected at most 1048576 bytes)");
        assertThat(errors.get(1)).startsWith("b.yml:1: a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a: nested too deep");
        assertThat(errors.getLast()).matches("d.yml:1: and \\d+ more errors from here on");
    }

    @Test
    void aFileInPlaceOfAFolderIsAnError() throws IOException {
        Path file = write("file", "x");
        ConfigOutcome outcome = new ConfigLoader(Map.of()).load(List.of(file), List.of());
        assertThat(((ConfigOutcome.Invalid) outcome).errors())
                .extracting(ConfigError::toString)
                .containsExactly(file + ": cannot be read (expected a folder)");
    }

    @Test
    void libraryUsersGetOneProblemThatNamesEachKey() throws IOException {
        write("a.yml", "server:\n  port: x\n  hots: y\n");
        assertThatThrownBy(() -> PersistenceConfig.load(List.of(folder), Map.of()))
                .isInstanceOfSatisfying(RipTideException.class, e -> {
                    assertThat(e.problem().code()).isEqualTo(ProblemCode.CONFIG_INVALID);
                    assertThat(e.problem().errors())
                            .extracting("field")
                            .containsExactlyInAnyOrder("server.port", "server.hots");
                    assertThat(e.problem().errors().toString()).contains(folder.resolve("a.yml") + ":2");
                });
    }
}
