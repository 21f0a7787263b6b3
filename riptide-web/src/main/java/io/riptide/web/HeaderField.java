package io.riptide.web;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One header line of a message.
 *
 * @param name in any case
 * @param value without the white space around it
 */
public record HeaderField(String name, String value) {
    /** Whether it has that name, in any case. */
    boolean is(String other) {
        return name.equalsIgnoreCase(other);
    }

    /** The value of the first field of that name, or null. */
    static @Nullable String first(List<HeaderField> fields, String name) {
        for (HeaderField field : fields) {
            if (field.is(name)) {
                return field.value;
            }
        }
        return null;
    }

    /** The values of all fields of that name, in their order. */
    static List<String> all(List<HeaderField> fields, String name) {
        List<String> values = new ArrayList<>();
        for (HeaderField field : fields) {
            if (field.is(name)) {
                values.add(field.value);
            }
        }
        return values;
    }
}
