package io.riptide.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.entry.StoreKey;
import io.riptide.spi.Condition;
import io.riptide.spi.HeadPage;
import io.riptide.spi.StoreUsage;
import io.riptide.spi.StoreWrite;
import io.riptide.spi.WriteOutcome;
import io.riptide.spi.WriteOutcome.Kind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Reading back, conditions, accounting, limits, batches. */
abstract class EntryStoreWrites extends EntryStoreFixture {
    // ---- What is written is read ----

    @Test
    void what_was_written_is_read_byte_for_byte() {
        for (int length : new int[] {0, 1, 100, 4095, 4096, 70_000, 3_000_000}) {
            byte[] envelope = bytes(length, length);
            assertThat(put("acme", "ns", "k" + length, envelope, NOW + TTL).kind())
                    .isEqualTo(Kind.CREATED);
            assertThat(store.get(key("acme", "ns", "k" + length))).isEqualTo(envelope);
        }
    }

    @Test
    void nothing_is_read_where_nothing_was_written() {
        assertThat(store.get(key("acme", "ns", "k"))).isNull();
        assertThat(store.usage("acme")).isEqualTo(new StoreUsage(0, 0));
        assertThat(store.remove(key("acme", "ns", "k"), Condition.NONE, NOW).kind())
                .isEqualTo(Kind.ABSENT);
        assertThat(store.list("acme", "ns", null, 10, NOW)).isEqualTo(new HeadPage(List.of(), null));
    }

    @Test
    void the_last_write_wins() {
        put("acme", "ns", "k", bytes(100, 1), NOW + TTL);
        assertThat(put("acme", "ns", "k", bytes(9000, 2), NOW + TTL).kind()).isEqualTo(Kind.REPLACED);
        assertThat(store.get(key("acme", "ns", "k"))).isEqualTo(bytes(9000, 2));
        put("acme", "ns", "k", bytes(5, 3), NOW + 2 * TTL);
        assertThat(store.get(key("acme", "ns", "k"))).isEqualTo(bytes(5, 3));
        assertThat(store.usage("acme")).isEqualTo(new StoreUsage(5, 1));
    }

    @Test
    void an_expired_entry_is_still_read_until_the_sweep_for_the_caller_judges() {
        put("acme", "ns", "k", bytes(10, 1), NOW - 1);
        assertThat(store.get(key("acme", "ns", "k"))).isEqualTo(bytes(10, 1));
        assertThat(store.usage("acme")).isEqualTo(new StoreUsage(10, 1));
    }

    @Test
    void many_are_read_in_the_order_asked_for() {
        put("acme", "ns", "a", bytes(10, 1), NOW + TTL);
        put("acme", "ns", "b", bytes(5000, 2), NOW + TTL);
        put("other", "ns", "a", bytes(10, 3), NOW + TTL);
        List<byte @Nullable []> values = store.getAll(List.of(
                key("acme", "ns", "b"),
                key("acme", "ns", "none"),
                key("acme", "ns", "a"),
                key("acme", "ns", "b"),
                key("other", "ns", "a")));
        assertThat(values).hasSize(5);
        assertThat(values.get(0)).isEqualTo(bytes(5000, 2));
        assertThat(values.get(1)).isNull();
        assertThat(values.get(2)).isEqualTo(bytes(10, 1));
        assertThat(values.get(3)).isEqualTo(bytes(5000, 2));
        assertThat(values.get(4)).isEqualTo(bytes(10, 3));
        assertThat(store.getAll(List.of())).isEmpty();
    }

    @Test
    void all_is_there_after_closing_and_opening() {
        put("acme", "ns", "small", bytes(10, 1), NOW + TTL);
        put("acme", "ns", "large", bytes(200_000, 2), NOW + TTL);
        put("acme", "ns", "gone", bytes(30, 3), NOW + TTL);
        put("acme", "ns", "small", bytes(11, 4), NOW + 2 * TTL);
        store.remove(key("acme", "ns", "gone"), Condition.NONE, NOW);
        reopen();
        assertThat(store.get(key("acme", "ns", "small"))).isEqualTo(bytes(11, 4));
        assertThat(store.get(key("acme", "ns", "large"))).isEqualTo(bytes(200_000, 2));
        assertThat(store.get(key("acme", "ns", "gone"))).isNull();
        assertThat(store.usage("acme")).isEqualTo(new StoreUsage(200_011, 2));
        assertThat(store.sweep(NOW + TTL)).isEqualTo(1);
        assertThat(store.usage("acme")).isEqualTo(new StoreUsage(11, 1));
    }

    // ---- Conditions ----

    @Test
    void absent_writes_only_where_nothing_live_is() {
        assertThat(put("acme", "k", 10, NOW + TTL, Condition.ABSENT)).isEqualTo(Kind.CREATED);
        assertThat(put("acme", "k", 20, NOW + TTL, Condition.ABSENT)).isEqualTo(Kind.CONDITION_FAILED);
        assertThat(store.usage("acme")).isEqualTo(new StoreUsage(10, 1));
        put("acme", "k", 30, NOW, Condition.NONE);
        assertThat(put("acme", "k", 40, NOW + TTL, Condition.ABSENT)).isEqualTo(Kind.CREATED);
        assertThat(store.usage("acme")).isEqualTo(new StoreUsage(40, 1));
    }

    @Test
    void present_writes_only_where_a_live_entry_is() {
        assertThat(put("acme", "k", 10, NOW + TTL, Condition.PRESENT)).isEqualTo(Kind.CONDITION_FAILED);
        put("acme", "k", 10, NOW, Condition.NONE);
        assertThat(put("acme", "k", 20, NOW + TTL, Condition.PRESENT)).isEqualTo(Kind.CONDITION_FAILED);
        put("acme", "k", 10, NOW + 1, Condition.NONE);
        assertThat(put("acme", "k", 30, NOW + TTL, Condition.PRESENT)).isEqualTo(Kind.REPLACED);
        assertThat(store.usage("acme")).isEqualTo(new StoreUsage(30, 1));
    }

    @Test
    void a_version_writes_only_over_the_live_entry_of_that_version() {
        StoreKey key = key("acme", "ns", "k");
        store.put(write(key, "k", bytes(10, 1), NOW + TTL, 7, Condition.NONE, NO_LIMIT));
        assertThat(store.put(write(key, "k", bytes(20, 1), NOW + TTL, 8, Condition.version(6), NO_LIMIT))
                        .kind())
                .isEqualTo(Kind.CONDITION_FAILED);
        assertThat(store.put(write(key, "k", bytes(30, 1), NOW, 8, Condition.version(7), NO_LIMIT))
                        .kind())
                .isEqualTo(Kind.REPLACED);
        assertThat(store.put(write(key, "k", bytes(40, 1), NOW + TTL, 9, Condition.version(8), NO_LIMIT))
                        .kind())
                .as("the entry of version 8 has expired")
                .isEqualTo(Kind.CONDITION_FAILED);
        assertThat(store.usage("acme")).isEqualTo(new StoreUsage(30, 1));
    }

    @Test
    void a_removal_judges_the_same_conditions() {
        StoreKey key = key("acme", "ns", "k");
        store.put(write(key, "k", bytes(10, 1), NOW + TTL, 7, Condition.NONE, NO_LIMIT));
        assertThat(store.remove(key, Condition.version(6), NOW).kind()).isEqualTo(Kind.CONDITION_FAILED);
        assertThat(store.remove(key, Condition.ABSENT, NOW).kind()).isEqualTo(Kind.CONDITION_FAILED);
        assertThat(store.remove(key, Condition.version(7), NOW + TTL).kind()).isEqualTo(Kind.CONDITION_FAILED);
        assertThat(store.usage("acme")).isEqualTo(new StoreUsage(10, 1));
        assertThat(store.remove(key, Condition.version(7), NOW)).isEqualTo(new WriteOutcome(Kind.REMOVED, 0));
        assertThat(store.remove(key, Condition.PRESENT, NOW).kind()).isEqualTo(Kind.CONDITION_FAILED);
        assertThat(store.remove(key, Condition.NONE, NOW)).isEqualTo(new WriteOutcome(Kind.ABSENT, 0));
    }

    @Test
    void removing_what_has_expired_removes_nothing_live() {
        put("acme", "k", 10, NOW, Condition.NONE);
        assertThat(store.remove(key("acme", "ns", "k"), Condition.NONE, NOW).kind())
                .isEqualTo(Kind.ABSENT);
        store.sweep(NOW);
        assertThat(store.usage("acme")).isEqualTo(new StoreUsage(0, 0));
    }

    @Test
    void damaged_bytes_are_discarded_only_while_they_are_what_was_read() {
        StoreKey key = key("acme", "ns", "k");
        put("acme", "ns", "k", bytes(10, 1), NOW + TTL);
        store.discard(key, bytes(10, 2));
        assertThat(store.get(key)).isEqualTo(bytes(10, 1));
        store.discard(key, bytes(10, 1));
        assertThat(store.get(key)).isNull();
        store.discard(key, bytes(10, 1));
        assertThat(store.usage("acme")).isEqualTo(new StoreUsage(0, 0));
    }

    // ---- Accounting and limits ----

    @Test
    void every_outcome_says_what_the_tenant_then_occupies() {
        assertThat(put("acme", "ns", "a", bytes(100, 1), NOW + TTL)).isEqualTo(new WriteOutcome(Kind.CREATED, 100));
        assertThat(put("acme", "ns", "b", bytes(50, 1), NOW + TTL)).isEqualTo(new WriteOutcome(Kind.CREATED, 150));
        assertThat(put("acme", "ns", "a", bytes(30, 1), NOW + TTL)).isEqualTo(new WriteOutcome(Kind.REPLACED, 80));
        assertThat(store.remove(key("acme", "ns", "b"), Condition.NONE, NOW))
                .isEqualTo(new WriteOutcome(Kind.REMOVED, 30));
        assertThat(store.usage("acme")).isEqualTo(new StoreUsage(30, 1));
    }

    @Test
    void the_limit_is_met_exactly_and_a_refused_write_changes_nothing() {
        assertThat(putLimited("a", 60, 100)).isEqualTo(new WriteOutcome(Kind.CREATED, 60));
        assertThat(putLimited("b", 41, 100)).isEqualTo(new WriteOutcome(Kind.OVER_QUOTA, 60));
        assertThat(store.get(key("acme", "ns", "b"))).isNull();
        assertThat(putLimited("b", 40, 100)).isEqualTo(new WriteOutcome(Kind.CREATED, 100));
        assertThat(putLimited("c", 1, 100).kind()).isEqualTo(Kind.OVER_QUOTA);
        assertThat(store.usage("acme")).isEqualTo(new StoreUsage(100, 2));
    }

    @Test
    void an_overwrite_counts_only_its_difference_against_the_limit() {
        putLimited("a", 90, 100);
        assertThat(putLimited("a", 100, 100)).isEqualTo(new WriteOutcome(Kind.REPLACED, 100));
        assertThat(putLimited("a", 101, 100)).isEqualTo(new WriteOutcome(Kind.OVER_QUOTA, 100));
        assertThat(store.get(key("acme", "ns", "a"))).hasSize(100);
        assertThat(putLimited("a", 80, 50))
                .as("a write that shrinks what is over a lowered limit is no breach of it")
                .isEqualTo(new WriteOutcome(Kind.REPLACED, 80));
    }

    @Test
    void what_has_expired_counts_until_it_is_swept() {
        putLimited("a", 100, 100);
        StoreKey key = key("acme", "ns", "b");
        long later = NOW + TTL;
        StoreWrite write = new StoreWrite(key, head("b", 10, later + TTL, 1), bytes(10, 1), Condition.NONE, 100, later);
        assertThat(store.put(write).kind()).isEqualTo(Kind.OVER_QUOTA);
        assertThat(store.sweep(later)).isEqualTo(1);
        assertThat(store.put(write)).isEqualTo(new WriteOutcome(Kind.CREATED, 10));
    }

    // ---- Making room ----

    private List<String> evict(String tenant, long bytes, long nowMillis) {
        List<String> gone = new ArrayList<>();
        long before = store.usage(tenant).bytes();
        long freed = store.evict(tenant, bytes, nowMillis, (key, by, at) -> gone.add(key.hash()));
        assertThat(store.usage(tenant).bytes()).isEqualTo(before - freed);
        return gone;
    }

    private List<String> hashes(String... keys) {
        List<String> hashes = new ArrayList<>();
        for (String key : keys) {
            hashes.add(key("acme", "ns", key).hash());
        }
        return hashes;
    }

    @Test
    void for_room_what_ends_first_goes_and_no_more_than_is_needed() {
        put("acme", "ns", "last", bytes(50, 1), NOW + 3 * TTL);
        put("acme", "ns", "first", bytes(50, 1), NOW + TTL);
        put("acme", "other", "second", bytes(50, 1), NOW + 2 * TTL);
        put("other", "ns", "first", bytes(50, 1), NOW + 1);
        assertThat(evict("acme", 50, NOW)).isEqualTo(hashes("first"));
        assertThat(store.usage("acme")).isEqualTo(new StoreUsage(100, 2));
        assertThat(evict("acme", 1, NOW)).isEqualTo(hashes("second"));
        assertThat(store.get(key("acme", "ns", "last"))).isEqualTo(bytes(50, 1));
        assertThat(store.get(key("acme", "ns", "first"))).isNull();
        assertThat(store.usage("other")).isEqualTo(new StoreUsage(50, 1));
        assertThat(putLimited("first", 50, 100).kind()).isEqualTo(Kind.CREATED);
    }

    @Test
    void for_more_room_than_there_is_all_goes_and_what_had_ended_is_no_loss() {
        put("acme", "ns", "a", bytes(50, 1), NOW - 1);
        put("acme", "ns", "b", bytes(50, 1), NOW + TTL);
        put("acme", "ns", "gone", bytes(50, 1), NOW + TTL);
        store.remove(key("acme", "ns", "gone"), Condition.NONE, NOW);
        assertThat(evict("acme", 1000, NOW)).isEqualTo(hashes("b"));
        assertThat(store.usage("acme")).isEqualTo(new StoreUsage(0, 0));
        assertThat(recount("acme", "ns")).isEqualTo(new StoreUsage(0, 0));
        assertThat(evict("acme", 1000, NOW)).isEmpty();
        assertThat(evict("nobody", 1000, NOW)).isEmpty();
    }

    @Test
    void of_many_those_that_go_end_before_those_that_stay_but_for_a_few() {
        int many = 3000;
        for (int i = 0; i < many; i += 100) {
            List<StoreWrite> some = new ArrayList<>();
            for (int k = i; k < i + 100; k++) {
                String key = "k" + k;
                long end = NOW + TTL + k;
                some.add(write(key("acme", "ns", key), key, bytes(100, 1), end, 1, Condition.NONE, NO_LIMIT));
            }
            store.putAll(some);
        }
        for (int turn = 0; turn < 30; turn++) {
            evict("acme", 1000, NOW);
        }
        long left = store.usage("acme").entries();
        assertThat(left).isBetween(many - 30L * 64, many - 300L);
        assertThat(recount("acme", "ns")).isEqualTo(new StoreUsage(100 * left, left));
        int late = 0;
        for (int k = many / 2; k < many; k++) {
            late += store.get(key("acme", "ns", "k" + k)) == null ? 1 : 0;
        }
        assertThat(late).as("of those that end late").isLessThan(many / 50);
    }

    // ---- Batches ----

    @Test
    void a_batch_answers_each_write_in_order_and_its_writes_see_the_ones_before() {
        put("acme", "ns", "there", bytes(10, 1), NOW + TTL);
        List<WriteOutcome> outcomes = store.putAll(List.of(
                write(key("acme", "ns", "a"), "a", bytes(40, 1), NOW + TTL, 1, Condition.ABSENT, 100),
                write(key("acme", "ns", "a"), "a", bytes(45, 2), NOW + TTL, 2, Condition.version(1), 100),
                write(key("acme", "ns", "a"), "a", bytes(46, 3), NOW + TTL, 3, Condition.version(1), 100),
                write(key("acme", "ns", "there"), "there", bytes(55, 4), NOW + 2 * TTL, 4, Condition.PRESENT, 100),
                write(key("acme", "ns", "b"), "b", bytes(1, 5), NOW + TTL, 5, Condition.NONE, 100),
                write(key("other", "ns", "b"), "b", bytes(7, 6), NOW + TTL, 6, Condition.NONE, 100)));
        assertThat(outcomes)
                .containsExactly(
                        new WriteOutcome(Kind.CREATED, 50),
                        new WriteOutcome(Kind.REPLACED, 55),
                        new WriteOutcome(Kind.CONDITION_FAILED, 55),
                        new WriteOutcome(Kind.REPLACED, 100),
                        new WriteOutcome(Kind.OVER_QUOTA, 100),
                        new WriteOutcome(Kind.CREATED, 7));
        assertThat(store.get(key("acme", "ns", "a"))).isEqualTo(bytes(45, 2));
        assertThat(store.usage("acme")).isEqualTo(new StoreUsage(100, 2));
        assertThat(store.usage("other")).isEqualTo(new StoreUsage(7, 1));
        assertThat(store.putAll(List.of())).isEmpty();
    }

    @Test
    void a_key_several_times_in_a_batch_expires_as_its_last_write_says() {
        StoreKey at = key("acme", "ns", "k");
        put("acme", "ns", "k", bytes(10, 1), NOW + TTL);
        store.putAll(List.of(
                write(at, "k", bytes(20, 2), NOW + 2 * TTL, 2, Condition.NONE, NO_LIMIT),
                write(at, "k", bytes(30, 3), NOW + TTL, 3, Condition.NONE, NO_LIMIT)));
        assertThat(store.usage("acme")).isEqualTo(new StoreUsage(30, 1));
        store.sweep(NOW + TTL - 1);
        assertThat(store.get(at)).isEqualTo(bytes(30, 3));
        store.sweep(NOW + TTL + 1);
        assertThat(store.get(at)).isNull();
        assertThat(store.usage("acme")).isEqualTo(new StoreUsage(0, 0));
        store.putAll(List.of(
                write(at, "k", bytes(20, 4), NOW + 2 * TTL, 4, Condition.NONE, NO_LIMIT),
                write(at, "k", bytes(30, 5), NOW + 3 * TTL, 5, Condition.NONE, NO_LIMIT)));
        store.sweep(NOW + 2 * TTL + 1);
        assertThat(store.get(at)).isEqualTo(bytes(30, 5));
    }

    @Test
    void a_batch_larger_than_memory_would_like_is_written_whole() {
        List<StoreWrite> writes = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            writes.add(write(
                    key("acme", "ns", "k" + i), "k" + i, bytes(4 << 20, i), NOW + TTL, i, Condition.NONE, NO_LIMIT));
        }
        assertThat(store.putAll(writes)).extracting(WriteOutcome::kind).containsOnly(Kind.CREATED);
        assertThat(store.usage("acme")).isEqualTo(new StoreUsage(20L * (4 << 20), 20));
        assertThat(store.get(key("acme", "ns", "k19"))).isEqualTo(bytes(4 << 20, 19));
    }
}
