package io.riptide.problem;

import org.jspecify.annotations.Nullable;

/**
 * The one exception that RipTide's public methods throw, besides the JDK's argument and state exceptions. Without a
 * cause it records no stack trace: refusals are ordinary answers and may come in floods.
 */
public final class RipTideException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Problem problem;

    /** A refusal. */
    public RipTideException(Problem problem) {
        super(problem.code().code() + ": " + problem.detail(), null, false, false);
        this.problem = problem;
    }

    /** A failure whose cause is for the log, never for the caller. */
    public RipTideException(Problem problem, @Nullable Throwable cause) {
        super(problem.code().code() + ": " + problem.detail(), cause);
        this.problem = problem;
    }

    /** What went wrong. */
    public Problem problem() {
        return problem;
    }
}
