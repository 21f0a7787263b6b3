package io.riptide.proof.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.proof.nodes.Span.Kind;
import io.riptide.proof.nodes.Step.Fate;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The checker sees what is wrong, and nothing else. Instants are milliseconds; each step takes one of them. */
class HistoryTest {
    private static final String KEY = "strict/k";

    private final History history = new History(key -> key.startsWith("lenient"));

    private static long at(long millis) {
        return TimeUnit.MILLISECONDS.toNanos(millis);
    }

    private void write(long millis, int node, long place, Fate fate) {
        history.add(KEY, new Step.Write(node, place, false, at(millis), at(millis + 1), fate));
    }

    private void remove(long millis, int node, long place, Fate fate) {
        history.add(KEY, new Step.Write(node, place, true, at(millis), at(millis + 1), fate));
    }

    private void read(long millis, int node, long place) {
        history.add(KEY, new Step.Read(node, place, false, at(millis), at(millis + 1)));
    }

    private void readStale(String key, long millis, long place) {
        history.add(key, new Step.Read(2, place, true, at(millis), at(millis + 1)));
    }

    private void isWrong(String says) {
        assertThat(history.check()).singleElement().asString().contains(says);
    }

    @Test
    void an_old_value_is_allowed_for_half_a_second_and_at_the_writing_node_not_at_all() {
        write(0, 0, 1, Fate.KEPT);
        write(100, 0, 2, Fate.KEPT);
        read(601, 1, 1);
        read(601, 0, 2);
        assertThat(history.check()).isEmpty();
        assertThat(history.oldestFreshMillis()).isEqualTo(500);
        read(602, 1, 1);
        isWrong("is 501 ms old");
    }

    @Test
    void a_value_older_than_a_write_through_the_same_node() {
        write(0, 0, 1, Fate.KEPT);
        write(100, 0, 2, Fate.KEPT);
        read(102, 0, 1);
        isWrong("through the same node");
    }

    @Test
    void a_value_that_nobody_had_written_yet() {
        write(100, 0, 1, Fate.KEPT);
        read(50, 1, 1);
        isWrong("never written");
    }

    @Test
    void an_acknowledged_write_is_not_there() {
        write(0, 0, 1, Fate.KEPT);
        read(1_000, 1, 0);
        isWrong("ms old");
    }

    @Test
    void what_was_removed_is_there_and_what_was_written_after_is_not() {
        write(0, 0, 1, Fate.KEPT);
        remove(100, 0, 2, Fate.KEPT);
        read(700, 1, 0);
        assertThat(history.check()).isEmpty();
        read(800, 1, 1);
        isWrong("ms old");
        write(900, 0, 3, Fate.KEPT);
        read(2_000, 1, 0);
        assertThat(history.check()).hasSize(2);
    }

    @Test
    void what_was_refused_may_be_there_or_not_but_does_not_come_after_a_later_write() {
        write(0, 0, 1, Fate.KEPT);
        write(100, 0, 2, Fate.REFUSED);
        read(900, 1, 1);
        read(910, 1, 2);
        write(1_000, 1, 3, Fate.KEPT);
        read(2_000, 2, 3);
        assertThat(history.check()).isEmpty();
        read(2_100, 2, 2);
        isWrong("ms old");
    }

    @Test
    void what_was_never_answered_may_come_at_any_time() {
        write(0, 0, 1, Fate.UNKNOWN);
        remove(100, 0, 2, Fate.UNKNOWN);
        write(200, 1, 3, Fate.KEPT);
        read(2_000, 2, 1);
        read(2_100, 2, 0);
        read(2_200, 2, 3);
        assertThat(history.check()).isEmpty();
    }

    @Test
    void what_was_emptied_is_gone_and_nothing_old_comes_back() {
        write(0, 0, 1, Fate.KEPT);
        write(100, 0, 2, Fate.KEPT);
        history.happened(Kind.EMPTIED, at(200), at(300));
        read(700, 1, 2);
        read(1_000, 1, 0);
        assertThat(history.check()).isEmpty();
        read(1_100, 1, 2);
        isWrong("was gone");
        write(1_200, 0, 3, Fate.KEPT);
        read(2_000, 1, 0);
        assertThat(history.check()).hasSize(2);
    }

    @Test
    void a_failover_may_lose_what_was_acknowledged_just_before_and_nothing_else() {
        write(0, 0, 1, Fate.KEPT);
        write(100, 0, 2, Fate.KEPT);
        write(1_000, 0, 3, Fate.KEPT);
        history.happened(Kind.LOSSY, at(900), at(1_500));
        read(3_000, 1, 2);
        assertThat(history.check()).isEmpty();
        read(3_100, 1, 1);
        isWrong("ms old");
    }

    @Test
    void without_a_store_nothing_is_fresh_for_long_and_nothing_is_kept() {
        write(0, 0, 1, Fate.KEPT);
        history.happened(Kind.AWAY, at(1_000), at(5_000));
        read(1_500, 1, 1);
        write(999, 0, 2, Fate.KEPT);
        write(4_999, 0, 3, Fate.KEPT);
        assertThat(history.check()).isEmpty();
        read(1_502, 1, 2);
        isWrong("there was no store");
        write(3_000, 0, 4, Fate.KEPT);
        assertThat(history.check()).hasSize(2);
    }

    @Test
    void what_is_stale_is_so_in_trouble_alone_and_where_it_is_allowed() {
        history.add("lenient/k", new Step.Write(0, 1, false, at(0), at(1), Fate.KEPT));
        write(0, 0, 1, Fate.KEPT);
        history.happened(Kind.TROUBLED, at(1_000), at(5_000));
        readStale("lenient/k", 4_000, 1);
        assertThat(history.check()).isEmpty();
        readStale(KEY, 4_000, 1);
        isWrong("does not allow");
        readStale("lenient/k", 6_000, 1);
        assertThat(history.check()).hasSize(2);
    }
}
