package io.riptide.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Whatever a file or a setting holds, the answer is a configuration or what is wrong with it, line by line. */
class ConfigFuzzTest {
    private static final Map<String, String> ENVIRONMENT = Map.of("V", "2");

    @FuzzTest(maxDuration = "1m")
    void readsAnyFile(byte[] bytes) {
        if (namesFiles(new String(bytes, StandardCharsets.ISO_8859_1))) {
            return;
        }
        List<ConfigError> errors = new ArrayList<>();
        List<Setting> settings = YamlReader.read("f.yml", bytes, errors);
        ConfigOutcome outcome = new ConfigCheck(new Substitution(ENVIRONMENT), errors).check(settings);
        judge(outcome);
        if (outcome instanceof ConfigOutcome.Invalid invalid) {
            assertThat(invalid.errors())
                    .allSatisfy(error -> assertThat(error.origin().line()).isPositive());
        }
    }

    @FuzzTest(maxDuration = "1m")
    void readsAnySettings(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        if (!namesFiles(text)) {
            judge(load(text.lines().toList()));
        }
    }

    /** What a reference to a file gives is the machine's, not the input's. */
    private static boolean namesFiles(String text) {
        return text.contains("file:") || text.contains("\\");
    }

    private static ConfigOutcome load(List<String> settings) {
        return new ConfigLoader(ENVIRONMENT).load(List.of(), settings);
    }

    private static void judge(ConfigOutcome outcome) {
        switch (outcome) {
            case ConfigOutcome.Valid valid -> {
                List<String> printed = valid.values().stream()
                        .map(value -> value.path() + "=" + value.value())
                        .toList();
                assertThat(load(printed)).isInstanceOfSatisfying(ConfigOutcome.Valid.class, again -> {
                    assertThat(again.config()).isEqualTo(valid.config());
                    assertThat(again.values()).hasSameSizeAs(valid.values());
                });
            }
            case ConfigOutcome.Invalid invalid -> {
                assertThat(invalid.errors())
                        .isNotEmpty()
                        .hasSizeLessThanOrEqualTo(ConfigLoader.MAX_ERRORS + 1)
                        .allSatisfy(error -> assertThat(error.toString())
                                .doesNotContain("\n", "\r")
                                .hasSizeLessThan(1_000));
                assertThat(invalid.asProblem().errors()).hasSameSizeAs(invalid.errors());
            }
        }
    }
}
