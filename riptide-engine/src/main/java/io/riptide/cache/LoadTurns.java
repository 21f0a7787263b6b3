package io.riptide.cache;

import io.riptide.entry.StoreKey;
import io.riptide.problem.RipTideException;
import io.riptide.spi.LoadLeases;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Over several nodes, one at a time loads a key. Whose turn it isn't waits for what the other brings: the feed tells
 * when it is there, and now and then it is looked for all the same. Where the other brings nothing that is kept (it
 * failed, found nothing, died) the turn comes then, and to all who waited at once: nobody waits for two loads of
 * others. Where the leases can not be asked, each node loads for itself.
 */
final class LoadTurns {
    /** How long a node that died is waited for. */
    static final long LEASE_MILLIS = 4_000;

    private static final long FIRST_PAUSE_MILLIS = 10;
    private static final long LONGEST_PAUSE_MILLIS = 500;

    private final LoadLeases leases;
    private final String node;
    private final AtomicLong begun = new AtomicLong();
    private final ConcurrentMap<StoreKey, Turn> held = new ConcurrentHashMap<>();
    private final ConcurrentMap<StoreKey, Turn> waiting = new ConcurrentHashMap<>();

    /**
     * By these leases.
     *
     * @param salt by chance, and unlike that of other processes: it names this one's loads
     */
    LoadTurns(LoadLeases leases, long salt) {
        this.leases = leases;
        this.node = Long.toHexString(salt) + ":";
    }

    /** To be closed once the load has landed. */
    Turn of(StoreKey key, Flight flight) {
        return new Turn(key, flight);
    }

    /** What is stored of a key has changed: who waits for it looks. */
    void changed(StoreKey key) {
        Turn turn = waiting.isEmpty() ? null : waiting.get(key);
        if (turn != null) {
            turn.news.release();
        }
    }

    /** Keeps the leases of loads under way, about once a second; one of a load that was given up ends by itself. */
    void tick() {
        held.values().removeIf(turn -> turn.flight.over());
        if (!held.isEmpty()) {
            Map<StoreKey, String> names =
                    held.values().stream().collect(Collectors.toMap(turn -> turn.key, turn -> turn.name));
            try {
                leases.keep(names, LEASE_MILLIS);
            } catch (RipTideException e) {
                // They end by themselves; then others load, too.
            }
        }
    }

    /** One load's. One thread. */
    final class Turn implements AutoCloseable {
        private final StoreKey key;
        private final Flight flight;
        private final String name = node + begun.incrementAndGet();
        private final Semaphore news = new Semaphore(0);
        private @Nullable String waitedFor;
        private long pauseMillis = FIRST_PAUSE_MILLIS;

        private Turn(StoreKey key, Flight flight) {
            this.key = key;
            this.flight = flight;
        }

        /** Whether to load now; else what is stored is to be looked at, and then {@link #await} is to be called. */
        boolean come() {
            if (!leases.shared()) {
                return true;
            }
            var unused = news.drainPermits();
            waiting.put(key, this);
            String holder;
            try {
                holder = leases.take(key, name, LEASE_MILLIS);
            } catch (RipTideException e) {
                return true;
            }
            if (holder.equals(name)) {
                held.put(key, this);
                return true;
            }
            // What this process loads already was overtaken by a removal or given up: it is not worth the wait.
            if (holder.startsWith(node) || (waitedFor != null && !holder.equals(waitedFor))) {
                return true;
            }
            waitedFor = holder;
            return false;
        }

        /** Waits for a change of what is stored, but not for ever. */
        void await() {
            try {
                if (!news.tryAcquire(pauseMillis, TimeUnit.MILLISECONDS)) {
                    pauseMillis = Math.min(2 * pauseMillis, LONGEST_PAUSE_MILLIS);
                }
            } catch (InterruptedException e) {
                throw Flight.failure(e);
            }
        }

        @Override
        public void close() {
            waiting.remove(key, this);
            if (held.remove(key, this)) {
                leases.release(key, name);
            }
        }
    }
}
