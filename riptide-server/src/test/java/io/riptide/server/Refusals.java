package io.riptide.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.problem.Problem;
import io.riptide.problem.RipTideException;
import java.util.Optional;
import java.util.function.Supplier;

/** What reading any input may come to: a value, or a refusal that can be told to the caller. */
final class Refusals {
    private Refusals() {}

    /** What was read; empty where it was refused, and then the refusal names a field and can be printed as JSON. */
    static <T> Optional<T> valueOf(Supplier<T> reading) {
        try {
            return Optional.of(reading.get());
        } catch (RipTideException e) {
            assertTellable(e.problem());
            return Optional.empty();
        }
    }

    static void assertTellable(Problem problem) {
        assertThat(problem.errors()).isNotEmpty();
        byte[] printed = Json.print(json -> Problems.print(json, problem));
        assertThat(Wire.tree(printed).get("errors")).hasSameSizeAs(problem.errors());
    }
}
