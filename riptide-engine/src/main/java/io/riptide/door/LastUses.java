package io.riptide.door;

import io.riptide.problem.RipTideException;
import io.riptide.spi.ControlStore;
import io.riptide.spi.Time;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * When keys were last used, to a minute: a key is noted once a minute at most, and what was noted is written in
 * batches, the last of them at a stop. It is for people who look for keys that nobody uses: a full map or a killed
 * process loses the newest minute.
 */
final class LastUses {
    private static final Logger LOG = LoggerFactory.getLogger(LastUses.class);
    private static final long MINUTE_MILLIS = TimeUnit.MINUTES.toMillis(1);
    private static final long FLUSH_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final int MAX_NOTED = 100_000;
    private static final int BATCH = 5_000;

    private final ControlStore store;
    private final Time time;
    private final ConcurrentHashMap<String, Long> noted = new ConcurrentHashMap<>();
    private long flushedNanos;

    LastUses(ControlStore store, Time time) {
        this.store = store;
        this.time = time;
        this.flushedNanos = time.nanoTime();
    }

    /** When one key was noted. */
    static final class Mark {
        private final String keyId;
        private volatile long millis;

        Mark(String keyId, @Nullable Long lastUsedMillis) {
            this.keyId = keyId;
            this.millis = lastUsedMillis == null ? Long.MIN_VALUE : lastUsedMillis;
        }
    }

    void note(Mark mark, long nowMillis) {
        long last = mark.millis;
        if (last == Long.MIN_VALUE || nowMillis - last >= MINUTE_MILLIS) {
            mark.millis = nowMillis;
            if (noted.size() < MAX_NOTED) {
                noted.put(mark.keyId, nowMillis);
            }
        }
    }

    /** Writes what was noted, every ten seconds; by one thread. What could not be written is tried again. */
    void tick() {
        long now = time.nanoTime();
        if (noted.isEmpty() || now - flushedNanos < FLUSH_NANOS) {
            return;
        }
        flushedNanos = now;
        boolean unused = writeBatch();
    }

    /** Writes all that was noted, at a stop; gives up where the store does not take it. */
    void flush() {
        boolean written = true;
        for (int batches = 0; written && !noted.isEmpty() && batches <= MAX_NOTED / BATCH; batches++) {
            written = writeBatch();
        }
    }

    private boolean writeBatch() {
        Map<String, Long> batch = new HashMap<>();
        for (Map.Entry<String, Long> entry : noted.entrySet()) {
            if (batch.size() == BATCH) {
                break;
            }
            batch.put(entry.getKey(), entry.getValue());
        }
        try {
            store.touchKeys(batch);
            batch.forEach(noted::remove);
            return true;
        } catch (RipTideException e) {
            LOG.warn("The last use of keys could not be written; it is tried again while the process runs", e);
            return false;
        }
    }
}
