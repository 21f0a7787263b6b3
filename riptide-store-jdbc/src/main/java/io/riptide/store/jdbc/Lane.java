package io.riptide.store.jdbc;

import io.riptide.problem.Problem;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Threads that own a connection each and work off one bounded queue. Callers wait for them, never for a disk: a native
 * call that hangs holds a thread of the lane, while its caller goes away with {@code store-unavailable} after the
 * lane's patience. What was still queued by then is never done; what had begun may have been, and the refusal says so.
 *
 * <p>A lane that writes takes what is queued together, each piece behind a savepoint of its own, into one transaction,
 * and answers when that has been made durable: one flush for all.
 */
final class Lane implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Lane.class);

    private static final int QUEUE = 1_024;
    private static final int GROUP = 64;
    private static final Duration CLOSING = Duration.ofSeconds(10);

    private final Connections connections;
    private final boolean writes;
    private final Duration patience;
    private final BlockingQueue<Job<?>> queue = new ArrayBlockingQueue<>(QUEUE);
    private final CountDownLatch running;
    private final Job<Boolean> end = new Job<>(handle -> true);
    private volatile boolean closed;

    private Lane(int threads, boolean writes, Duration patience, Connections connections) {
        this.connections = connections;
        this.writes = writes;
        this.patience = patience;
        this.running = new CountDownLatch(threads);
        boolean unused = end.claim();
    }

    /** One thread that writes. */
    static Lane writer(Executor threads, Duration patience, Connections connections) {
        return new Lane(1, true, patience, connections).start(threads);
    }

    /** A few threads that read. */
    static Lane readers(int count, Executor threads, Duration patience, Connections connections) {
        return new Lane(count, false, patience, connections).start(threads);
    }

    private Lane start(Executor threads) {
        for (long i = running.getCount(); i > 0; i--) {
            threads.execute(this::run);
        }
        return this;
    }

    /** Has work done and waits for it; {@code store-unavailable} where it fails, or where the lane's patience ends. */
    <T extends @Nullable Object> T call(Work<T> work) {
        Job<T> job = new Job<>(work);
        if (closed || !queue.offer(job)) {
            throw unavailable(closed ? "The control store is closed." : "The control store is overloaded.", null);
        }
        try {
            return job.done.get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw failure(e.getCause());
        } catch (TimeoutException e) {
            throw tooLate(job, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw tooLate(job, e);
        }
    }

    private RipTideException tooLate(Job<?> job, Exception e) {
        boolean never = job.claim() || !writes;
        return unavailable(
                "The control store did not answer in time"
                        + (never ? "; nothing was changed." : "; the change may have been made or not."),
                e);
    }

    private static RuntimeException failure(@Nullable Throwable cause) {
        if (cause instanceof JdbiException || cause instanceof SQLException) {
            return unavailable("The control store could not do this; nothing was changed.", cause);
        }
        if (cause instanceof RuntimeException e) {
            return e;
        }
        throw new IllegalStateException(cause);
    }

    static RipTideException unavailable(String detail, @Nullable Throwable cause) {
        Problem problem = Problem.of(ProblemCode.STORE_UNAVAILABLE, detail);
        return cause == null ? new RipTideException(problem) : new RipTideException(problem, cause);
    }

    private void run() {
        Handle handle = null;
        List<Job<?>> group = new ArrayList<>(GROUP);
        while (next(group)) {
            if (!group.isEmpty()) {
                handle = work(handle, group);
                group.clear();
            }
        }
        if (handle != null) {
            closeQuietly(handle);
        }
        running.countDown();
    }

    /** Waits for work; false once the lane is closed and its queue worked off. */
    private boolean next(List<Job<?>> group) {
        Job<?> first = queue.poll();
        if (first == null) {
            if (closed) {
                return false;
            }
            try {
                first = queue.take();
            } catch (InterruptedException e) {
                // Its executor wants the thread back.
                Thread.currentThread().interrupt();
                return false;
            }
        }
        if (first == end) {
            return false;
        }
        group.add(first);
        if (writes) {
            queue.drainTo(group, GROUP - 1);
        }
        group.removeIf(job -> !job.claim());
        return true;
    }

    /** Does a group; returns the connection to go on with, or null where one is to be opened anew. */
    private @Nullable Handle work(@Nullable Handle handle, List<Job<?>> group) {
        Handle used = handle;
        try {
            if (used == null) {
                used = Jdbi.open(connections.open());
            }
            if (writes) {
                write(used, group);
            } else {
                for (Job<?> job : group) {
                    job.run(used);
                }
            }
            group.forEach(Job::publish);
            return used;
        } catch (SQLException | RuntimeException e) {
            // Whoever waits is given the cause, and logs it.
            LOG.debug("The control store failed", e);
            group.forEach(job -> job.fail(e));
            if (used != null) {
                closeQuietly(used);
            }
            return null;
        }
    }

    /** One transaction for all; a piece that fails takes back what it did, and no other's. */
    private static void write(Handle handle, List<Job<?>> group) {
        handle.begin();
        for (Job<?> job : group) {
            handle.savepoint("job");
            try {
                job.run(handle);
                handle.releaseSavepoint("job");
            } catch (SQLException | RuntimeException e) {
                handle.rollbackToSavepoint("job");
                job.failed = e;
            }
        }
        handle.commit();
    }

    private static void closeQuietly(Handle handle) {
        try {
            handle.close();
        } catch (RuntimeException e) {
            LOG.debug("A connection did not close in order", e);
        }
    }

    /** Takes no more work, lets what is queued end, and waits for that some seconds. Idempotent. */
    @Override
    public void close() {
        closed = true;
        // Each that waits takes one of these and ends; where the queue is full, none waits and all see the flag.
        for (long i = running.getCount(); i > 0; i--) {
            if (!queue.offer(end)) {
                break;
            }
        }
        try {
            if (!running.await(CLOSING.toSeconds(), TimeUnit.SECONDS)) {
                LOG.warn("The control store's disk hangs; {} threads are left behind", running.getCount());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static final class Job<T extends @Nullable Object> {
        private final Work<T> work;
        private final CompletableFuture<T> done = new CompletableFuture<>();
        private final AtomicBoolean claimed = new AtomicBoolean();
        private @Nullable T result;
        private @Nullable Exception failed;

        Job(Work<T> work) {
            this.work = work;
        }

        /** True for the first who asks: the thread that will do it, or the caller who gives up before that. */
        boolean claim() {
            return claimed.compareAndSet(false, true);
        }

        void run(Handle handle) throws SQLException {
            result = work.on(handle);
        }

        @SuppressWarnings("NullAway") // T is nullable where the work's answer is.
        void publish() {
            if (failed != null) {
                done.completeExceptionally(failed);
            } else {
                done.complete(result);
            }
        }

        void fail(Exception e) {
            done.completeExceptionally(e);
        }
    }
}
