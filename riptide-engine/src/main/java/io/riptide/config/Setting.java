package io.riptide.config;

import java.util.List;

/**
 * A value as it was written, not yet checked.
 *
 * @param steps the path to it; never empty
 * @param text the scalar's text
 * @param kind what the scalar is in YAML
 * @param file the file, or the whole origin where it is none
 */
record Setting(List<Step> steps, String text, Kind kind, String file) {
    Setting {
        steps = List.copyOf(steps);
    }

    /** One name on the path, and the line where it stands (0 outside files). */
    record Step(String name, int line) {}

    /** What stands there. */
    enum Kind {
        TEXT,
        NUMBER,
        FLAG,
        /** From the environment or the command line, where all is text. */
        RAW,
        NOTHING,
        EMPTY_SECTION,
        LIST
    }

    List<String> names() {
        return steps.stream().map(Step::name).toList();
    }

    String path() {
        return String.join(".", names());
    }

    /** Where the step of that index stands. */
    ConfigOrigin origin(int step) {
        return new ConfigOrigin(file, steps.get(step).line());
    }

    ConfigOrigin origin() {
        return origin(steps.size() - 1);
    }
}
