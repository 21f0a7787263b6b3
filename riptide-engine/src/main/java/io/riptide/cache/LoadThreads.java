package io.riptide.cache;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;

/**
 * Loads of all tenants that have threads of their own, because nobody waits for them or not for ever: at most
 * {@value #MAX} at once, those included that were given up and do not end.
 */
final class LoadThreads {
    static final int MAX = 4096;

    private final Executor threads;
    private final Semaphore room = new Semaphore(MAX);

    /** On these threads, one for each task. */
    LoadThreads(Executor threads) {
        this.threads = threads;
    }

    /** Starts a load; false where there is no room for one more. */
    boolean start(Runnable load) {
        if (!room.tryAcquire()) {
            return false;
        }
        try {
            threads.execute(() -> {
                try {
                    load.run();
                } finally {
                    room.release();
                }
            });
            return true;
        } catch (RejectedExecutionException e) {
            room.release();
            return false;
        }
    }
}
