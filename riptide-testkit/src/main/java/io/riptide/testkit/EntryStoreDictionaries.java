package io.riptide.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.spi.StoreUsage;
import io.riptide.spi.StoredDictionary;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Dictionaries: kept as long as an entry may need them, apart by tenant and namespace, gone with their tenant. */
abstract class EntryStoreDictionaries extends EntryStoreRemovals {
    @Test
    void a_dictionary_is_there_from_when_it_was_kept_and_after_a_new_start() {
        keep("acme", "ns", 7, NOW, NOW + TTL, bytes(32 << 10, 1));
        assertIsThere(7, NOW, NOW + TTL, bytes(32 << 10, 1));
        reopen();
        assertIsThere(7, NOW, NOW + TTL, bytes(32 << 10, 1));
        assertThat(store.dictionary("acme", "ns", 8)).isNull();
    }

    @Test
    void an_id_may_be_any_number() {
        for (int id : new int[] {Integer.MIN_VALUE, -1, 0, 1, Integer.MAX_VALUE}) {
            keep("acme", "ns", id, NOW, NOW + TTL, bytes(300, id & 0x7f));
        }
        for (int id : new int[] {Integer.MIN_VALUE, -1, 0, 1, Integer.MAX_VALUE}) {
            assertIsThere(id, NOW, NOW + TTL, bytes(300, id & 0x7f));
        }
    }

    @Test
    void the_dictionaries_of_a_namespace_come_newest_first() {
        keep("acme", "ns", 5, NOW + 2, NOW + TTL, bytes(300, 5));
        keep("acme", "ns", 9, NOW + 1, NOW + TTL, bytes(300, 9));
        keep("acme", "ns", 1, NOW + 3, NOW + TTL, bytes(300, 1));
        assertThat(ids("acme", "ns")).containsExactly(1, 5, 9);
        assertThat(ids("acme", "other")).isEmpty();
    }

    @Test
    void tenants_and_namespaces_have_their_own() {
        keep("acme", "ns", 1, NOW, NOW + TTL, bytes(300, 1));
        keep("acme", "ns.2", 1, NOW, NOW + TTL, bytes(300, 2));
        keep("acme2", "ns", 1, NOW, NOW + TTL, bytes(300, 3));
        assertIsThere(1, NOW, NOW + TTL, bytes(300, 1));
        assertThat(ids("acme", "ns")).containsExactly(1);
        assertThat(Objects.requireNonNull(store.dictionary("acme2", "ns", 1)).bytes())
                .isEqualTo(bytes(300, 3));
        assertThat(store.dictionary("acm", "ens", 1)).isNull();
    }

    @Test
    void kept_again_it_is_needed_until_the_later_instant_and_stays_what_it_was() {
        keep("acme", "ns", 1, NOW, NOW + TTL, bytes(300, 1));
        keep("acme", "ns", 1, NOW + 5, NOW + 3 * TTL, bytes(300, 2));
        assertIsThere(1, NOW, NOW + 3 * TTL, bytes(300, 1));
        keep("acme", "ns", 1, NOW, NOW + 2 * TTL, bytes(300, 1));
        assertIsThere(1, NOW, NOW + 3 * TTL, bytes(300, 1));
        store.sweep(NOW + 3 * TTL - 1);
        assertIsThere(1, NOW, NOW + 3 * TTL, bytes(300, 1));
        store.sweep(NOW + 3 * TTL);
        assertThat(store.dictionary("acme", "ns", 1)).isNull();
    }

    @Test
    void a_sweep_removes_those_that_are_not_needed_and_no_others() {
        keep("acme", "ns", 1, NOW, NOW + 1, bytes(300, 1));
        keep("acme", "ns", 2, NOW, NOW + TTL, bytes(300, 2));
        keep("other", "ns", 3, NOW, NOW + TTL, bytes(300, 3));
        assertThat(store.sweep(NOW)).isZero();
        assertThat(ids("acme", "ns")).containsExactlyInAnyOrder(1, 2);
        assertThat(store.sweep(NOW + 1)).as("dictionaries are not entries").isZero();
        assertThat(ids("acme", "ns")).containsExactly(2);
        store.sweep(NOW + 1000 * TTL);
        reopen();
        assertThat(ids("acme", "ns")).isEmpty();
        assertThat(ids("other", "ns")).isEmpty();
    }

    @Test
    void one_that_was_removed_may_come_back() {
        keep("acme", "ns", 1, NOW, NOW + 1, bytes(300, 1));
        store.sweep(NOW + 1);
        keep("acme", "ns", 1, NOW + 2, NOW + TTL, bytes(300, 1));
        store.sweep(NOW + 2);
        assertIsThere(1, NOW + 2, NOW + TTL, bytes(300, 1));
    }

    @Test
    void a_tenants_dictionaries_go_with_it() {
        keep("acme", "ns", 1, NOW, NOW + TTL, bytes(300, 1));
        keep("acme", "ns2", 2, NOW, NOW + TTL, bytes(300, 1));
        keep("acme-2", "ns", 3, NOW, NOW + TTL, bytes(300, 1));
        store.removeTenant("acme");
        assertThat(ids("acme", "ns")).isEmpty();
        assertThat(store.dictionaryBytes("acme")).isZero();
        assertThat(ids("acme-2", "ns")).containsExactly(3);
        keep("acme", "ns", 1, NOW, NOW + 2 * TTL, bytes(300, 9));
        store.sweep(NOW + TTL);
        assertIsThere(1, NOW, NOW + 2 * TTL, bytes(300, 9));
    }

    @Test
    void dictionaries_are_no_part_of_usage_or_listing_and_have_a_sum_of_their_own() {
        keep("acme", "ns", 1, NOW, NOW + TTL, bytes(1000, 1));
        keep("acme", "ns2", 2, NOW, NOW + TTL, bytes(3000, 1));
        assertThat(store.usage("acme")).isEqualTo(new StoreUsage(0, 0));
        assertThat(store.list("acme", "ns", null, 10, NOW).heads()).isEmpty();
        assertThat(store.dictionaryBytes("acme")).isBetween(4000L, 4200L);
        assertThat(store.dictionaryBytes("other")).isZero();
    }

    private void keep(String tenant, String namespace, int id, long created, long until, byte[] bytes) {
        store.keepDictionary(new StoredDictionary(tenant, namespace, id, created, until, bytes));
    }

    private void assertIsThere(int id, long created, long until, byte[] bytes) {
        StoredDictionary found = Objects.requireNonNull(store.dictionary("acme", "ns", id));
        assertThat(found.tenantId()).isEqualTo("acme");
        assertThat(found.namespace()).isEqualTo("ns");
        assertThat(found.id()).isEqualTo(id);
        assertThat(found.createdMillis()).isEqualTo(created);
        assertThat(found.neededUntilMillis()).isEqualTo(until);
        assertThat(found.bytes()).isEqualTo(bytes);
    }

    private List<Integer> ids(String tenant, String namespace) {
        return store.dictionaries(tenant, namespace).stream()
                .map(StoredDictionary::id)
                .toList();
    }
}
