package io.riptide.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class ConfigSchemaTest {
    @Test
    void pathsAreUniqueAndEachKeySaysWhatItMeans() {
        assertThat(ConfigSchema.keys()).extracting(ConfigKey::path).doesNotHaveDuplicates();
        assertThat(ConfigSchema.keys()).allSatisfy(key -> {
            assertThat(key.meaning()).isNotBlank();
            assertThat(key.type().expected()).isNotBlank();
        });
    }

    private static final String PEM = "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----";

    @TestFactory
    List<DynamicTest> eachKeyTakesItsDefaultAndChangesTheRecords() {
        return ConfigSchema.keys().stream()
                .filter(key -> !key.path().endsWith("isolation_level"))
                .map(key -> DynamicTest.dynamicTest(key.path(), () -> {
                    String path = key.path().replace(ConfigSchema.ANY, "n");
                    List<String> before = needed(path);
                    List<String> after = new ArrayList<>(before);
                    after.removeIf(setting -> path.endsWith(".public_key") && setting.contains(".jwks_url"));
                    after.add(path + "=" + other(key));
                    assertThat(config(after)).isNotEqualTo(config(before));
                }))
                .toList();
    }

    private static PersistenceConfig config(List<String> settings) {
        ConfigOutcome outcome = new ConfigLoader(Map.of()).load(List.of(), settings);
        assertThat(outcome).as(outcome.toString()).isInstanceOf(ConfigOutcome.Valid.class);
        return ((ConfigOutcome.Valid) outcome).config();
    }

    /** What a key stands beside, as none of them stands alone. */
    private static List<String> needed(String path) {
        for (String tokens : List.of(ConfigSchema.JWT, ConfigSchema.ADMIN_JWT)) {
            if (path.startsWith(tokens)) {
                return List.of(tokens + "issuer=i", tokens + "audience=a", tokens + "jwks_url=https://x/keys");
            }
        }
        // A plan needs its fee.
        return path.startsWith("billing.plans.") ? List.of("billing.plans.n.base_fee=7") : List.of();
    }

    private static String other(ConfigKey key) {
        return switch (key.type()) {
            case ValueType.Whole whole -> String.valueOf(whole.min() + 1);
            case ValueType.Flag flag -> String.valueOf(!key.defaultText().equals("true"));
            case ValueType.Choice choice -> choice.words().getLast();
            case ValueType.Text text ->
                Stream.of("other", "/other", "https://other/keys", PEM, "USD", "0.5")
                        .filter(value -> text.read(value) != null)
                        .findFirst()
                        .orElseThrow();
            case ValueType.Secret secret ->
                Stream.of("redis://other", "jdbc:postgresql://other/db", "b".repeat(42) + "Q=")
                        .filter(text -> secret.read(text) != null)
                        .findFirst()
                        .orElseThrow();
        };
    }
}
