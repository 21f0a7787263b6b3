package io.riptide.store.redis;

import io.riptide.problem.Problem;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Lets so many calls in at once, and none once it is closed. A call that finds it full is refused at once: behind a
 * Redis that is slow a queue would only grow.
 */
final class Gate {
    private final int calls;
    private final Semaphore room;
    private volatile boolean closed;

    Gate(int calls) {
        this.calls = calls;
        this.room = new Semaphore(calls);
    }

    /** To be followed by {@link #leave} in a finally. */
    void enter() {
        if (!closed && room.tryAcquire()) {
            if (!closed) {
                return;
            }
            room.release();
        }
        throw closed ? closedProblem() : full();
    }

    void leave() {
        room.release();
    }

    boolean closed() {
        return closed;
    }

    /** Lets nobody in any more and waits for those inside, but not for ever; false where it was closed before. */
    boolean close(long patienceMillis) {
        synchronized (this) {
            if (closed) {
                return false;
            }
            closed = true;
        }
        try {
            var unused = room.tryAcquire(calls, patienceMillis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return true;
    }

    private RipTideException full() {
        return Problem.of(
                        ProblemCode.STORE_UNAVAILABLE,
                        "Too many calls wait for Redis (expected: at most " + calls + "); try again in a moment.")
                .asException();
    }

    private static RipTideException closedProblem() {
        return Problem.of(ProblemCode.STORE_UNAVAILABLE, "The store is closed.").asException();
    }
}
