package io.riptide.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.entry.Head;
import io.riptide.entry.StoreKey;
import io.riptide.spi.Condition;
import io.riptide.spi.HeadPage;
import io.riptide.spi.StoreUsage;
import io.riptide.spi.StoreWrite;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Listing, isolation of tenants and namespaces, removal of a tenant, the sweep. */
abstract class EntryStoreScopes extends EntryStoreWrites {
    // ---- Listing ----

    @Test
    void pages_hold_every_live_entry_once_in_the_order_of_store_keys() {
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < 57; i++) {
            put("acme", "ns", "k" + i, bytes(i, 1), i % 5 == 0 ? NOW : NOW + TTL);
            keys.add("k" + i);
        }
        for (int limit : new int[] {1, 7, 45, 46, 100}) {
            List<String> listed = listAll("acme", "ns", limit);
            List<String> expected = keys.stream()
                    .filter(key -> Integer.parseInt(key.substring(1)) % 5 != 0)
                    .sorted(Comparator.comparing(key -> key("acme", "ns", key).text()))
                    .toList();
            assertThat(listed).as("pages of %d", limit).isEqualTo(expected);
        }
    }

    @Test
    void a_page_that_ends_with_the_namespace_has_no_next() {
        put("acme", "ns", "a", bytes(1, 1), NOW + TTL);
        put("acme", "ns", "b", bytes(1, 1), NOW + TTL);
        assertThat(store.list("acme", "ns", null, 2, NOW).next()).isNull();
        HeadPage first = store.list("acme", "ns", null, 1, NOW);
        assertThat(first.heads()).hasSize(1);
        assertThat(first.next()).isNotNull();
        assertThat(store.list("acme", "ns", first.next(), 1, NOW).next()).isNull();
    }

    @Test
    void a_listing_holds_what_was_there_all_along_while_others_come_and_go() {
        for (int i = 0; i < 50; i++) {
            put("acme", "ns", "stays" + i, bytes(1, 1), NOW + TTL);
            put("acme", "ns", "goes" + i, bytes(1, 1), NOW + TTL);
        }
        List<String> listed = new ArrayList<>();
        StoreKey after = null;
        int round = 0;
        do {
            HeadPage page = store.list("acme", "ns", after, 7, NOW);
            page.heads().forEach(head -> listed.add(head.key()));
            after = page.next();
            store.remove(key("acme", "ns", "goes" + round), Condition.NONE, NOW);
            put("acme", "ns", "new" + round++, bytes(1, 1), NOW + TTL);
            if (after != null) {
                store.remove(after, Condition.NONE, NOW);
                put("acme", "ns", "stays" + round, bytes(2, 1), NOW + TTL);
            }
        } while (after != null);
        assertThat(listed).doesNotHaveDuplicates();
        long kept = listed.stream().filter(key -> key.startsWith("stays")).count();
        assertThat(kept).as("entries that were never removed before their page").isGreaterThanOrEqualTo(50 - round);
    }

    @Test
    void heads_come_back_whole() {
        Head head = new Head(
                "k\u00e9y/\u20ac",
                "text/html; charset=utf-8",
                NOW - 5,
                NOW + TTL,
                Long.MIN_VALUE,
                4,
                10,
                List.of(),
                List.of());
        StoreKey key = key("acme", "ns", head.key());
        store.put(new StoreWrite(key, head, bytes(10, 1), Condition.NONE, NO_LIMIT, NOW));
        assertThat(store.list("acme", "ns", null, 10, NOW).heads()).containsExactly(head);
    }

    // ---- Isolation ----

    @Test
    void tenants_and_namespaces_with_similar_names_never_meet() {
        List<String> tenants = List.of("a", "a-", "a-1", "a_", "A", "aa", "a0", "-a", "bytes", "entries");
        List<String> namespaces = List.of("n", "n.", "n-1", "nn", "N", "a", "_");
        for (String tenant : tenants) {
            for (String namespace : namespaces) {
                put(tenant, namespace, "k", bytes(10, (tenant + ":" + namespace).hashCode()), NOW + TTL);
            }
        }
        for (String tenant : tenants) {
            assertThat(store.usage(tenant)).isEqualTo(new StoreUsage(70, 7));
            for (String namespace : namespaces) {
                assertThat(listAll(tenant, namespace, 10)).containsExactly("k");
                assertThat(store.get(key(tenant, namespace, "k")))
                        .isEqualTo(bytes(10, (tenant + ":" + namespace).hashCode()));
            }
        }
        store.removeTenant("a");
        for (String tenant : tenants) {
            assertThat(store.usage(tenant).entries()).as(tenant).isEqualTo(tenant.equals("a") ? 0 : 7);
            assertThat(listAll(tenant, "n", 10)).hasSize(tenant.equals("a") ? 0 : 1);
        }
    }

    // ---- A tenant's end ----

    @Test
    void nothing_of_a_removed_tenant_is_left_and_its_name_may_begin_again() {
        for (int i = 0; i < 30; i++) {
            put("acme", "ns" + i % 3, "k" + i, bytes(5000, i), NOW + i);
        }
        store.removeTenant("acme");
        assertThat(store.usage("acme")).isEqualTo(new StoreUsage(0, 0));
        for (int i = 0; i < 30; i++) {
            assertThat(store.get(key("acme", "ns" + i % 3, "k" + i))).isNull();
        }
        put("acme", "ns0", "k0", bytes(7, 1), NOW + TTL);
        put("acme", "ns1", "k1", bytes(8, 1), NOW + 1);
        assertThat(store.sweep(NOW + 100))
                .as("only what is there now and has expired")
                .isEqualTo(1);
        assertThat(store.usage("acme")).isEqualTo(new StoreUsage(7, 1));
        reopen();
        assertThat(store.usage("acme")).isEqualTo(new StoreUsage(7, 1));
        assertThat(store.get(key("acme", "ns0", "k0"))).isEqualTo(bytes(7, 1));
        store.removeTenant("nobody");
    }

    // ---- The sweep ----

    @Test
    void a_sweep_takes_exactly_what_has_expired() {
        for (int i = -10; i <= 10; i++) {
            put("acme", "ns", "k" + i, bytes(10, 1), NOW + i);
        }
        assertThat(store.sweep(NOW)).isEqualTo(11);
        assertThat(store.sweep(NOW)).isZero();
        for (int i = -10; i <= 10; i++) {
            assertThat(store.get(key("acme", "ns", "k" + i)) == null).isEqualTo(i <= 0);
        }
        assertThat(store.usage("acme")).isEqualTo(new StoreUsage(100, 10));
        assertThat(store.sweep(NOW + 5)).isEqualTo(5);
        assertThat(store.sweep(NOW + TTL)).isEqualTo(5);
        assertThat(store.usage("acme")).isEqualTo(new StoreUsage(0, 0));
    }

    @Test
    void an_entry_written_anew_lives_by_its_new_expiry() {
        put("acme", "ns", "later", bytes(10, 1), NOW + 5);
        put("acme", "ns", "later", bytes(20, 1), NOW + 50);
        put("acme", "ns", "sooner", bytes(10, 1), NOW + 50);
        put("acme", "ns", "sooner", bytes(30, 1), NOW + 5);
        put("acme", "ns", "same", bytes(10, 1), NOW + 5);
        put("acme", "ns", "same", bytes(40, 1), NOW + 5);
        assertThat(store.sweep(NOW + 10)).isEqualTo(2);
        assertThat(store.get(key("acme", "ns", "later"))).hasSize(20);
        assertThat(store.sweep(NOW + 50)).isEqualTo(1);
        assertThat(store.usage("acme")).isEqualTo(new StoreUsage(0, 0));
    }

    @Test
    void what_expires_before_the_last_sweep_is_swept_after_a_clock_went_back() {
        store.sweep(NOW);
        put("acme", "ns", "past", bytes(10, 1), NOW - 3_600_000);
        put("acme", "ns", "edge", bytes(10, 1), NOW);
        put("acme", "ns", "future", bytes(10, 1), NOW + 1);
        assertThat(store.sweep(NOW - 3_600_000)).isEqualTo(1);
        assertThat(store.sweep(NOW - 1)).isZero();
        put("acme", "ns", "older", bytes(10, 1), NOW - 7_200_000);
        put("acme", "ns", "past", bytes(10, 1), NOW - 3_600_000);
        reopen();
        assertThat(store.sweep(NOW)).isEqualTo(3);
        assertThat(store.usage("acme")).isEqualTo(new StoreUsage(10, 1));
        assertThat(store.sweep(NOW + 1)).isEqualTo(1);
    }

    @Test
    void a_sweep_of_more_than_it_takes_at_once_takes_all() {
        List<StoreWrite> writes = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            long expires = i < 18_000 ? NOW : NOW + i;
            writes.add(write(key("acme", "ns", "k" + i), "k" + i, bytes(1, 1), expires, 1, Condition.NONE, NO_LIMIT));
        }
        for (int i = 0; i < writes.size(); i += 1000) {
            store.putAll(writes.subList(i, i + 1000));
        }
        assertThat(store.sweep(NOW)).isEqualTo(18_000);
        assertThat(store.usage("acme")).isEqualTo(new StoreUsage(2000, 2000));
        assertThat(recount("acme", "ns")).isEqualTo(new StoreUsage(2000, 2000));
        assertThat(store.sweep(NOW + 20_000)).isEqualTo(2000);
    }

    final List<String> listAll(String tenant, String namespace, int limit) {
        List<String> keys = new ArrayList<>();
        StoreKey after = null;
        do {
            HeadPage page = store.list(tenant, namespace, after, limit, NOW);
            assertThat(page.heads().size()).isLessThanOrEqualTo(limit);
            page.heads().forEach(head -> keys.add(head.key()));
            after = page.next();
        } while (after != null);
        return keys;
    }
}
