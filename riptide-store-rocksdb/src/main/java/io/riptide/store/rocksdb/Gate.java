package io.riptide.store.rocksdb;

import io.riptide.problem.Problem;
import io.riptide.problem.ProblemCode;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Keeps native memory in place while it is used: a call into RocksDB after it was closed would end the JVM. Every
 * operation enters and leaves; closing turns away those that come and waits for those inside.
 */
final class Gate {
    private final ReentrantReadWriteLock inside = new ReentrantReadWriteLock();
    private final ReentrantLock closing = new ReentrantLock();
    private volatile boolean shut;

    /** Enters, or throws {@code store-unavailable}. To be left in a finally. */
    void enter() {
        inside.readLock().lock();
        if (shut) {
            inside.readLock().unlock();
            throw Problem.of(ProblemCode.STORE_UNAVAILABLE, "The entry store is closed")
                    .asException();
        }
    }

    void leave() {
        inside.readLock().unlock();
    }

    /**
     * Closes once; a second caller returns when the first has closed.
     *
     * @param hurry runs while others may still be inside, to make them come out sooner
     * @param close runs when nobody is inside and nobody can come in
     */
    void close(Runnable hurry, Runnable close) {
        closing.lock();
        try {
            if (!shut) {
                shut = true;
                hurry.run();
                inside.writeLock().lock();
                try {
                    close.run();
                } finally {
                    inside.writeLock().unlock();
                }
            }
        } finally {
            closing.unlock();
        }
    }
}
