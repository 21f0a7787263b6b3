package io.riptide.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.spi.TenantKey;
import io.riptide.spi.UsageColumn;
import io.riptide.spi.UsageStore;
import io.riptide.spi.UsageStore.Row;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What every {@link UsageStore} keeps. A test class implements it; each test gets an empty store. */
public interface UsageStoreContract {
    /** The store. */
    UsageStore store();

    /** Each column has a number of its own, so that none is taken for another. */
    private static long[] counts(long factor) {
        return LongStream.rangeClosed(1, UsageColumn.count())
                .map(column -> factor * column)
                .toArray();
    }

    private static Row row(String epoch, String tenant, long hour, long factor) {
        return new Row(epoch, tenant, 1, hour, counts(factor));
    }

    private long[] sum(String tenant, long from, long to) {
        return store().sum(tenant, 1, from, to);
    }

    @Test
    default void nothing_was_used_where_nothing_was_kept() {
        assertThat(sum("acme", Long.MIN_VALUE, Long.MAX_VALUE)).isEqualTo(new long[UsageColumn.count()]);
        store().keep(List.of());
        assertThat(sum("acme", Long.MIN_VALUE, Long.MAX_VALUE)).containsOnly(0);
    }

    @Test
    default void what_is_told_again_counts_once_and_the_larger_number_stays() {
        for (long factor : new long[] {1, 3, 3, 2}) {
            store().keep(List.of(row("one", "acme", 7, factor)));
        }
        assertThat(sum("acme", 7, 8)).isEqualTo(counts(3));
        long[] mixed = counts(3);
        mixed[0] = 1;
        mixed[1] = 1000;
        store().keep(List.of(new Row("one", "acme", 1, 7, mixed)));
        long[] larger = counts(3);
        larger[1] = 1000;
        assertThat(sum("acme", 7, 8)).isEqualTo(larger);
    }

    @Test
    default void processes_and_hours_add_up() {
        store().keep(List.of(row("one", "acme", 7, 1), row("two", "acme", 7, 10), row("one", "acme", 8, 100)));
        assertThat(sum("acme", 7, 8)).isEqualTo(counts(11));
        assertThat(sum("acme", 8, 9)).isEqualTo(counts(100));
        assertThat(sum("acme", 7, 9)).isEqualTo(counts(111));
        assertThat(sum("acme", 6, 7)).containsOnly(0);
        assertThat(sum("acme", 9, Long.MAX_VALUE)).containsOnly(0);
    }

    @Test
    default void tenants_are_apart_and_so_is_one_that_was_given_an_id_anew() {
        store().keep(List.of(row("one", "acme", 7, 1), row("one", "Acme", 7, 5)));
        assertThat(sum("acme", 7, 8)).isEqualTo(counts(1));
        assertThat(sum("Acme", 7, 8)).isEqualTo(counts(5));
        assertThat(store().sum("acme", 2, 7, 8)).containsOnly(0);
    }

    @Test
    default void large_numbers_stay_exact() {
        long[] large = new long[UsageColumn.count()];
        Arrays.fill(large, (1L << 53) + 1);
        store().keep(List.of(new Row("one", "acme", 1, 7, large)));
        assertThat(sum("acme", 7, 8)).containsOnly((1L << 53) + 1);
    }

    @Test
    default void of_many_who_tell_at_once_nothing_is_lost() throws Exception {
        List<Future<Boolean>> told = new ArrayList<>();
        try (ExecutorService processes = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int process = 0; process < 8; process++) {
                String epoch = "p" + process;
                Callable<Boolean> telling = () -> {
                    for (long factor = 1; factor <= 20; factor++) {
                        store().keep(List.of(row(epoch, "acme", 7, factor), row(epoch, "other", 7, factor)));
                    }
                    return true;
                };
                told.add(processes.submit(telling));
            }
        }
        for (Future<Boolean> one : told) {
            assertThat(one.get()).isTrue();
        }
        assertThat(sum("acme", 7, 8)).isEqualTo(counts(160));
        assertThat(sum("other", 7, 8)).isEqualTo(counts(160));
    }

    @Test
    default void one_process_is_left_out_from_an_hour_on() {
        store().keep(List.of(
                row("one", "acme", 7, 1),
                row("one", "acme", 8, 10),
                row("two", "acme", 8, 100),
                row("one", "acme", 9, 1000)));
        assertThat(store().sumWithout("acme", 1, 7, "one", 8)).isEqualTo(counts(101));
        assertThat(store().sumWithout("acme", 1, 8, "one", 8)).isEqualTo(counts(100));
        assertThat(store().sumWithout("acme", 1, 0, "one", Long.MAX_VALUE)).isEqualTo(counts(1111));
        assertThat(store().sumWithout("acme", 2, 0, "two", 0)).containsOnly(0);
    }

    @Test
    default void hours_fold_into_days_and_all_sums_over_days_stay() {
        List<Row> rows = new ArrayList<>();
        for (String tenant : List.of("acme", "other")) {
            for (int hour = 0; hour < 72; hour++) {
                rows.add(row("one", tenant, hour, 1));
                rows.add(row("two", tenant, hour, 10));
            }
        }
        store().keep(rows);
        for (int again = 0; again < 2; again++) {
            TenantKey after = null;
            do {
                after = store().fold(after, 48);
            } while (after != null);
            for (int day = 0; day < 3; day++) {
                assertThat(sum("acme", 24L * day, 24L * (day + 1))).isEqualTo(counts(24 * 11));
            }
            assertThat(sum("other", 0, 1))
                    .as("the day stands at its first hour")
                    .isEqualTo(counts(24 * 11));
            assertThat(sum("other", 1, 24)).containsOnly(0);
            assertThat(sum("other", 48, 49)).isEqualTo(counts(11));
        }
        store().keep(List.of(row("late", "acme", 5, 100)));
        assertThat(store().fold(null, 48)).isNull();
        assertThat(sum("acme", 0, 24)).isEqualTo(counts(24 * 11 + 100));
    }

    @Test
    default void of_many_tenants_each_is_folded() {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < 120; i++) {
            rows.add(row("one", "t" + i, 30, 1));
            rows.add(row("one", "t" + i, 31, 1));
        }
        store().keep(rows);
        TenantKey after = null;
        do {
            after = store().fold(after, 48);
        } while (after != null);
        for (int i = 0; i < 120; i++) {
            assertThat(sum("t" + i, 24, 25)).as("t" + i).isEqualTo(counts(2));
        }
    }

    @Test
    default void closing_twice_is_nothing() {
        store().close();
        store().close();
    }
}
