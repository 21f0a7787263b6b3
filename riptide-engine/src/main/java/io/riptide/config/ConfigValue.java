package io.riptide.config;

/**
 * One value in effect.
 *
 * @param path its key, with chosen names filled in
 * @param value a Long, Boolean or String, as the key's type reads it
 * @param origin where it was written
 * @param secret whether it is never shown: its type says so, or it came through {@code ${env:…}} or {@code ${file:…}}
 */
public record ConfigValue(String path, Object value, ConfigOrigin origin, boolean secret) {
    /** The value as it may be shown: masked where it is secret. */
    public String shown() {
        return secret ? "******" : value.toString();
    }

    @Override
    public String toString() {
        return path + " = " + shown() + " (" + origin + ")";
    }
}
