package io.riptide.problem;

/**
 * One field that is wrong.
 *
 * @param field its name as the caller wrote it, nested with dots
 * @param message what was found and what was expected
 */
public record FieldError(String field, String message) {}
