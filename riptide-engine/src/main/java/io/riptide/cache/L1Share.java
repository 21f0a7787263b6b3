package io.riptide.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Policy;
import com.github.benmanes.caffeine.cache.RemovalCause;
import io.riptide.entry.Head;
import io.riptide.spi.Time;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** One tenant's part of L1, bounded by bytes. What it hands out is what it holds: a hit makes no object but its key. */
final class L1Share {
    /** What an entry costs besides its value and key: the objects around them and Caffeine's own node. */
    private static final int OVERHEAD_BYTES = 256;

    private final Cache<L1Key, Lookup.Hit> cache;
    private final Policy.Eviction<L1Key, Lookup.Hit> bound;
    private final Time time;

    L1Share(long maximumBytes, Time time, LongAdder evictedBySize, LongAdder expired) {
        this.time = time;
        this.cache = Caffeine.newBuilder()
                .maximumWeight(maximumBytes)
                .weigher(L1Share::weigh)
                .expireAfter(new UntilItEnds(time))
                .ticker(time::nanoTime)
                .executor(Runnable::run)
                .evictionListener((key, hit, cause) -> {
                    if (cause == RemovalCause.EXPIRED) {
                        expired.increment();
                    } else {
                        evictedBySize.increment();
                    }
                })
                .build();
        this.bound = cache.policy().eviction().orElseThrow();
    }

    /** A fresh entry, or null. */
    Lookup.@Nullable Hit get(L1Key key) {
        Lookup.Hit hit = cache.getIfPresent(key);
        return hit != null && hit.entry().head().expiredAt(time.wallMillis()) ? null : hit;
    }

    /** Puts an entry in where the fence still allows it; atomic with {@link #invalidate} of the same key. */
    void fill(L1Key key, Lookup.Hit hit, Fence fence, long stamp) {
        if (fence.valid(key, stamp)) {
            cache.asMap().compute(key, (k, old) -> fence.valid(k, stamp) ? hit : old);
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

    private static int weigh(L1Key key, Lookup.Hit hit) {
        return OVERHEAD_BYTES + 2 * key.key().length() + hit.entry().size();
    }

    /** Lets go of an entry when it ends, so that nobody needs to read it for its memory to come back. */
    private record UntilItEnds(Time time) implements Expiry<L1Key, Lookup.Hit> {
        @Override
        public long expireAfterCreate(L1Key key, Lookup.Hit hit, long now) {
            Head head = hit.entry().head();
            return Math.max(1, (head.expiresMillis() - time.wallMillis()) * 1_000_000);
        }

        @Override
        public long expireAfterUpdate(L1Key key, Lookup.Hit hit, long now, long current) {
            return expireAfterCreate(key, hit, now);
        }

        @Override
        public long expireAfterRead(L1Key key, Lookup.Hit hit, long now, long current) {
            return current;
        }
    }
}
