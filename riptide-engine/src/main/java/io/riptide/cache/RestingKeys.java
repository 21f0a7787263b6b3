package io.riptide.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.riptide.problem.Problem;
import io.riptide.spi.Time;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keys whose load failed a moment ago: where there is something else to serve, it is not tried again with each read,
 * for a second at least; where there is not, the failure itself is the answer for as long as that was asked for. Of all
 * tenants together, and at most {@value #MAX}: beyond them those go first that are asked for least. A key that is
 * written or removed, alone or with others, rests no longer. Nothing of it outlives the process.
 */
final class RestingKeys {
    private static final int MAX = 10_000;
    private static final long SHORTEST_NANOS = Duration.ofSeconds(1).toNanos();

    private final Cache<Place, Rest> rests;
    private final Time time;

    /** A key of one tenant: the same key of another is another. */
    private record Place(TenantCache cache, L1Key key) {}

    /**
     * @param failure what the loader failed with; null: it was not the loader's
     * @param stamp number of the tenant's latest removal when it failed
     */
    private record Rest(@Nullable Problem failure, long beganNanos, long nanos, long stamp) {}

    RestingKeys(Time time) {
        this.time = time;
        this.rests = Caffeine.newBuilder()
                .maximumSize(MAX)
                .expireAfter(Expiry.<Place, Rest>writing((place, rest) -> Duration.ofNanos(rest.nanos())))
                .ticker(time::nanoTime)
                .executor(Runnable::run)
                .build();
    }

    /** Has a key rest whose loader failed, for so long and for a second at least. */
    void add(TenantCache cache, L1Key key, Problem failure, long nanos) {
        rests.put(new Place(cache, key), rest(cache, failure, Math.max(nanos, SHORTEST_NANOS)));
    }

    /** Has a key rest for a second whose load failed for another reason; where it rests already nothing changes. */
    void add(TenantCache cache, L1Key key) {
        var unused = rests.asMap().putIfAbsent(new Place(cache, key), rest(cache, null, SHORTEST_NANOS));
    }

    private Rest rest(TenantCache cache, @Nullable Problem failure, long nanos) {
        return new Rest(failure, time.nanoTime(), nanos, cache.removals().now().latest());
    }

    boolean contains(TenantCache cache, L1Key key) {
        return find(cache, key) != null;
    }

    /** What the key's loader failed with less than so long ago, or null. */
    @Nullable Problem failure(TenantCache cache, L1Key key, long nanos) {
        Rest rest = nanos == 0 ? null : find(cache, key);
        return rest != null && time.nanoTime() - rest.beganNanos() < nanos ? rest.failure() : null;
    }

    private @Nullable Rest find(TenantCache cache, L1Key key) {
        Rest rest = rests.estimatedSize() == 0 ? null : rests.getIfPresent(new Place(cache, key));
        boolean removed = rest != null && cache.removals().now().mayEnd(key.namespace(), key.key(), rest.stamp());
        return removed ? null : rest;
    }

    void forget(TenantCache cache, List<L1Key> keys) {
        if (rests.estimatedSize() > 0) {
            keys.forEach(key -> rests.invalidate(new Place(cache, key)));
        }
    }

    /** Lets go of those that have rested: they hold their tenant's cache. */
    void tidy() {
        rests.cleanUp();
    }
}
