package io.riptide.problem;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What went wrong, as a value: safe to show to the caller, for no part of it holds anything internal.
 *
 * @param code which problem
 * @param detail this occurrence, in a sentence
 * @param values what the code needs besides ({@code resource}, {@code limit}, {@code used}, {@code
 *     retry_after_seconds}); strings, numbers and booleans, in the order in which they are printed
 * @param errors the fields that are wrong, or none
 */
public record Problem(ProblemCode code, String detail, Map<String, Object> values, List<FieldError> errors) {
    public Problem {
        values = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(values));
        errors = List.copyOf(errors);
    }

    /** A problem with a detail alone. */
    public static Problem of(ProblemCode code, String detail) {
        return new Problem(code, detail, Map.of(), List.of());
    }

    /** A request whose named field is wrong; the message says what was expected. */
    public static Problem invalid(String field, String message) {
        return invalid(List.of(new FieldError(field, message)));
    }

    /** A request several of whose fields are wrong. */
    public static Problem invalid(List<FieldError> errors) {
        FieldError first = errors.getFirst();
        return new Problem(ProblemCode.INVALID_REQUEST, first.field() + ": " + first.message(), Map.of(), errors);
    }

    /** This problem with one more value. */
    public Problem with(String name, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(values);
        more.put(name, value);
        return new Problem(code, detail, more, errors);
    }

    /** As an exception. */
    public RipTideException asException() {
        return new RipTideException(this);
    }
}
