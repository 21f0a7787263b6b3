package io.riptide.cache;

import static java.util.Objects.requireNonNullElse;

import io.riptide.problem.Problem;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** One load under way, for which any number of callers wait. */
final class Flight {
    private final CompletableFuture<Lookup.Hit> landing = new CompletableFuture<>();

    void land(Lookup.Hit hit) {
        landing.complete(hit);
    }

    void fail(RipTideException failure) {
        landing.completeExceptionally(failure);
    }

    /** Waits for the one who flies; the same value or failure reaches all. */
    Lookup.Hit await() {
        try {
            return landing.get();
        } catch (ExecutionException e) {
            throw failure(requireNonNullElse(e.getCause(), e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failure(e);
        }
    }

    /**
     * What a caller sees of a failure: a problem as it is, anything else as a failed origin whose cause is for the log.
     */
    static RipTideException failure(Throwable e) {
        if (e instanceof RipTideException known) {
            return known;
        }
        if (e instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
        return new RipTideException(Problem.of(ProblemCode.ORIGIN_FAILED, "The loader of this key failed."), e);
    }
}
