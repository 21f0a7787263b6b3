package io.riptide.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.entry.Compressor;
import io.riptide.entry.DictionarySource;
import io.riptide.entry.Entry;
import io.riptide.entry.EntryCipher;
import io.riptide.entry.Envelope;
import io.riptide.entry.Head;
import io.riptide.entry.Opening;
import io.riptide.entry.Removals;
import io.riptide.entry.Scope;
import io.riptide.entry.StoreKey;
import io.riptide.spi.Condition;
import io.riptide.spi.Departures;
import io.riptide.spi.Removal;
import io.riptide.spi.Removal.Mode;
import io.riptide.spi.RemovalView;
import io.riptide.spi.Removed;
import io.riptide.spi.StoreUsage;
import io.riptide.spi.StoreWrite;
import io.riptide.spi.WriteOutcome.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Removal of many: by tenant, namespace, tag, key and prefix; what it hides, counts, frees and leaves alone. */
abstract class EntryStoreRemovals extends EntryStoreScopes {
    private static final Scope NAMESPACE = new Scope.InNamespace("ns");

    /** Writes an entry that opens, stamped with the latest removal. */
    final Kind tag(String tenant, String namespace, String key, String... tags) {
        return store.put(sealed(tenant, namespace, key, latest(tenant), NOW + TTL, List.of(tags)))
                .kind();
    }

    private StoreWrite sealed(String tenant, String namespace, String key, long stamp, long kept, List<String> tags) {
        StoreKey at = key(tenant, namespace, key);
        Head head = new Head(key, "", NOW, NOW + TTL, kept, 7, 0, 0, tags, Head.generations(stamp));
        EntryCipher cipher = ciphers().of(tenant);
        Envelope.Sealed sealed = Envelope.seal(at, head, bytes(20, 1), Compressor.NONE, cipher);
        return new StoreWrite(at, sealed.head(), sealed.bytes(), Condition.NONE, NO_LIMIT, NOW);
    }

    private long latest(String tenant) {
        return store.removals(tenant).now().latest();
    }

    final Removed remove(String tenant, Scope scope) {
        return store.removeAll(new Removal(tenant, scope, Mode.REMOVE, NOW));
    }

    final void reclaimAll() {
        boolean more = true;
        while (more) {
            more = store.reclaim();
        }
    }

    /** The entry as a reader finds and judges it, or null where it is gone. */
    final @Nullable Entry read(String tenant, String namespace, String key) {
        StoreKey at = key(tenant, namespace, key);
        Removals before = store.removals(tenant).now();
        byte[] bytes = store.get(at);
        if (bytes == null) {
            return null;
        }
        EntryCipher cipher = ciphers().of(tenant);
        Entry entry = ((Opening.Opened) Envelope.open(at, key, bytes, DictionarySource.NONE, cipher)).entry();
        Removals now = store.removals(tenant).now();
        boolean removed = before.end(namespace, entry.head()) == Removals.REMOVED
                || now.end(namespace, entry.head()) == Removals.REMOVED;
        return removed ? null : entry;
    }

    @Test
    void a_removed_namespace_is_gone_at_once_and_its_usage_too() {
        for (int i = 0; i < 2_500; i++) {
            tag("acme", "ns", "k" + i);
        }
        tag("acme", "other", "k0");
        tag("bcme", "ns", "k0");
        StoreUsage one = store.usage("bcme");

        assertThat(remove("acme", NAMESPACE)).isEqualTo(new Removed(2_500, true));

        for (int round = 0; round < 3; round++) {
            assertThat(listAll("acme", "ns", 100)).isEmpty();
            assertThat(read("acme", "ns", "k7")).isNull();
            assertThat(store.usage("acme")).isEqualTo(one);
            assertThat(read("acme", "other", "k0")).isNotNull();
            assertThat(read("bcme", "ns", "k0")).isNotNull();
            if (round == 0) {
                reopen();
            } else {
                reclaimAll();
            }
        }
        assertThat(store.get(key("acme", "ns", "k7"))).as("its bytes are gone").isNull();
        assertThat(store.usage("bcme")).isEqualTo(one);
    }

    @Test
    void what_is_written_after_a_removal_stays_whatever_is_reclaimed() {
        for (int i = 0; i < 1_500; i++) {
            tag("acme", "ns", "k" + i);
        }
        assertThat(remove("acme", NAMESPACE).entries()).isEqualTo(1_500);
        assertThat(tag("acme", "ns", "k3")).as("nothing live was there").isEqualTo(Kind.CREATED);
        assertThat(tag("acme", "ns", "k3")).isEqualTo(Kind.REPLACED);
        StoreUsage one = store.usage("acme");
        assertThat(one.entries()).isEqualTo(1);
        store.reclaim();
        reopen();
        reclaimAll();
        assertThat(listAll("acme", "ns", 10)).containsExactly("k3");
        assertThat(read("acme", "ns", "k3")).isNotNull();
        assertThat(store.usage("acme")).isEqualTo(one);
        assertThat(recount("acme", "ns")).isEqualTo(one);
        assertThat(remove("acme", NAMESPACE)).isEqualTo(new Removed(1, true));
        assertThat(store.usage("acme")).isEqualTo(new StoreUsage(0, 0));
    }

    @Test
    void removals_count_what_is_live_exactly_up_to_a_bound() {
        int bound = Removed.COUNTED;
        List<StoreWrite> batch = new ArrayList<>();
        for (int i = 0; i < bound; i++) {
            batch.add(sealed("acme", "ns", "k" + i, 0, NOW + TTL, List.of("t")));
        }
        store.putAll(batch);
        put("acme", "other", "ended", bytes(5, 1), NOW);
        put("acme", "other", "lives", bytes(5, 1), NOW + TTL);
        assertThat(remove("acme", new Scope.InNamespace("other"))).isEqualTo(new Removed(1, true));
        assertThat(remove("acme", new Scope.Tagged("ns", "t"))).isEqualTo(new Removed(bound, true));
        assertThat(store.usage("acme")).isEqualTo(new StoreUsage(0, 0));
        reclaimAll();

        long stamp = latest("acme");
        batch.clear();
        for (int i = 0; i <= bound; i++) {
            batch.add(sealed("acme", "ns", "k" + i, stamp, NOW + TTL, List.of("t")));
        }
        store.putAll(batch);
        Removed byTag = remove("acme", new Scope.Tagged(null, "t"));
        assertThat(byTag.exact()).isFalse();
        assertThat(byTag.entries()).isGreaterThanOrEqualTo(bound);
        assertThat(listAll("acme", "ns", 1000)).isEmpty();
        var unused = remove("acme", NAMESPACE);
        assertThat(store.usage("acme"))
                .as("a namespace is freed at once however large it is")
                .isEqualTo(new StoreUsage(0, 0));
        reopen();
        reclaimAll();
        assertThat(store.usage("acme")).isEqualTo(new StoreUsage(0, 0));

        long again = latest("acme");
        batch.replaceAll(write -> sealed("acme", "ns", write.head().key(), again, NOW + TTL, List.of()));
        store.putAll(batch);
        assertThat(remove("acme", NAMESPACE)).isEqualTo(new Removed(bound + 1, false));
    }

    @Test
    void a_tag_removes_what_carries_it_now_in_one_namespace_or_in_all() {
        tag("acme", "ns", "both", "red", "blue");
        tag("acme", "ns", "red", "red");
        tag("acme", "ns", "was", "red");
        tag("acme", "ns", "was", "blue");
        tag("acme", "other", "red", "red");
        tag("bcme", "ns", "red", "red");

        assertThat(remove("acme", new Scope.Tagged("ns", "red"))).isEqualTo(new Removed(2, true));
        assertThat(listAll("acme", "ns", 10)).containsExactly("was");
        assertThat(read("acme", "other", "red")).isNotNull();
        tag("acme", "ns", "again", "red");
        assertThat(remove("acme", new Scope.Tagged(null, "red"))).isEqualTo(new Removed(2, true));
        assertThat(listAll("acme", "other", 10)).isEmpty();
        assertThat(listAll("acme", "ns", 10)).containsExactly("was");
        assertThat(read("bcme", "ns", "red")).isNotNull();
        assertThat(remove("acme", new Scope.Tagged(null, "r"))).isEqualTo(new Removed(0, true));
        assertThat(recount("acme", "ns")).isEqualTo(store.usage("acme"));
    }

    @Test
    void keys_and_prefixes_cover_what_they_say() {
        for (String key : List.of("a", "a/1", "a/2", "ab", "b")) {
            tag("acme", "ns", key);
            tag("acme", "other", key);
        }
        assertThat(remove("acme", new Scope.Keyed("ns", "a"))).isEqualTo(new Removed(1, true));
        assertThat(remove("acme", new Scope.Prefixed("ns", "a/"))).isEqualTo(new Removed(2, true));
        assertThat(listAll("acme", "ns", 10)).containsExactlyInAnyOrder("ab", "b");
        assertThat(listAll("acme", "other", 10)).hasSize(5);
        assertThat(remove("acme", Scope.ALL)).isEqualTo(new Removed(7, true));
        assertThat(store.usage("acme")).isEqualTo(new StoreUsage(0, 0));
    }

    @Test
    void a_large_prefix_and_a_whole_tenant_are_worked_off_and_freed() {
        for (int i = 0; i < 1_200; i++) {
            tag("acme", "ns", "p/" + i, "t");
            tag("acme", "ns", "q/" + i);
        }
        assertThat(remove("acme", new Scope.Prefixed("ns", "p/"))).isEqualTo(new Removed(1_200, true));
        assertThat(store.usage("acme").entries()).isEqualTo(1_200);
        assertThat(remove("acme", new Scope.Tagged("ns", "t"))).isEqualTo(new Removed(0, true));
        assertThat(remove("acme", Scope.ALL)).isEqualTo(new Removed(1_200, true));
        assertThat(store.usage("acme")).isEqualTo(new StoreUsage(0, 0));
        tag("acme", "ns", "p/1", "t");
        reclaimAll();
        assertThat(listAll("acme", "ns", 10)).containsExactly("p/1");
        assertThat(recount("acme", "ns")).isEqualTo(store.usage("acme"));
    }

    @Test
    void a_write_that_does_not_know_of_a_removal_is_to_be_stamped_again() {
        StoreWrite stampedBefore = sealed("acme", "ns", "k", latest("acme"), NOW + TTL, List.of("t"));
        remove("acme", new Scope.Tagged(null, "t"));
        assertThat(store.put(stampedBefore).kind()).isEqualTo(Kind.OUTDATED);
        assertThat(store.usage("acme")).isEqualTo(new StoreUsage(0, 0));
        StoreWrite untouched = sealed("acme", "ns", "k", 0, NOW + TTL, List.of("u"));
        assertThat(store.put(untouched).kind()).isEqualTo(Kind.CREATED);
        assertThat(tag("acme", "ns", "k", "t")).isEqualTo(Kind.REPLACED);
        reopen();
        assertThat(store.put(sealed("acme", "ns", "k2", 0, NOW + TTL, List.of("u")))
                        .kind())
                .as("who was there before is not known any more")
                .isEqualTo(Kind.OUTDATED);
    }

    @Test
    void what_is_made_stale_ends_at_that_instant_and_is_kept_where_it_was_to_be_kept() {
        store.put(sealed("acme", "ns", "kept", 0, NOW + 2 * TTL, List.of()));
        tag("acme", "ns", "plain");
        RemovalView view = store.removals("acme");
        StoreUsage before = store.usage("acme");

        assertThat(store.removeAll(new Removal("acme", NAMESPACE, Mode.STALE, NOW + 1)))
                .isEqualTo(new Removed(2, true));

        Entry kept = Objects.requireNonNull(read("acme", "ns", "kept"));
        assertThat(Math.min(kept.head().expiresMillis(), view.now().end("ns", kept.head())))
                .isEqualTo(NOW + 1);
        assertThat(store.list("acme", "ns", null, 10, NOW + 1).heads()).isEmpty();
        reopen();
        reclaimAll();
        Entry ended = Objects.requireNonNull(read("acme", "ns", "kept"));
        assertThat(ended.head().expiresMillis()).isEqualTo(NOW + 1);
        assertThat(ended.head().keptMillis()).isEqualTo(NOW + 2 * TTL);
        assertThat(read("acme", "ns", "plain")).isNull();
        assertThat(store.usage("acme").entries()).isEqualTo(before.entries() - 1);
        assertThat(store.sweep(NOW + 2 * TTL)).isEqualTo(1);
        assertThat(store.usage("acme")).isEqualTo(new StoreUsage(0, 0));
    }

    @Test
    void what_is_kept_beyond_its_end_counts_as_absent_and_stays_until_then() {
        store.put(sealed("acme", "ns", "kept", 0, NOW + 2 * TTL, List.of("t")));
        assertThat(store.sweep(NOW + TTL)).isZero();
        assertThat(store.list("acme", "ns", null, 10, NOW + TTL).heads()).isEmpty();
        assertThat(store.get(key("acme", "ns", "kept"))).isNotNull();
        assertThat(store.usage("acme").entries()).isEqualTo(1);
        assertThat(store.remove(key("acme", "ns", "kept"), Condition.PRESENT, NOW + TTL)
                        .kind())
                .isEqualTo(Kind.CONDITION_FAILED);
        assertThat(store.sweep(NOW + 2 * TTL)).isEqualTo(1);
        assertThat(remove("acme", new Scope.Tagged("ns", "t"))).isEqualTo(new Removed(0, true));
    }

    @Test
    void what_goes_by_itself_is_told_with_the_reason() {
        List<String> told = new ArrayList<>();
        Departures departures = (key, by, atMillis) -> told.add(key.namespace() + " " + by + " " + (atMillis - NOW));
        put("acme", "ns", "ends", bytes(5, 1), NOW + 5);
        tag("acme", "other", "goes", "t");
        assertThat(store.sweep(NOW + 9, departures)).isEqualTo(1);
        assertThat(told).containsExactly("ns null 5");
        told.clear();
        Scope tagged = new Scope.Tagged(null, "t");
        store.removeAll(new Removal("acme", tagged, Mode.REMOVE, NOW + 1), departures);
        boolean more = true;
        while (more) {
            more = store.reclaim(NOW + 2, departures);
        }
        assertThat(told).hasSize(1).allMatch(line -> line.startsWith("other " + tagged));
    }

    @Test
    void removals_are_forgotten_once_all_that_was_read_before_is_judged() {
        tag("acme", "ns", "k");
        RemovalView view = store.removals("acme");
        assertThat(view.now().latest()).isZero();
        remove("acme", NAMESPACE);
        long first = view.now().latest();
        remove("acme", new Scope.Tagged(null, "t"));
        reclaimAll();
        long second = view.now().latest();
        assertThat(second).isGreaterThan(first).isGreaterThan(0);
        assertThat(view.now().marks()).hasSize(2);
        view.judged(first);
        assertThat(view.now().marks()).hasSize(1);
        assertThat(view.now().forgotten()).isEqualTo(first);
        view.judged(second);
        assertThat(view.now().marks()).isEmpty();
        assertThat(view.now().forgotten()).isEqualTo(second);
        assertThat(store.removals("acme")).isSameAs(view);
        reopen();
        assertThat(latest("acme")).isEqualTo(second);
    }

    @Test
    void what_is_not_worked_off_is_not_forgotten() {
        for (int i = 0; i < 1_100; i++) {
            tag("acme", "ns", "k" + i);
        }
        RemovalView view = store.removals("acme");
        remove("acme", NAMESPACE);
        view.judged(latest("acme"));
        assertThat(read("acme", "ns", "k5")).isNull();
        assertThat(listAll("acme", "ns", 100)).isEmpty();
        reclaimAll();
        view.judged(latest("acme"));
        assertThat(read("acme", "ns", "k5")).isNull();
    }

    @Test
    void a_tenant_that_is_removed_takes_its_removals_along() {
        for (int i = 0; i < 1_100; i++) {
            tag("acme", "ns", "k" + i, "t");
        }
        remove("acme", NAMESPACE);
        store.removeTenant("acme");
        put("acme", "ns", "k1", bytes(9, 1), NOW + TTL);
        reclaimAll();
        assertThat(listAll("acme", "ns", 10)).containsExactly("k1");
        assertThat(store.usage("acme")).isEqualTo(new StoreUsage(9, 1));
        reopen();
        reclaimAll();
        assertThat(listAll("acme", "ns", 10)).containsExactly("k1");
    }
}
