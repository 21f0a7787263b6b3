package io.riptide.cache;

import io.riptide.entry.StoreKey;
import io.riptide.problem.Problem;
import io.riptide.problem.ProblemCode;
import io.riptide.spi.LoadLeases;
import io.riptide.spi.Time;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Leases that several nodes in one process share, and that can be put out of reach. */
final class MemoryLoadLeases implements LoadLeases {
    private final Time time;
    private final Map<StoreKey, Held> held = new HashMap<>();
    private boolean reachable = true;
    private int refused;

    private record Held(String load, long endNanos) {}

    MemoryLoadLeases(Time time) {
        this.time = time;
    }

    synchronized void reachable(boolean now) {
        reachable = now;
    }

    /** How often a load was told of another. */
    synchronized int refused() {
        return refused;
    }

    @Override
    public synchronized String take(StoreKey key, String load, long millis) {
        requireReachable();
        Held other = live(key);
        if (other != null) {
            refused += other.load().equals(load) ? 0 : 1;
            return other.load();
        }
        held.put(key, until(load, millis));
        return load;
    }

    @Override
    public synchronized void keep(Map<StoreKey, String> loads, long millis) {
        requireReachable();
        loads.forEach((key, load) -> {
            Held own = live(key);
            if (own != null && own.load().equals(load)) {
                held.put(key, until(load, millis));
            }
        });
    }

    @Override
    public synchronized void release(StoreKey key, String load) {
        if (reachable) {
            held.computeIfPresent(key, (same, now) -> now.load().equals(load) ? null : now);
        }
    }

    private Held until(String load, long millis) {
        return new Held(load, time.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis));
    }

    private @Nullable Held live(StoreKey key) {
        Held now = held.get(key);
        return now == null || now.endNanos() - time.nanoTime() <= 0 ? null : now;
    }

    private void requireReachable() {
        if (!reachable) {
            throw Problem.of(ProblemCode.STORE_UNAVAILABLE, "out of reach").asException();
        }
    }
}
