package io.riptide.config;

import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a key's value may be. Immutable. */
public sealed interface ValueType {
    /** The value that this text stands for, or null where it stands for none of this type and range. */
    @Nullable Object read(String text);

    /** What is expected, in words that follow "expected". */
    String expected();

    /** What the reference prints as the range. */
    String range();

    /** The type's name in the reference. */
    String label();

    /**
     * A whole number in decimal digits, without signs or separators other than a leading minus; bounds are inclusive.
     */
    record Whole(long min, long max) implements ValueType {
        private static final Pattern DIGITS = Pattern.compile("-?(0|[1-9][0-9]{0,17})");

        @Override
        public @Nullable Object read(String text) {
            if (!DIGITS.matcher(text).matches()) {
                return null;
            }
            long value = Long.parseLong(text);
            return value >= min && value <= max ? value : null;
        }

        @Override
        public String expected() {
            return "a whole number from " + min + " to " + max;
        }

        @Override
        public String range() {
            return min + " to " + max;
        }

        @Override
        public String label() {
            return "number";
        }
    }

    /** {@code true} or {@code false}, as YAML 1.2 spells them. */
    record Flag() implements ValueType {
        @Override
        public @Nullable Object read(String text) {
            return switch (text) {
                case "true" -> true;
                case "false" -> false;
                default -> null;
            };
        }

        @Override
        public String expected() {
            return "true or false";
        }

        @Override
        public String range() {
            return "true, false";
        }

        @Override
        public String label() {
            return "boolean";
        }
    }

    /** One of a few words. */
    record Choice(List<String> words) implements ValueType {
        public Choice {
            words = List.copyOf(words);
        }

        @Override
        public @Nullable Object read(String text) {
            return words.contains(text) ? text : null;
        }

        @Override
        public String expected() {
            int last = words.size() - 1;
            return last == 0 ? words.getFirst() : String.join(", ", words.subList(0, last)) + " or " + words.get(last);
        }

        @Override
        public String range() {
            return String.join(", ", words);
        }

        @Override
        public String label() {
            return "word";
        }
    }

    /** Text that matches a pattern as a whole; {@code expected} says the pattern in words. */
    record Text(Pattern pattern, String expected) implements ValueType {
        @Override
        public @Nullable Object read(String text) {
            return pattern.matcher(text).matches() ? text : null;
        }

        @Override
        public String range() {
            return expected;
        }

        @Override
        public String label() {
            return "text";
        }
    }

    /** Text that may hold a password: wherever it is written, it is never shown. */
    record Secret(Pattern pattern, String expected) implements ValueType {
        @Override
        public @Nullable Object read(String text) {
            return pattern.matcher(text).matches() ? text : null;
        }

        @Override
        public String range() {
            return expected;
        }

        @Override
        public String label() {
            return "secret text";
        }
    }
}
