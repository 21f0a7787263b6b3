package io.riptide.store.rocksdb;

import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.LongSupplier;

/**
 * Keeps writers from putting a row of {@code expiry} behind the sweep's back. The sweep reads rows up to an instant and
 * then deletes that whole range; an entry whose expiry lies at or before that instant (its clock went back, or it lives
 * for a millisecond) would lose its row and stay for ever.
 *
 * <p>So a sweep first raises {@link #target}, for which it waits until every writer has left that judged by the old
 * one. A writer whose entry expires at or before the target is <em>late</em>: it waits for the sweep's lock and, in the
 * same batch as its row, takes the position back to before it. Others never wait for a sweep.
 */
final class Horizon {
    private final ReentrantReadWriteLock writers = new ReentrantReadWriteLock();
    /** Fair: sweeps, jobs and late writers take turns. */
    private final ReentrantLock sweep = new ReentrantLock(true);
    /** Rows up to here may be about to go. Moves under the write lock. */
    private long target;
    /** Rows up to here are gone. Moves under {@link #sweep}. */
    private long position;

    Horizon(long position) {
        this.position = position;
        this.target = position;
    }

    /** A writer comes in whose earliest expiry is that; answers whether it is late. To be left in a finally. */
    boolean enter(long earliestExpiresMillis) {
        writers.readLock().lock();
        boolean late = earliestExpiresMillis <= target;
        if (late) {
            sweep.lock();
        }
        return late;
    }

    void leave(boolean late) {
        if (late) {
            sweep.unlock();
        }
        writers.readLock().unlock();
    }

    /** Up to where rows will go from now on; returns once no writer is inside that does not know. */
    void raise(long millis) {
        writers.writeLock().lock();
        try {
            target = Math.max(target, millis);
        } finally {
            writers.writeLock().unlock();
        }
    }

    /** Runs a step of the sweep, or whatever must not meet one, alone. */
    long alone(LongSupplier step) {
        sweep.lock();
        try {
            return step.getAsLong();
        } finally {
            sweep.unlock();
        }
    }

    /** Up to where rows are gone. Under {@link #sweep}. */
    long position() {
        return position;
    }

    /** After the commit that says the same. Under {@link #sweep}. */
    void position(long millis) {
        position = millis;
    }
}
