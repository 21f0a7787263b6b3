package io.riptide.config;

import static io.riptide.config.ConfigSchema.ADMIN_JWT;
import static io.riptide.config.ConfigSchema.JWT;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** What the settings of tokens ask of each other. */
final class TokenRelations {
    private static final List<String> NAMES = List.of("issuer", "audience", "jwks_url", "public_key");

    private final Map<String, ConfigValue> values;

    TokenRelations(Map<String, ConfigValue> values) {
        this.values = values;
    }

    void check(List<ConfigError> errors) {
        whole(JWT, errors);
        whole(ADMIN_JWT, errors);
        if (!text(JWT + "issuer").isEmpty()
                && text(JWT + "issuer").equals(text(ADMIN_JWT + "issuer"))
                && text(JWT + "audience").equals(text(ADMIN_JWT + "audience"))) {
            String message =
                    "the same as tenants' (expected another than security.jwt.audience where the issuer is the same)";
            String path = ADMIN_JWT + "audience";
            errors.add(new ConfigError(value(path).origin(), path, message));
        }
    }

    private void whole(String prefix, List<ConfigError> errors) {
        Optional<String> given = NAMES.stream()
                .map(name -> prefix + name)
                .filter(path -> !text(path).isEmpty())
                .findFirst();
        if (given.isEmpty()) {
            return;
        }
        ConfigOrigin origin = value(given.get()).origin();
        for (String needed : List.of("issuer", "audience")) {
            if (text(prefix + needed).isEmpty()) {
                String message = "missing (expected with the other keys of " + section(prefix) + ")";
                errors.add(new ConfigError(origin, prefix + needed, message));
            }
        }
        if (text(prefix + "jwks_url").isEmpty() == text(prefix + "public_key").isEmpty()) {
            String message = "expected one of jwks_url and public_key in " + section(prefix);
            errors.add(new ConfigError(origin, prefix + "jwks_url", message));
        }
    }

    private static String section(String prefix) {
        return prefix.substring(0, prefix.length() - 1);
    }

    private String text(String path) {
        return (String) value(path).value();
    }

    private ConfigValue value(String path) {
        return Objects.requireNonNull(values.get(path), path);
    }
}
