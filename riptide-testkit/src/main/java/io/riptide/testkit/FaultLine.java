package io.riptide.testkit;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** The faults of one direction of all connections. Who waits by them is woken when they change. */
final class FaultLine {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    /** Guarded by the lock, as the two below. */
    private long delayNanos;

    private long bytesPerSecond;
    private boolean frozen;

    void delay(long nanos) {
        change(() -> delayNanos = nanos);
    }

    void throttle(long bytes) {
        change(() -> bytesPerSecond = bytes);
    }

    void freeze() {
        change(() -> frozen = true);
    }

    void heal() {
        change(() -> {
            delayNanos = 0;
            bytesPerSecond = 0;
            frozen = false;
        });
    }

    private void change(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Wakes who waits, so that it sees that its connection ended. */
    void wake() {
        change(() -> {});
    }

    /**
     * Waits until bytes may leave; false where their connection ended first.
     *
     * @param cameNanos when they came
     * @param lastNanos when bytes of that connection left last
     * @param lastBytes how many
     */
    boolean await(FaultLink link, long cameNanos, long lastNanos, int lastBytes) throws InterruptedException {
        lock.lock();
        try {
            while (!link.ended()) {
                if (frozen || link.frozen()) {
                    changed.await();
                    continue;
                }
                long now = System.nanoTime();
                long left = Math.max(delayNanos - (now - cameNanos), pause(lastBytes) - (now - lastNanos));
                if (left <= 0) {
                    return true;
                }
                var unused = changed.awaitNanos(left);
            }
            return false;
        } finally {
            lock.unlock();
        }
    }

    private long pause(int bytes) {
        return bytesPerSecond == 0 ? 0 : bytes * TimeUnit.SECONDS.toNanos(1) / bytesPerSecond;
    }
}
