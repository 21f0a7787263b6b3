package io.riptide.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.spi.KeyringStore;
import io.riptide.spi.KeyringStore.Ring;
import io.riptide.spi.KeyringStore.WrappedKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What every {@link KeyringStore} keeps. A test class implements it; each test gets an empty store. */
public interface KeyringStoreContract {
    /** The store. */
    KeyringStore store();

    private static WrappedKey key(int number) {
        return new WrappedKey(number, new byte[] {0, (byte) number, -1}, 1_000L + number);
    }

    private static Ring ring(String tenant, long created) {
        return new Ring(tenant, created, new byte[] {1, 2, (byte) created}, true, List.of(key(1)));
    }

    private Ring kept(String tenant) {
        return Objects.requireNonNull(store().ring(tenant), tenant);
    }

    private static void same(Ring found, Ring expected) {
        assertThat(found)
                .usingRecursiveComparison()
                .as("%s", expected.tenantId())
                .isEqualTo(expected);
    }

    @Test
    default void a_ring_is_there_once_it_was_begun_and_the_first_one_stays() {
        assertThat(store().ring("acme")).isNull();
        assertThat(store().rings(null, 10)).isEmpty();
        same(store().begin(ring("acme", 5)), ring("acme", 5));
        Ring second = new Ring("acme", 5, new byte[] {9}, false, List.of(key(7)));
        same(store().begin(second), ring("acme", 5));
        same(kept("acme"), ring("acme", 5));
        assertThat(store().ring("Acme")).isNull();
    }

    @Test
    default void an_id_that_is_used_again_begins_anew() {
        var unused = store().begin(ring("acme", 5));
        var unusedToo = store().begin(ring("acme", 8));
        same(kept("acme"), ring("acme", 8));
        assertThat(store().rings(null, 10)).hasSize(1);
        assertThat(store().reserve("acme", 5, 1, 3)).isEqualTo(3);
        assertThat(store().reserve("acme", 8, 1, 4)).isEqualTo(4);
    }

    @Test
    default void keys_are_added_one_by_one_and_none_twice() {
        assertThat(store().add("acme", 5, key(1))).isNull();
        var unused = store().begin(ring("acme", 5));
        same(
                Objects.requireNonNull(store().add("acme", 5, key(2))),
                new Ring("acme", 5, new byte[] {1, 2, 5}, true, List.of(key(1), key(2))));
        WrappedKey late = new WrappedKey(2, new byte[] {77}, 1);
        same(
                Objects.requireNonNull(store().add("acme", 5, late)),
                new Ring("acme", 5, new byte[] {1, 2, 5}, true, List.of(key(1), key(2))));
        assertThat(Objects.requireNonNull(store().add("acme", 5, key(4))).keys())
                .as("one that is not the next")
                .hasSize(2);
        assertThat(kept("acme").newest().number()).isEqualTo(2);
    }

    @Test
    default void it_is_switched_off_and_on() {
        assertThat(store().activate("acme", 5, false)).isFalse();
        var unused = store().begin(ring("acme", 5));
        assertThat(store().activate("acme", 5, false)).isTrue();
        assertThat(kept("acme").active()).isFalse();
        assertThat(store().activate("acme", 6, true)).isFalse();
        assertThat(store().activate("acme", 5, true)).isTrue();
        same(kept("acme"), ring("acme", 5));
    }

    @Test
    default void uses_add_up_by_key() {
        assertThat(store().reserve("acme", 5, 1, 10)).isNegative();
        var unused = store().begin(ring("acme", 5));
        assertThat(store().reserve("acme", 5, 1, 1L << 31)).isEqualTo(1L << 31);
        assertThat(store().reserve("acme", 5, 1, 5)).isEqualTo((1L << 31) + 5);
        assertThat(store().reserve("acme", 5, 2, 5)).isNegative();
        var unusedToo = store().add("acme", 5, key(2));
        assertThat(store().reserve("acme", 5, 2, 5)).isEqualTo(5);
    }

    @Test
    default void of_many_who_take_uses_at_once_nobody_is_given_those_of_another() throws Exception {
        var unused = store().begin(ring("acme", 5));
        List<Future<Long>> taken = new ArrayList<>();
        try (ExecutorService processes = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 32; i++) {
                Callable<Long> taking = () -> store().reserve("acme", 5, 1, 7);
                taken.add(processes.submit(taking));
            }
        }
        List<Long> sums = new ArrayList<>();
        for (Future<Long> one : taken) {
            sums.add(one.get());
        }
        assertThat(sums).doesNotHaveDuplicates().contains(7L, 32 * 7L);
    }

    @Test
    default void what_is_destroyed_is_gone_with_all_its_rings_and_others_stay() {
        var unused = store().begin(ring("acme", 5));
        var unusedAgain = store().begin(ring("acme", 8));
        var unusedOther = store().begin(ring("acme2", 5));
        store().destroy("acme");
        assertThat(store().ring("acme")).isNull();
        assertThat(store().reserve("acme", 8, 1, 1)).isNegative();
        assertThat(store().add("acme", 8, key(2))).isNull();
        same(kept("acme2"), ring("acme2", 5));
        same(store().begin(ring("acme", 8)), ring("acme", 8));
        assertThat(store().reserve("acme", 8, 1, 1)).isEqualTo(1);
        store().destroy("nobody");
    }

    @Test
    default void rings_are_listed_in_the_order_of_ids() {
        for (String id : List.of("b", "_", "A", "a", "9")) {
            var unused = store().begin(ring(id, 5));
        }
        assertThat(store().rings(null, 3)).extracting(Ring::tenantId).containsExactly("9", "A", "_");
        assertThat(store().rings("_", 3)).extracting(Ring::tenantId).containsExactly("a", "b");
        same(store().rings("a", 3).getFirst(), ring("b", 5));
    }

    @Test
    default void closing_twice_is_nothing() {
        store().close();
        store().close();
    }
}
