package io.riptide.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.entry.StoreKey;
import io.riptide.spi.LoadLeases;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What every {@link LoadLeases} keeps. A test class implements it; at the beginning of each test nothing is held. */
public interface LoadLeasesContract {
    /** A key of a tenant. */
    StoreKey KEY = StoreKey.of("acme", "pages", "k");

    /** Longer than any of these tests. */
    long LONG = 600_000;

    /** One of several nodes over the same leases; a new one by each call, closed by the implementing class. */
    LoadLeases node();

    /** Lets at least so much time pass for the leases. */
    void pass(long millis);

    @Test
    default void who_comes_first_holds_it_and_others_are_told() {
        assertThat(node().take(KEY, "a", LONG)).isEqualTo("a");
        assertThat(node().take(KEY, "b", LONG)).isEqualTo("a");
        assertThat(node().take(KEY, "a", LONG)).isEqualTo("a");
    }

    @Test
    default void each_key_of_each_tenant_has_its_own() {
        LoadLeases node = node();
        assertThat(node.take(KEY, "a", LONG)).isEqualTo("a");
        assertThat(node.take(StoreKey.of("acme", "pages", "other"), "b", LONG)).isEqualTo("b");
        assertThat(node.take(StoreKey.of("acme", "other", "k"), "c", LONG)).isEqualTo("c");
        assertThat(node.take(StoreKey.of("other", "pages", "k"), "d", LONG)).isEqualTo("d");
    }

    @Test
    default void its_holder_ends_it_and_nobody_else() {
        LoadLeases node = node();
        assertThat(node.take(KEY, "a", LONG)).isEqualTo("a");
        node.release(KEY, "b");
        assertThat(node().take(KEY, "c", LONG)).isEqualTo("a");
        node.release(KEY, "a");
        Await.until(
                Duration.ofSeconds(10),
                "it to be free",
                () -> node.take(KEY, "d", LONG).equals("d"));
    }

    @Test
    default void it_ends_by_itself() {
        assertThat(node().take(KEY, "a", 50)).isEqualTo("a");
        pass(100);
        assertThat(node().take(KEY, "b", LONG)).isEqualTo("b");
    }

    @Test
    default void its_holder_says_anew_how_long_it_lasts_and_nobody_else() {
        LoadLeases node = node();
        StoreKey others = StoreKey.of("acme", "pages", "others");
        StoreKey nobodys = StoreKey.of("acme", "pages", "nobody's");
        assertThat(node.take(KEY, "a", LONG)).isEqualTo("a");
        assertThat(node.take(others, "b", LONG)).isEqualTo("b");
        node.keep(Map.of(KEY, "a", others, "not b", nobodys, "c"), 50);
        pass(100);
        assertThat(node().take(KEY, "d", LONG)).isEqualTo("d");
        assertThat(node().take(others, "d", LONG)).isEqualTo("b");
        assertThat(node().take(nobodys, "d", LONG)).isEqualTo("d");
    }

    @Test
    default void of_many_at_once_one_holds_it_and_all_are_told_which() throws Exception {
        List<Future<String>> holders = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int n = 0; n < 4; n++) {
                LoadLeases node = node();
                for (int i = 0; i < 10; i++) {
                    String name = n + ":" + i;
                    Callable<String> taking = () -> node.take(KEY, name, LONG);
                    holders.add(threads.submit(taking));
                }
            }
        }
        Set<String> told = new HashSet<>();
        for (Future<String> holder : holders) {
            told.add(holder.get());
        }
        assertThat(told).hasSize(1);
    }
}
