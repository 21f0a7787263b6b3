package io.riptide.config;

import io.riptide.config.SchemaTree.Found;
import io.riptide.config.Setting.Kind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Checks what was written against the schema and makes the records of it. One use, one thread. */
final class ConfigCheck {
    static final int MAX_NAMESPACES = 10_000;
    private static final SchemaTree TREE = new SchemaTree(ConfigSchema.keys());

    private final Substitution substitution;
    private final List<ConfigError> errors;
    private final Set<String> unknownReported = new HashSet<>();

    ConfigCheck(Substitution substitution, List<ConfigError> errors) {
        this.substitution = substitution;
        this.errors = errors;
    }

    /** A setting whose key is known. */
    private record Known(ConfigKey key, Setting setting) {}

    ConfigOutcome check(List<Setting> written) {
        Map<String, Known> merged = new LinkedHashMap<>();
        for (Setting setting : written) {
            ConfigKey key = known(setting);
            if (key != null && fits(key, setting)) {
                merged.put(setting.path(), new Known(key, setting));
            }
        }
        Map<String, ConfigValue> values = new LinkedHashMap<>();
        merged.forEach((path, known) -> {
            ConfigValue value = value(path, known);
            if (value != null) {
                values.put(path, value);
            }
        });
        if (errors.isEmpty()) {
            ConfigRecords records = new ConfigRecords(values);
            errors.addAll(records.relations());
            if (errors.isEmpty()) {
                return new ConfigOutcome.Valid(records.config(), records.values());
            }
        }
        return new ConfigOutcome.Invalid(bounded(errors));
    }

    /** The setting's key, or null where there is none, which is reported where it is a mistake. */
    private @Nullable ConfigKey known(Setting setting) {
        return switch (TREE.find(setting.names())) {
            case Found.Key found -> found.key();
            case Found.Section section -> {
                boolean empty = setting.kind() == Kind.EMPTY_SECTION || setting.kind() == Kind.NOTHING;
                if (!empty) {
                    error(setting, what(setting) + " (expected a section with " + some(section.children()) + ")");
                }
                yield null;
            }
            case Found.Unknown unknown -> {
                List<String> names = setting.names().subList(0, unknown.step() + 1);
                String path = String.join(".", names);
                ConfigOrigin origin = setting.origin(unknown.step());
                if (unknownReported.add(origin + " " + path)) {
                    errors.add(new ConfigError(origin, path, unknown.message()));
                }
                yield null;
            }
        };
    }

    private static String some(List<String> children) {
        return children.equals(List.of(ConfigSchema.ANY)) ? "a section for each name" : String.join(", ", children);
    }

    /** Whether the setting is of the key's type, as far as that shows before references are replaced. */
    private boolean fits(ConfigKey key, Setting setting) {
        ValueType type = key.type();
        boolean fits = switch (setting.kind()) {
            case RAW -> Substitution.isIn(setting.text()) || type.read(setting.text()) != null;
            case TEXT -> Substitution.isIn(setting.text()) || (isWord(type) && type.read(setting.text()) != null);
            case NUMBER -> type instanceof ValueType.Whole && type.read(setting.text()) != null;
            case FLAG -> type instanceof ValueType.Flag && type.read(setting.text()) != null;
            case NOTHING, EMPTY_SECTION, LIST -> false;
        };
        if (!fits) {
            // What is written may be the secret itself, with a slip in it.
            String what = type instanceof ValueType.Secret ? "what is written is not valid" : what(setting);
            error(setting, what + " (expected " + type.expected() + ")");
        }
        return fits;
    }

    private static boolean isWord(ValueType type) {
        return type instanceof ValueType.Text || type instanceof ValueType.Choice || type instanceof ValueType.Secret;
    }

    private static String what(Setting setting) {
        String text = Shown.printable(setting.text(), 60);
        return switch (setting.kind()) {
            case NOTHING -> "nothing is written here";
            case EMPTY_SECTION -> "a section";
            case LIST -> "a list";
            case TEXT -> "the text \"" + text + "\"";
            case NUMBER, FLAG, RAW -> text.isEmpty() ? "empty" : text;
        };
    }

    private @Nullable ConfigValue value(String path, Known known) {
        Setting setting = known.setting();
        String text = setting.text();
        ValueType type = known.key().type();
        boolean reference = Substitution.isIn(text);
        if (reference) {
            Substitution.Result result = substitution.apply(text);
            if (result.problem() != null) {
                error(setting, result.problem());
                return null;
            }
            text = result.text();
        }
        Object value = type.read(text);
        if (value == null) {
            // Only a replaced reference gets here, and what it gave may be a secret.
            error(setting, "what the reference gives is not valid (expected " + type.expected() + ")");
            return null;
        }
        return new ConfigValue(path, value, setting.origin(), reference || isSecret(type, text));
    }

    /** Nothing is hidden where there is nothing, so that "not set" shows. */
    private static boolean isSecret(ValueType type, String text) {
        return type instanceof ValueType.Secret && !text.isEmpty();
    }

    private void error(Setting setting, String message) {
        errors.add(new ConfigError(setting.origin(), setting.path(), message));
    }

    private static List<ConfigError> bounded(List<ConfigError> all) {
        if (all.size() <= ConfigLoader.MAX_ERRORS) {
            return all;
        }
        List<ConfigError> some = new ArrayList<>(all.subList(0, ConfigLoader.MAX_ERRORS));
        ConfigError next = all.get(ConfigLoader.MAX_ERRORS);
        some.add(new ConfigError(next.origin(), "", "and " + (all.size() - some.size()) + " more errors from here on"));
        return some;
    }
}
