package io.riptide.config;

/**
 * Where a value was written.
 *
 * @param name a file, {@code environment NAME}, {@code --set} or {@code default}
 * @param line in that file, from 1; 0 where there is none
 */
public record ConfigOrigin(String name, int line) {
    static final ConfigOrigin DEFAULT = new ConfigOrigin("default", 0);
    static final ConfigOrigin COMMAND_LINE = new ConfigOrigin("--set", 0);

    static ConfigOrigin environment(String variable) {
        return new ConfigOrigin("environment " + variable, 0);
    }

    /** As {@code file:line}, or the name alone. */
    @Override
    public String toString() {
        return line == 0 ? name : name + ":" + line;
    }
}
