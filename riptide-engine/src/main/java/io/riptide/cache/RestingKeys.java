package io.riptide.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.riptide.spi.Time;
import java.time.Duration;

/**
 * Keys whose early refresh failed a moment ago and is not tried again with each read: for a second, and as many
 * keys as are kept.
 */
final class RestingKeys {
    private static final int MAX = 10_000;
    private static final Duration REST = Duration.ofSeconds(1);

    private final Cache<L1Key, Boolean> keys;

    RestingKeys(Time time) {
        this.keys = Caffeine.newBuilder()
                .maximumSize(MAX)
                .expireAfterWrite(REST)
                .ticker(time::nanoTime)
                .executor(Runnable::run)
                .build();
    }

    void add(L1Key key) {
        keys.put(key, true);
    }

    boolean contains(L1Key key) {
        return keys.getIfPresent(key) != null;
    }

    /** Lets go of those that have rested: they hold their tenant's cache. */
    void tidy() {
        keys.cleanUp();
    }
}
