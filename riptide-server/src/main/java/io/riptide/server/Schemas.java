package io.riptide.server;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** JSON Schemas (draft 2020-12) of what routes take and answer. */
final class Schemas {
    static final Map<String, Object> STRING = Map.of("type", "string");
    static final Map<String, Object> NUMBER = Map.of("type", "number");
    static final Map<String, Object> BOOLEAN = Map.of("type", "boolean");
    static final Map<String, Object> COUNT = Map.of("type", "integer", "minimum", 0);
    static final Map<String, Object> TIME = Map.of("type", "string", "format", "date-time");
    static final Map<String, Object> NULLABLE_STRING = Map.of("type", List.of("string", "null"));
    static final Map<String, Object> NULLABLE_TIME = Map.of("type", List.of("string", "null"), "format", "date-time");
    static final Map<String, Object> ANY_OBJECT = Map.of("type", "object");
    static final Map<String, Object> ANY = Map.of();

    private Schemas() {}

    static Map<String, Object> integer(long min, long max) {
        return Map.of("type", "integer", "minimum", min, "maximum", max);
    }

    static Map<String, Object> oneOf(String... values) {
        return Map.of("type", "string", "enum", List.of(values));
    }

    static Map<String, Object> array(Map<String, Object> items) {
        return Map.of("type", "array", "items", items);
    }

    /** An object of these members: names and schemas in turn; a name that ends in {@code ?} is optional. */
    @SuppressWarnings("unchecked")
    static Map<String, Object> object(Object... namesAndSchemas) {
        Map<String, Object> properties = new LinkedHashMap<>();
        List<String> required = new ArrayList<>();
        for (int i = 0; i < namesAndSchemas.length; i += 2) {
            String name = (String) namesAndSchemas[i];
            if (name.endsWith("?")) {
                name = name.substring(0, name.length() - 1);
            } else {
                required.add(name);
            }
            properties.put(name, (Map<String, Object>) namesAndSchemas[i + 1]);
        }
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("type", "object");
        schema.put("properties", properties);
        if (!required.isEmpty()) {
            schema.put("required", required);
        }
        return Collections.unmodifiableMap(schema);
    }

    /** A page: rows under their plural, and {@code next_cursor} where more follows. */
    static Map<String, Object> page(String rows, Map<String, Object> row) {
        return object(rows, array(row), "next_cursor?", STRING);
    }
}
