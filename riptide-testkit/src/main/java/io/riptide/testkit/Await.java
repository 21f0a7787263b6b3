package io.riptide.testkit;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what another process does: nothing tells when it has. */
public final class Await {
    private static final long STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private Await() {}

    /** Returns once the condition holds; throws {@code IllegalStateException} where it does not in time. */
    public static void until(Duration patience, String what, BooleanSupplier condition) {
        long end = System.nanoTime() + patience.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new IllegalStateException("waited " + patience + " in vain for " + what);
            }
            LockSupport.parkNanos(STEP_NANOS);
        }
    }
}
