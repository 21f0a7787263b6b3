package io.riptide.testkit;

import io.riptide.spi.Time;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** Time that moves only when it is told to. Wall and monotonic time move together unless the wall is made to jump. */
public final class ManualTime implements Time {
    private final AtomicLong wallMillis;
    private final AtomicLong nanos = new AtomicLong();

    /** Begins at that instant, epoch milliseconds. */
    public ManualTime(long wallMillis) {
        this.wallMillis = new AtomicLong(wallMillis);
    }

    /** Begins on 1 November 2026. */
    public ManualTime() {
        this(1_793_491_200_000L);
    }

    /** Moves both on. */
    public void advance(Duration by) {
        nanos.addAndGet(by.toNanos());
        wallMillis.addAndGet(by.toMillis());
    }

    /** Moves the wall clock alone, as an operator or a time service does. */
    public void jumpWall(Duration by) {
        wallMillis.addAndGet(by.toMillis());
    }

    @Override
    public long wallMillis() {
        return wallMillis.get();
    }

    @Override
    public long nanoTime() {
        return nanos.get();
    }
}
