package io.riptide.server;

import com.fasterxml.jackson.databind.JsonNode;
import io.riptide.problem.FieldError;
import io.riptide.problem.Problem;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The members of a JSON object, read by name and type. What is wrong is gathered; {@link #check} refuses it all at
 * once, members that nobody read among it. A member that is {@code null} counts as left out.
 */
final class Fields {
    private final JsonNode object;
    private final String prefix;
    private final List<FieldError> errors;
    private final Set<String> read = new HashSet<>();
    private final List<Fields> nested = new ArrayList<>();

    Fields(JsonNode object) {
        this(object, "", new ArrayList<>());
    }

    private Fields(JsonNode object, String prefix, List<FieldError> errors) {
        this.object = object;
        this.prefix = prefix;
        this.errors = errors;
    }

    private @Nullable JsonNode member(String name) {
        read.add(name);
        JsonNode value = object.get(name);
        return value == null || value.isNull() ? null : value;
    }

    /** What is there, by its names. */
    String names() {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return String.join(",", names);
    }

    /** Whether it is there. */
    boolean has(String name) {
        return member(name) != null;
    }

    @Nullable String text(String name) {
        JsonNode value = member(name);
        if (value == null || value.isTextual()) {
            return value == null ? null : value.textValue();
        }
        wrong(name, "expected a string");
        return null;
    }

    @Nullable Boolean flag(String name) {
        JsonNode value = member(name);
        if (value == null || value.isBoolean()) {
            return value == null ? null : (Boolean) value.booleanValue();
        }
        wrong(name, "expected true or false");
        return null;
    }

    @Nullable Long number(String name) {
        JsonNode value = member(name);
        if (value == null || (value.isIntegralNumber() && value.canConvertToLong())) {
            return value == null ? null : (Long) value.longValue();
        }
        wrong(name, "expected a whole number");
        return null;
    }

    /** Strings, or null where left out. */
    @Nullable List<String> texts(String name) {
        JsonNode value = member(name);
        if (value == null) {
            return null;
        }
        List<String> texts = new ArrayList<>();
        for (JsonNode item : value) {
            texts.add(item.textValue());
        }
        if (value.isArray() && !texts.contains(null)) {
            return texts;
        }
        wrong(name, "expected an array of strings");
        return null;
    }

    /** A member that is an object of known members; null where left out. */
    @Nullable Fields object(String name) {
        JsonNode value = member(name);
        if (value == null) {
            return null;
        }
        if (!value.isObject()) {
            wrong(name, "expected an object");
            return null;
        }
        Fields fields = new Fields(value, prefix + name + ".", errors);
        nested.add(fields);
        return fields;
    }

    /** Items that are objects of known members, or null where left out. */
    @Nullable List<Fields> objects(String name) {
        JsonNode value = member(name);
        if (value == null) {
            return null;
        }
        if (!value.isArray()) {
            wrong(name, "expected an array of objects");
            return null;
        }
        List<Fields> objects = new ArrayList<>();
        for (int i = 0; i < value.size(); i++) {
            if (value.get(i).isObject()) {
                objects.add(new Fields(value.get(i), prefix + name + "[" + i + "].", errors));
            } else {
                wrong(name + "[" + i + "]", "expected an object");
            }
        }
        nested.addAll(objects);
        return objects;
    }

    /** A member that is an object of whatever members, as JSON; null where left out. */
    @Nullable String freeObject(String name) {
        JsonNode value = member(name);
        if (value == null || value.isObject()) {
            return value == null ? null : value.toString();
        }
        wrong(name, "expected an object");
        return null;
    }

    /** Notes that a member is wrong; of very many only the first. */
    void wrong(String name, String message) {
        if (errors.size() < Limits.ERRORS) {
            errors.add(new FieldError(prefix + name, message));
        }
    }

    /** Refuses all that is wrong, and the members that are not known. */
    void check() {
        unknown();
        if (!errors.isEmpty()) {
            throw Problem.invalid(errors).asException();
        }
    }

    private void unknown() {
        object.fieldNames().forEachRemaining(name -> {
            if (!read.contains(name)) {
                wrong(name, "expected no such member");
            }
        });
        nested.forEach(Fields::unknown);
    }
}
