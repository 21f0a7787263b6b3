package io.riptide.proof.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.cache.BatchEntry;
import io.riptide.cache.KeyPage;
import io.riptide.cache.Loader;
import io.riptide.cache.Lookup;
import io.riptide.cache.Namespace;
import io.riptide.cache.PutOptions;
import io.riptide.cache.PutResult;
import io.riptide.cache.PutResult.Outcome;
import io.riptide.cache.TenantCache;
import io.riptide.config.CacheConfig.Durability;
import io.riptide.config.PersistenceConfig;
import io.riptide.entry.Head;
import io.riptide.grant.TenantGrant;
import io.riptide.proof.model.Step.At;
import io.riptide.spi.Removal;
import io.riptide.spi.Removed;
import io.riptide.spi.StoreUsage;
import io.riptide.store.rocksdb.RocksDbEntryStore;
import io.riptide.testkit.ManualTime;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Predicate;

/** The cache over RocksDB beside a map of what should be in it; every operation checks its answer against the map. */
final class ModelledCache implements AutoCloseable {
    private record Place(String tenant, String namespace, String key) {}

    private record Kept(byte[] value, long expiresMillis, long version) {}

    private static final int TAGS = 3;

    private final Path directory;
    private final ManualTime time;
    private final Map<Place, Kept> model;
    private final RocksDbEntryStore store;
    private final Caches caches;
    private final ConcurrentMap<String, TenantGrant> grants = new ConcurrentHashMap<>();

    private ModelledCache(Path directory, ManualTime time, Map<Place, Kept> model) {
        this.directory = directory;
        this.time = time;
        this.model = model;
        this.store = RocksDbEntryStore.open(
                directory, PersistenceConfig.defaults().rocksdb(), Durability.BUFFERED, Runnable::run);
        this.caches = Caches.over(store, time);
    }

    static ModelledCache open(Path directory) {
        return new ModelledCache(directory, new ManualTime(), new ConcurrentHashMap<>());
    }

    ModelledCache reopened() {
        close();
        return new ModelledCache(directory, time, model);
    }

    @Override
    public void close() {
        store.close();
    }

    void advance(long millis) {
        time.advance(Duration.ofMillis(millis));
        caches.manager().tick();
        caches.manager().sweep();
        caches.manager().reclaim();
    }

    private TenantGrant grant(String tenant) {
        return grants.computeIfAbsent(tenant, caches::grant);
    }

    private TenantCache tenant(String tenant) {
        return caches.manager().open(grant(tenant));
    }

    /** Does one operation on a key, which gets that prefix. */
    void step(At at, String prefix) {
        Place place = new Place(at.tenant(), at.namespace(), prefix + at.key());
        Namespace namespace = tenant(at.tenant()).namespace(at.namespace());
        PutOptions options = PutOptions.ttl(Duration.ofMillis(at.ttlMillis())).tags(tags(prefix, at.value()));
        Kept before = live(place);
        long version = before == null ? 7 : before.version();
        switch (at.kind()) {
            case GET -> check(namespace.get(place.key()), before);
            case GET_ALL -> checkMany(namespace, place);
            case PUT ->
                wrote(place, at, before, namespace.put(place.key(), at.value().clone(), options), true);
            case PUT_ALL ->
                wrote(
                        place,
                        at,
                        before,
                        namespace
                                .putAll(List.of(
                                        new BatchEntry(place.key(), at.value().clone(), options)))
                                .getFirst(),
                        true);
            case PUT_IF_ABSENT ->
                wrote(
                        place,
                        at,
                        before,
                        namespace.putIfAbsent(place.key(), at.value().clone(), options),
                        before == null);
            case PUT_IF_PRESENT ->
                wrote(
                        place,
                        at,
                        before,
                        namespace.putIfPresent(place.key(), at.value().clone(), options),
                        before != null);
            case SET_IF_UNCHANGED ->
                wrote(
                        place,
                        at,
                        before,
                        namespace.compareAndSet(place.key(), version, at.value().clone(), options),
                        before != null);
            case SET_IF_OTHER ->
                wrote(
                        place,
                        at,
                        before,
                        namespace.compareAndSet(
                                place.key(), version + 1, at.value().clone(), options),
                        false);
            case LOAD -> load(namespace, place, at, before, options);
            case REMOVE -> removed(place, before, namespace.remove(place.key()));
            case REMOVE_IF_UNCHANGED -> removed(place, before, namespace.remove(place.key(), version));
            case REMOVE_TAGGED, REMOVE_TAGGED_EVERYWHERE -> removeTagged(namespace, at, prefix);
            case REMOVE_PREFIXED, REMOVE_ALL -> removePrefixed(namespace, at, prefix);
            case EXPLAIN -> assertThat(namespace.explain(place.key()).present()).isEqualTo(before != null);
            case LIST -> checkListing(namespace, place, prefix);
        }
    }

    private Kept live(Place place) {
        Kept kept = model.get(place);
        return kept == null || kept.expiresMillis() <= time.wallMillis() ? null : kept;
    }

    private void wrote(Place place, At at, Kept before, PutResult result, boolean expected) {
        assertThat(result.outcome())
                .isEqualTo(!expected ? Outcome.CONDITION_FAILED : before == null ? Outcome.CREATED : Outcome.REPLACED);
        if (expected) {
            model.put(place, new Kept(at.value(), time.wallMillis() + at.ttlMillis(), result.version()));
        }
    }

    private void removed(Place place, Kept before, boolean answer) {
        assertThat(answer).isEqualTo(before != null);
        model.remove(place);
    }

    private void removeTagged(Namespace namespace, At at, String prefix) {
        String tag = prefix + "t" + at.value().length % TAGS;
        boolean everywhere = at.kind() == Step.Kind.REMOVE_TAGGED_EVERYWHERE;
        Removed removed = everywhere
                ? tenant(at.tenant()).removeTagged(tag, Removal.Mode.REMOVE)
                : namespace.removeTagged(tag, Removal.Mode.REMOVE);
        removedWhere(
                removed,
                known -> known.tenant().equals(at.tenant())
                        && (everywhere || known.namespace().equals(at.namespace()))
                        && known.key().startsWith(prefix)
                        && tags(prefix, model.get(known).value()).contains(tag));
    }

    /** Threads share namespaces: each removes what is its own. */
    private void removePrefixed(Namespace namespace, At at, String prefix) {
        boolean all = at.kind() == Step.Kind.REMOVE_ALL && prefix.isEmpty();
        String own = prefix + (all ? "" : at.key().substring(0, 1));
        removedWhere(
                all ? namespace.removeAll(Removal.Mode.REMOVE) : namespace.removePrefixed(own, Removal.Mode.REMOVE),
                known -> known.tenant().equals(at.tenant())
                        && known.namespace().equals(at.namespace())
                        && known.key().startsWith(own));
    }

    /** One tag or none, by the length of the value. */
    private static List<String> tags(String prefix, byte[] value) {
        return value.length % 2 == 0 ? List.of() : List.of(prefix + "t" + value.length % TAGS);
    }

    private void removedWhere(Removed removed, Predicate<Place> covered) {
        List<Place> gone = model.keySet().stream().filter(covered).toList();
        long live = gone.stream().filter(place -> live(place) != null).count();
        assertThat(removed).isEqualTo(new Removed(live, true));
        gone.forEach(model::remove);
    }

    private void load(Namespace namespace, Place place, At at, Kept before, PutOptions options) {
        Lookup found = namespace.getOrLoad(
                place.key(), key -> new Loader.Loaded(at.value().clone(), options));
        if (before == null) {
            Lookup.Hit hit = (Lookup.Hit) found;
            assertThat(hit.tier()).isEqualTo(Lookup.Tier.LOADED);
            Head head = hit.entry().head();
            model.put(place, new Kept(at.value(), head.expiresMillis(), head.version()));
        }
        check(found, live(place));
    }

    private static void check(Lookup found, Kept expected) {
        if (expected == null) {
            assertThat(found).isInstanceOf(Lookup.Miss.class);
        } else {
            Lookup.Hit hit = (Lookup.Hit) found;
            assertThat(hit.entry().toByteArray()).isEqualTo(expected.value());
            assertThat(hit.entry().head().version()).isEqualTo(expected.version());
            assertThat(hit.entry().head().expiresMillis()).isEqualTo(expected.expiresMillis());
        }
    }

    private void checkMany(Namespace namespace, Place place) {
        String other = place.key() + "?";
        List<Lookup> found = namespace.getAll(List.of(other, place.key(), place.key()));
        check(found.get(0), live(new Place(place.tenant(), place.namespace(), other)));
        check(found.get(1), live(place));
        check(found.get(2), live(place));
    }

    private void checkListing(Namespace namespace, Place place, String prefix) {
        Set<String> listed = new HashSet<>();
        String cursor = null;
        do {
            KeyPage page = namespace.list(2, cursor);
            for (Head head : page.heads()) {
                if (head.key().startsWith(prefix)) {
                    assertThat(listed.add(head.key()))
                            .as("listed once: %s", head.key())
                            .isTrue();
                }
            }
            cursor = page.nextCursor();
        } while (cursor != null);
        Set<String> expected = new HashSet<>();
        for (Place known : model.keySet()) {
            if (known.tenant().equals(place.tenant())
                    && known.namespace().equals(place.namespace())
                    && known.key().startsWith(prefix)
                    && live(known) != null) {
                expected.add(known.key());
            }
        }
        assertThat(listed).isEqualTo(expected);
    }

    /** Reads all that should be there, and holds the accounting against a recount. Nothing else may run. */
    void checkAll() {
        caches.manager().tick();
        caches.manager().sweep();
        model.forEach((place, kept) ->
                check(tenant(place.tenant()).namespace(place.namespace()).get(place.key()), live(place)));
        for (String tenant : grants.keySet()) {
            List<Place> own = model.keySet().stream()
                    .filter(place -> place.tenant().equals(tenant) && live(place) != null)
                    .toList();
            StoreUsage usage = store.usage(tenant);
            assertThat(usage.entries()).isEqualTo(own.size());
            assertThat(usage.bytes()).isEqualTo(recounted(tenant));
        }
    }

    private long recounted(String tenant) {
        long bytes = 0;
        for (String namespace : List.of("pages", "p")) {
            for (Head head :
                    tenant(tenant).namespace(namespace).list(1000, null).heads()) {
                bytes += head.storedBytes();
            }
        }
        return bytes;
    }
}
