package io.riptide.cache;

import java.util.concurrent.atomic.AtomicLong;

/** How one share uses what it has, and what shows whether it would use more. Any thread counts; the governor reads. */
final class Appetite {
    private static final double FORGETTING = 0.9;

    private final AtomicLong used = new AtomicLong();
    private final AtomicLong evicted = new AtomicLong();
    private final AtomicLong regretted = new AtomicLong();
    private final Ghosts ghosts = new Ghosts();
    /** This and what follows: the governor's, under its lock. */
    private long evictedBefore;

    private double gain;
    private long shareBytes;

    /** An entry is asked for, the first time since it came in. */
    void use(int bytes) {
        used.addAndGet(bytes);
    }

    /** An entry that had been asked for is gone. */
    void unuse(int bytes) {
        used.addAndGet(-bytes);
    }

    /** An entry went, or did not come in, for want of room. */
    void miss(L1Key key, int bytes) {
        evicted.addAndGet(bytes);
        ghosts.add(key.hashCode());
    }

    /** An entry comes in, or would: had it just gone? */
    void come(L1Key key, int bytes) {
        if (ghosts.take(key.hashCode())) {
            regretted.addAndGet(bytes);
        }
    }

    /** Under the governor's lock. */
    Claim claim(long heldBytes, long limitBytes) {
        boolean full = evicted.get() != evictedBefore;
        return new Claim(heldBytes, Math.max(0, used.get()), limitBytes, full, gain, shareBytes);
    }

    /** Under the governor's lock: a round ends. */
    void nextRound(long entries) {
        evictedBefore = evicted.get();
        gain = gain * FORGETTING + regretted.getAndSet(0) * ghosts.scale();
        ghosts.resize(entries);
    }

    /** Under the governor's lock. */
    void given(long bytes) {
        shareBytes = bytes;
    }
}
