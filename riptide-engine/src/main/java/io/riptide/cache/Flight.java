package io.riptide.cache;

import static java.util.Objects.requireNonNullElse;

import io.riptide.problem.Problem;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import io.riptide.spi.Time;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One load under way, for which any number of callers wait. It may have a time after which it is given up: whoever
 * finds it overdue, waiting for it or wanting to begin another, cuts it off, and that fails all who wait. What its
 * loader brings from then on is dropped. Once the loader has returned in time it is not cut off any more: what is left
 * is a write, which its store bounds.
 */
final class Flight {
    /** Below this a wait is not worth its end: time here may be as coarse as a millisecond. */
    private static final long SHORTEST_WAIT_NANOS = 1_000_000;

    /** How a wait ended. */
    enum Wait {
        /** {@link #awaitEnd} answers at once. */
        LANDED,
        /** The flight is to be cut off by the caller, who then waits for what came of it. */
        OVERDUE,
        /** The load has taken as long as this caller has patience for; it goes on. */
        SLOW
    }

    private final CompletableFuture<Lookup> landing = new CompletableFuture<>();
    private final Time time;
    private final long began;
    private final long limitNanos;
    private final long stamp;
    private final ReentrantLock keeping = new ReentrantLock();
    /** Guarded by {@code keeping}. */
    private boolean overtaken;
    /** Guarded by this. */
    private boolean loaderDone;
    /** Guarded by this. */
    private @Nullable Thread loading;

    /**
     * Begins now.
     *
     * @param limitNanos after which it is given up; zero is never
     * @param stamp number of the tenant's latest removal, which what is loaded from now on comes after
     */
    Flight(Time time, long limitNanos, long stamp) {
        this.stamp = stamp;
        this.time = time;
        this.began = time.nanoTime();
        this.limitNanos = limitNanos;
    }

    long stamp() {
        return stamp;
    }

    /** A write or a removal of the key takes place from here on: what the flight brings is older, and not kept. */
    void overtake() {
        keeping.lock();
        try {
            overtaken = true;
        } finally {
            keeping.unlock();
        }
    }

    /** Keeps what was brought, or returns null where it was overtaken; who overtakes waits for the end of this. */
    <T> @Nullable T keep(Supplier<T> write) {
        keeping.lock();
        try {
            return overtaken ? null : write.get();
        } finally {
            keeping.unlock();
        }
    }

    /** With a hit or a miss. */
    void land(Lookup lookup) {
        landing.complete(lookup);
    }

    void fail(RipTideException failure) {
        landing.completeExceptionally(failure);
    }

    /** Before the loader runs, on its thread; throws where the flight was cut off already. */
    synchronized void loaderBegins() {
        if (loaderDone) {
            throw tookTooLong(limitNanos);
        }
        loading = Thread.currentThread();
    }

    /** After the loader ran, whatever came of it; false where the flight was cut off meanwhile. */
    synchronized boolean loaderEnds() {
        boolean inTime = !loaderDone;
        loaderDone = true;
        loading = null;
        return inTime;
    }

    boolean overdue() {
        return limitNanos > 0 && time.nanoTime() - began >= limitNanos;
    }

    /** Whether it has landed, failed or been given up. */
    boolean over() {
        return landing.isDone();
    }

    /** Gives the loader up, and returns how that fails; null where it is done, or was given up already. */
    synchronized @Nullable Problem cutOff() {
        if (loaderDone) {
            return null;
        }
        loaderDone = true;
        RipTideException failure = tookTooLong(limitNanos);
        // Before the interruption: what the loader makes of that is not what those who wait are to be told.
        fail(failure);
        if (loading != null) {
            loading.interrupt();
            loading = null;
        }
        return failure.problem();
    }

    /**
     * Waits for the one who flies; the same value or failure reaches all.
     *
     * @param ownLimitNanos how long this caller waits before it fails; zero: as long as it takes
     * @param softNanos how long the load may take, from its beginning, before this caller turns to something else;
     *     zero: as long as it does
     */
    Wait await(long ownLimitNanos, long softNanos) {
        long from = time.nanoTime();
        try {
            while (!landing.isDone()) {
                long now = time.nanoTime();
                long soft = left(softNanos, began, now);
                long own = left(ownLimitNanos, from, now);
                long limit = left(limitNanos, began, now);
                if (soft <= 0) {
                    return Wait.SLOW;
                }
                if (limit <= 0) {
                    return Wait.OVERDUE;
                }
                if (own <= 0) {
                    throw tookTooLong(ownLimitNanos);
                }
                awaitNanos(Math.min(soft, Math.min(own, limit)));
            }
            return Wait.LANDED;
        } catch (InterruptedException e) {
            throw failure(e);
        }
    }

    private static long left(long limitNanos, long from, long now) {
        return limitNanos == 0 ? Long.MAX_VALUE : limitNanos - (now - from);
    }

    /** Waits for what came of a flight that has landed, or can not be cut off any more. */
    Lookup awaitEnd() {
        try {
            return landing.get();
        } catch (ExecutionException e) {
            throw failure(requireNonNullElse(e.getCause(), e));
        } catch (InterruptedException e) {
            throw failure(e);
        }
    }

    private void awaitNanos(long nanos) throws InterruptedException {
        try {
            if (nanos == Long.MAX_VALUE) {
                var unused = landing.get();
            } else {
                var unused = landing.get(Math.max(nanos, SHORTEST_WAIT_NANOS), TimeUnit.NANOSECONDS);
            }
        } catch (ExecutionException | TimeoutException e) {
            // Who waits looks again: at what came of it, or at the time.
        }
    }

    private static RipTideException tookTooLong(long limitNanos) {
        long millis = TimeUnit.NANOSECONDS.toMillis(limitNanos);
        return Problem.of(ProblemCode.ORIGIN_FAILED, "The loader of this key took longer than " + millis + " ms.")
                .asException();
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
