package io.riptide;

import io.riptide.spi.Time;
import java.util.concurrent.atomic.AtomicLong;

/** Time by hand for the engine's own tests, which cannot see the test kit: that module stands on this one. */
public final class SteppedTime implements Time {
    private final AtomicLong wallMillis = new AtomicLong(1_793_491_200_000L);
    private final AtomicLong nanos = new AtomicLong();

    /** Moves both on. */
    public void advanceMillis(long millis) {
        wallMillis.addAndGet(millis);
        nanos.addAndGet(millis * 1_000_000);
    }

    /** Moves the wall clock alone. */
    public void jumpWallMillis(long millis) {
        wallMillis.addAndGet(millis);
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
