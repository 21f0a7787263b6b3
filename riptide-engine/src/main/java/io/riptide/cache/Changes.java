package io.riptide.cache;

import io.riptide.entry.StoreKey;
import io.riptide.spi.InvalidationFeed;
import io.riptide.spi.Time;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What other processes changed of a store that they share with this one, and how far what L1 holds can be relied on.
 * News names a store key, which is a hash; L1 knows a key by its text. So nothing is looked up: each store key has one
 * of {@value #CELLS} cells, and news of it counts one there. What is read from the store remembers the count from
 * before it was asked. Where that has moved, the key has changed, or in rare cases another of its cell.
 *
 * <p>An unmoved count tells of a change only where news arrives. So what L1 holds is <em>proven</em> up to an instant:
 * that of the feed's proof, as long as its epoch is the one it was read in, or that of the read itself, whichever is
 * later. It answers until that instant is {@value #TRUSTED_MILLIS} ms past. From then on it is suspect: the store is
 * asked, by each key's next read, and what comes of that is proven by its own instant, feed or no feed. Ages go by the
 * precise time: a process that was frozen does not trust what it last noted of it.
 *
 * <p>All tenants share it, without a lock.
 */
final class Changes {
    /** For how long after it was proven what L1 holds answers, in milliseconds. */
    static final long TRUSTED_MILLIS = 500;

    /** A power of two: of 500 changes a second, one in nine minutes concerns a key without being its own. */
    private static final int CELLS = 1 << 18;

    private static final long TRUSTED_NANOS = TimeUnit.MILLISECONDS.toNanos(TRUSTED_MILLIS);

    private final AtomicIntegerArray counts = new AtomicIntegerArray(CELLS);
    private final InvalidationFeed feed;
    private final Time time;
    private final Consumer<StoreKey> next;
    private final LongAdder told = new LongAdder();
    private final LongAdder checks = new LongAdder();
    private final LongAdder stale = new LongAdder();

    private Changes(InvalidationFeed feed, Time time, Consumer<StoreKey> next) {
        this.feed = feed;
        this.time = time;
        this.next = next;
    }

    /**
     * Listens to a feed from now on; null where nobody else writes to the store.
     *
     * @param next who is told of each change once it is counted
     */
    static @Nullable Changes over(InvalidationFeed feed, Time time, Consumer<StoreKey> next) {
        if (!feed.shared()) {
            return null;
        }
        Changes changes = new Changes(feed, time, next);
        feed.listen(changes::changed);
        return changes;
    }

    private void changed(StoreKey key) {
        counts.getAndIncrement(cell(key));
        told.increment();
        next.accept(key);
    }

    /** Before the store is asked for a key. */
    Seen before(StoreKey key) {
        int cell = cell(key);
        return new Seen(cell, counts.get(cell), feed.proof().epoch(), time.preciseNanoTime());
    }

    /** Whether what was read then may have changed, by what was told since. */
    boolean changed(Seen seen) {
        return counts.get(seen.cell()) != seen.count();
    }

    /**
     * Whether what was read then may answer: unchanged, and proven a moment ago. The proof is read before the count,
     * for it tells of no change that the count does not.
     */
    boolean trusts(Seen seen) {
        long proven = provenNanos(seen);
        return !changed(seen) && time.preciseNanoTime() - proven < TRUSTED_NANOS;
    }

    /** How long ago what was read then was last proven, in nanoseconds. */
    long unprovenNanos(Seen seen) {
        long proven = provenNanos(seen);
        return Math.max(0, time.preciseNanoTime() - proven);
    }

    private long provenNanos(Seen seen) {
        InvalidationFeed.Proof proof = feed.proof();
        return proof.epoch() == seen.epoch() && proof.nanos() - seen.nanos() > 0 ? proof.nanos() : seen.nanos();
    }

    /** Something that L1 holds was not relied on. */
    void noteCheck() {
        checks.increment();
    }

    /** Something that L1 holds was served unproven, as the store did not answer. */
    void noteStale(int keys) {
        stale.add(keys);
    }

    /** How it went so far. */
    Coherence figures() {
        long age = Math.max(0, time.preciseNanoTime() - feed.proof().nanos());
        return new Coherence(told.sum(), checks.sum(), stale.sum(), age);
    }

    private static int cell(StoreKey key) {
        int h = key.hashCode() * 0x9E3779B9;
        return (h ^ (h >>> 15)) & (CELLS - 1);
    }
}
