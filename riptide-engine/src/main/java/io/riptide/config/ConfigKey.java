package io.riptide.config;

/**
 * One key of the schema.
 *
 * @param path where it stands, sections joined with dots; {@code <name>} stands for a name that the user chooses
 * @param type what its value may be
 * @param defaultText the default as one would write it, or a phrase in brackets where it follows from another key
 * @param unit of a number, or empty
 * @param meaning in one sentence
 * @param needsRestart whether a change takes effect only with the next start
 */
public record ConfigKey(
        String path, ValueType type, String defaultText, String unit, String meaning, boolean needsRestart) {}
