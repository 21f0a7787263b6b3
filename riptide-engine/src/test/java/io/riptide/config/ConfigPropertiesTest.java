package io.riptide.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever is written, the answer is a configuration or errors, never an exception. */
class ConfigPropertiesTest {
    private static final String SAMPLE = """
            persistence:
              cache: {default_ttl_seconds: 60, durability: synced, namespaces: {a.b: {default_ttl_seconds: 5}}}
              tenant:
                enabled: true
                default_quotas: {"memory_bytes": 1048576}
            web:
              user_agent: "x/1 ${env:V}"  # a comment
            server: { port: 1, host: '::1' }
            """;

    private static ConfigOutcome outcome(byte[] file) {
        List<ConfigError> errors = new ArrayList<>();
        List<Setting> settings = YamlReader.read("f.yml", file, errors);
        ConfigOutcome outcome = new ConfigCheck(new Substitution(Map.of("V", "2")), errors).check(settings);
        if (outcome instanceof ConfigOutcome.Invalid invalid) {
            assertThat(invalid.errors()).isNotEmpty().allSatisfy(e -> {
                assertThat(e.origin().line()).isPositive();
                assertThat(e.toString()).doesNotContain("\n").hasSizeLessThan(1_000);
            });
            assertThat(invalid.asProblem().errors()).hasSameSizeAs(invalid.errors());
        }
        return outcome;
    }

    @Property(tries = 500)
    void randomBytesNeverThrow(@ForAll byte[] bytes) {
        outcome(bytes);
    }

    @Property(tries = 1_000)
    void randomTextOfYamlsSignsNeverThrows(@ForAll("yamlish") String text) {
        outcome(text.getBytes(StandardCharsets.UTF_8));
    }

    @Provide
    Arbitrary<String> yamlish() {
        return Arbitraries.of(
                        "a",
                        "server",
                        "port",
                        ":",
                        " ",
                        "\n",
                        "  ",
                        "\t",
                        "-",
                        "?",
                        "{",
                        "}",
                        "[",
                        "]",
                        ",",
                        "&a",
                        "*a",
                        "!!x",
                        "|",
                        ">",
                        "'",
                        "\"",
                        "#",
                        "%",
                        "---",
                        "...",
                        "<<",
                        "1",
                        "~",
                        "\\",
                        "${env:V}",
                        "é",
                        "\u0000",
                        "\uD83C\uDF0A",
                        "\u0085",
                        "0x",
                        "1_0",
                        "\r")
                .list()
                .ofMaxSize(40)
                .map(parts -> String.join("", parts));
    }

    @Property(tries = 1_000)
    void aMutatedFileNeverThrows(@ForAll("mutations") byte[] file) {
        outcome(file);
    }

    @Provide
    Arbitrary<byte[]> mutations() {
        byte[] sample = SAMPLE.getBytes(StandardCharsets.UTF_8);
        Arbitrary<int[]> edit = Arbitraries.integers()
                .between(0, sample.length - 1)
                .flatMap(at -> Arbitraries.integers().between(0, 255).map(value -> new int[] {at, value}));
        return edit.list().ofMinSize(1).ofMaxSize(4).map(edits -> {
            byte[] copy = sample.clone();
            edits.forEach(e -> copy[e[0]] = (byte) e[1]);
            return copy;
        });
    }

    @Property(tries = 300)
    void numbersInRangeAreReadAsWritten(@ForAll("ports") int port) {
        ConfigOutcome outcome = outcome(("server: {port: " + port + "}").getBytes(StandardCharsets.UTF_8));
        boolean inRange = port >= 0 && port <= 65_535;
        assertThat(outcome instanceof ConfigOutcome.Valid).isEqualTo(inRange);
        if (outcome instanceof ConfigOutcome.Valid valid) {
            assertThat(valid.config().server().port()).isEqualTo(port);
        }
    }

    @Provide
    Arbitrary<Integer> ports() {
        return Arbitraries.integers().between(-70_000, 140_000);
    }

    @Property(tries = 300)
    void settingsAndVariablesNeverThrow(@ForAll String key, @ForAll String value) {
        ConfigLoader loader = new ConfigLoader(Map.of("RIPTIDE_" + key + "__" + key, value));
        assertThat(loader.load(List.of(), List.of(key, key + "=" + value, "server." + key + "=" + value)))
                .isInstanceOf(ConfigOutcome.Invalid.class);
    }

    @Property
    void editDistanceIsSymmetricAndZeroOnlyForEqualWords(@ForAll("words") String a, @ForAll("words") String b) {
        assertThat(EditDistance.between(a, b)).isEqualTo(EditDistance.between(b, a));
        assertThat(EditDistance.between(a, b) == 0).isEqualTo(a.equals(b));
        assertThat(EditDistance.between(a, b)).isLessThanOrEqualTo(Math.max(a.length(), b.length()));
    }

    @Provide
    Arbitrary<String> words() {
        return Arbitraries.strings().withChars("abc").ofMaxLength(8);
    }
}
