package io.riptide;

import io.riptide.spi.Time;
import java.util.concurrent.locks.LockSupport;

/**
 * Time in cells that a thread of its own renews about every millisecond: a read is a plain volatile one, no system
 * call.
 */
final class CoarseTime implements Time, AutoCloseable {
    private static final long STEP_NANOS = 1_000_000;

    private final Thread thread;
    private volatile long wallMillis = System.currentTimeMillis();
    private volatile long nanos = System.nanoTime();
    private volatile boolean closed;

    private CoarseTime() {
        thread = Thread.ofPlatform().name("riptide-time").daemon().unstarted(this::run);
    }

    static CoarseTime start() {
        CoarseTime time = new CoarseTime();
        time.thread.start();
        return time;
    }

    private void run() {
        while (!closed) {
            wallMillis = System.currentTimeMillis();
            nanos = System.nanoTime();
            LockSupport.parkNanos(STEP_NANOS);
        }
    }

    @Override
    public long wallMillis() {
        return wallMillis;
    }

    @Override
    public long nanoTime() {
        return nanos;
    }

    @Override
    public long preciseNanoTime() {
        return System.nanoTime();
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }
}
