package io.riptide.web;

import java.util.ArrayList;
import java.util.List;

/** Header fields as a test writes them: {@code "Name: value"}. */
final class Fields {
    private Fields() {}

    static List<HeaderField> of(String... lines) {
        List<HeaderField> fields = new ArrayList<>();
        for (String line : lines) {
            int colon = line.indexOf(':');
            fields.add(new HeaderField(
                    line.substring(0, colon), line.substring(colon + 1).strip()));
        }
        return fields;
    }
}
