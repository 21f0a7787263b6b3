package io.riptide.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Policy;
import io.riptide.billing.UsageMeter;
import io.riptide.billing.UsageMeter.Meter;
import io.riptide.entry.Removals;
import io.riptide.spi.RemovalView;
import io.riptide.spi.Time;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** One tenant's part of L1, bounded by bytes. What it hands out is what it holds: a hit makes no object but its key. */
final class L1Share {
    /** What an entry costs besides its value and key: the objects around them and Caffeine's own node. */
    private static final int OVERHEAD_BYTES = 256;

    private static final int COLDEST_LOOKED_AT = 64;
    private static final int EVICTED_NOTED = 64;

    private final Cache<L1Key, Resident> cache;
    private final Policy.Eviction<L1Key, Resident> bound;
    /** Guarded by itself. */
    private final ArrayDeque<L1Key> evicted = new ArrayDeque<>();

    private final RemovalView removals;
    private final Time time;
    private final UsageMeter meter;

    L1Share(long maximumBytes, RemovalView removals, Time time, UsageMeter meter) {
        this.removals = removals;
        this.time = time;
        this.meter = meter;
        this.cache = Caffeine.newBuilder()
                .maximumWeight(maximumBytes)
                .weigher(L1Share::weigh)
                .executor(Runnable::run)
                .evictionListener((key, resident, cause) -> noteEviction(key))
                .build();
        this.bound = cache.policy().eviction().orElseThrow();
    }

    /** A fresh entry, or null. */
    Lookup.@Nullable Hit get(L1Key key) {
        Resident found = cache.getIfPresent(key);
        if (found != null && !found.judgedUpTo(removals.now().latest())) {
            found = judge(key, found, removals.now());
        }
        if (found == null) {
            return null;
        }
        if (found.endMillis() <= time.wallMillis()) {
            removeEnded(key, found);
            return null;
        }
        return found.hit();
    }

    private @Nullable Resident judge(L1Key key, Resident found, Removals now) {
        Resident judged = found.judge(key.namespace(), now);
        if (judged == null) {
            var unused = cache.asMap().remove(key, found);
        } else if (judged != found) {
            var unused = cache.asMap().replace(key, found, judged);
        }
        return judged;
    }

    /**
     * Judges all of it by the removals so far, so that a store can forget those of which it has nothing left. Costs
     * nothing where there was none since the last time.
     */
    void judgeAll() {
        Removals now = removals.now();
        if (now.marks().isEmpty()) {
            return;
        }
        cache.asMap().forEach((key, resident) -> {
            if (!resident.judgedUpTo(now.latest())) {
                var unused = judge(key, resident, now);
            }
        });
        removals.judged(now.latest());
    }

    private void removeEnded(L1Key key, Resident resident) {
        if (cache.asMap().remove(key, resident)) {
            meter.add(Meter.EVICTED_EXPIRED);
        }
    }

    /**
     * Lets go of those among the entries asked for longest ago that have ended. Looking at a few each second stands in
     * for a timer by entry, which every hit would have to move.
     */
    void removeEndedAmongColdest() {
        long now = time.wallMillis();
        bound.coldest(COLDEST_LOOKED_AT).forEach((key, resident) -> {
            if (resident.endMillis() <= now) {
                removeEnded(key, resident);
            }
        });
    }

    /** Puts an entry in where the fence still allows it; atomic with {@link #invalidate} of the same key. */
    void fill(L1Key key, Resident read, Fence fence, long stamp) {
        if (fence.valid(key, stamp)) {
            cache.asMap().compute(key, (k, old) -> fence.valid(k, stamp) ? read : old);
        }
    }

    /** What is held under a key, ended or not, without counting as a read. */
    @Nullable Resident peek(L1Key key) {
        return cache.policy().getIfPresentQuietly(key);
    }

    /** Whether a key is among the last that had to go for want of room. */
    boolean evictedLately(L1Key key) {
        synchronized (evicted) {
            return evicted.contains(key);
        }
    }

    private void noteEviction(@Nullable L1Key key) {
        meter.add(Meter.EVICTED_BY_SIZE);
        if (key != null) {
            synchronized (evicted) {
                if (evicted.size() == EVICTED_NOTED) {
                    evicted.removeFirst();
                }
                evicted.addLast(key);
            }
        }
    }

    void invalidate(L1Key key) {
        cache.invalidate(key);
    }

    void clear() {
        cache.invalidateAll();
    }

    void maximum(long bytes) {
        if (bound.getMaximum() != bytes) {
            bound.setMaximum(bytes);
        }
    }

    /** Bytes held, as weighed. */
    long bytes() {
        cache.cleanUp();
        return bound.weightedSize().orElse(0);
    }

    static int weigh(L1Key key, Resident resident) {
        return OVERHEAD_BYTES + 2 * key.key().length() + resident.hit().entry().size();
    }
}
