package io.riptide.proof.bench;

import io.riptide.spi.Time;
import java.util.concurrent.locks.LockSupport;

/**
 * Coarse time as the engine's own is, but whose monotonic half runs a hundred times as fast: the largest rate a tenant
 * can have (a billion operations a minute) is below what two threads of a benchmark do, and the token bucket is to be
 * paid for, not to refuse.
 */
final class QuickenedTime implements Time, AutoCloseable {
    private static final int FACTOR = 100;

    private final Thread thread =
            Thread.ofPlatform().name("bench-time").daemon().unstarted(this::run);
    private volatile long wallMillis = System.currentTimeMillis();
    private volatile long nanos = System.nanoTime();
    private volatile boolean closed;

    static QuickenedTime start() {
        QuickenedTime time = new QuickenedTime();
        time.thread.start();
        return time;
    }

    private void run() {
        long origin = nanos;
        while (!closed) {
            wallMillis = System.currentTimeMillis();
            nanos = origin + (System.nanoTime() - origin) * FACTOR;
            LockSupport.parkNanos(1_000_000);
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

    /** Costs what the engine's own does. */
    @Override
    public long preciseNanoTime() {
        return System.nanoTime();
    }

    @Override
    public void close() {
        closed = true;
    }
}
