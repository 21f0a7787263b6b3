package io.riptide.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import io.riptide.entry.Dictionary;
import io.riptide.spi.EntryStore;
import io.riptide.spi.StoredDictionary;
import io.riptide.spi.Time;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The dictionaries that are used, of all tenants: read from the store with their first use, and let go with their
 * native memory once they were not used for ten minutes or others need the room. One that is let go while it is used
 * works to the end of that use. Any number of threads.
 */
final class DictionaryShelf {
    /** Heap and native memory of all together. */
    static final long MAX_BYTES = 64L << 20;

    private static final Duration IDLE = Duration.ofMinutes(10);

    private final EntryStore store;
    private final Cache<Place, Dictionary> kept;

    /** Where a dictionary belongs. */
    private record Place(String tenantId, String namespace, int id) {}

    DictionaryShelf(EntryStore store, Time time) {
        this.store = store;
        this.kept = Caffeine.newBuilder()
                .maximumWeight(MAX_BYTES)
                .weigher((Place place, Dictionary dictionary) -> dictionary.footprintBytes())
                .expireAfterAccess(IDLE)
                .ticker(time::nanoTime)
                .executor(Runnable::run)
                .removalListener((@Nullable Place place, @Nullable Dictionary dictionary, RemovalCause cause) -> {
                    if (dictionary != null) {
                        dictionary.close();
                    }
                })
                .build();
    }

    /** A dictionary of a tenant's namespace, or null where the store has none that is whole. */
    @Nullable Dictionary find(String tenantId, String namespace, int id) {
        Place place = new Place(tenantId, namespace, id);
        Dictionary known = kept.getIfPresent(place);
        if (known != null) {
            return known;
        }
        StoredDictionary stored = store.dictionary(tenantId, namespace, id);
        Dictionary read =
                stored == null ? null : Dictionary.parse(stored.bytes()).orElse(null);
        return read == null || read.id() != id ? null : keep(place, read);
    }

    /** Of two who read it at once the first one's stays. */
    private Dictionary keep(Place place, Dictionary read) {
        Dictionary first = kept.asMap().putIfAbsent(place, read);
        if (first == null) {
            return read;
        }
        read.close();
        return first;
    }

    /** Lets go of a tenant's. */
    void forget(String tenantId) {
        kept.asMap().keySet().removeIf(place -> place.tenantId().equals(tenantId));
    }

    /** Lets go of those that were not used. */
    void tidy() {
        kept.cleanUp();
    }

    /** Dictionaries on it now. */
    int size() {
        return kept.asMap().size();
    }
}
