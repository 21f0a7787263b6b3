package io.riptide.config;

import io.riptide.problem.FieldError;

/**
 * One thing that is wrong with the configuration.
 *
 * @param origin where it stands
 * @param path the key, or empty where a whole file is meant
 * @param message what is wrong and what was expected; no value that came from {@code ${env:…}} or {@code ${file:…}} is
 *     in it
 */
public record ConfigError(ConfigOrigin origin, String path, String message) {
    public ConfigError {
        path = Shown.printable(path, 300);
    }

    /** As {@code file:line: path: message}. */
    @Override
    public String toString() {
        return origin + ": " + (path.isEmpty() ? "" : path + ": ") + message;
    }

    FieldError asFieldError() {
        return new FieldError(path.isEmpty() ? "config" : path, origin + ": " + message);
    }
}
