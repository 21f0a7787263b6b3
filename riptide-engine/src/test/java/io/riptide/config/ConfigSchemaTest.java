package io.riptide.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
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

    @TestFactory
    List<DynamicTest> eachKeyTakesItsDefaultAndChangesTheRecords() {
        return ConfigSchema.keys().stream()
                .filter(key -> !key.path().endsWith("isolation_level"))
                .map(key -> DynamicTest.dynamicTest(key.path(), () -> {
                    String path = key.path().replace(ConfigSchema.ANY, "n");
                    String setting = path + "=" + other(key);
                    ConfigOutcome outcome = new ConfigLoader(Map.of()).load(List.of(), List.of(setting));
                    assertThat(outcome).as(outcome.toString()).isInstanceOf(ConfigOutcome.Valid.class);
                    assertThat(((ConfigOutcome.Valid) outcome).config()).isNotEqualTo(PersistenceConfig.defaults());
                }))
                .toList();
    }

    private static String other(ConfigKey key) {
        return switch (key.type()) {
            case ValueType.Whole whole -> String.valueOf(whole.min() + 1);
            case ValueType.Flag flag -> String.valueOf(!key.defaultText().equals("true"));
            case ValueType.Choice choice -> choice.words().getLast();
            case ValueType.Text text -> text.read("other") == null ? "/other" : "other";
            case ValueType.Secret secret ->
                secret.read("redis://other") == null ? "jdbc:postgresql://other/db" : "redis://other";
        };
    }
}
