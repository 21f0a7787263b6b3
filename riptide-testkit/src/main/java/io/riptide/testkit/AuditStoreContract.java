package io.riptide.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.spi.AuditStore;
import io.riptide.spi.AuditStore.Batch;
import io.riptide.spi.AuditStore.Mark;
import io.riptide.spi.AuditStore.Query;
import io.riptide.spi.AuditStore.Row;
import io.riptide.spi.AuditStore.State;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What every {@link AuditStore} keeps. A test class of a store implements it; each test gets an empty store. */
public interface AuditStoreContract {
    /** The store of the running test; the implementing class opens it empty and closes it. */
    AuditStore store();

    private static Row row(long seq, String tenant, String action, long at) {
        return new Row(
                seq,
                at,
                "actor ü",
                action,
                tenant,
                "tenants/" + tenant,
                "ok",
                "r-" + seq,
                "{\"n\":\"ä\"}",
                "k",
                "m" + seq);
    }

    private static Mark mark(long seq) {
        return new Mark(seq, "link-" + seq, "key", "mac-" + seq);
    }

    private static Function<Mark, Batch> adding(String tenant, String action, long... at) {
        return head -> {
            List<Row> rows = new ArrayList<>();
            for (long millis : at) {
                rows.add(row(head.seq() + rows.size() + 1, tenant, action, millis));
            }
            return new Batch(rows, mark(head.seq() + rows.size()));
        };
    }

    private static List<Long> seqs(List<Row> rows) {
        return rows.stream().map(Row::seq).toList();
    }

    @Test
    default void anEmptyLogBeginsAndEndsAtTheStart() {
        assertThat(store().state()).isEqualTo(new State(Mark.START, Mark.START, 0));
        assertThat(store().after(Query.ALL, 0, 10)).isEmpty();
        assertThat(store().before(Query.ALL, Long.MAX_VALUE, 10)).isEmpty();
    }

    @Test
    default void rowsAreThereAsWrittenAndTheHeadBehindThem() {
        Mark head = store().append(adding("acme", "tenant.create", 5, 6));
        assertThat(head).isEqualTo(mark(2));
        assertThat(store().state()).isEqualTo(new State(Mark.START, mark(2), 2));
        assertThat(store().after(Query.ALL, 0, 10))
                .containsExactly(row(1, "acme", "tenant.create", 5), row(2, "acme", "tenant.create", 6));
    }

    @Test
    default void whatIsAbsentStaysAbsent() {
        Row bare = new Row(1, 5, "a", "x.y", null, "", "ok", null, "{}", "k", "m");
        store().append(head -> new Batch(List.of(bare), mark(1)));
        assertThat(store().after(Query.ALL, 0, 10)).containsExactly(bare);
    }

    @Test
    default void pagesGoEitherWayAndAreNarrowed() {
        for (int i = 0; i < 3; i++) {
            store().append(adding("acme", "tenant.create", 100 + i, 200 + i));
            store().append(adding("Acme", "key.create", 300 + i));
        }
        assertThat(seqs(store().after(Query.ALL, 2, 3))).containsExactly(3L, 4L, 5L);
        assertThat(seqs(store().before(Query.ALL, 5, 3))).containsExactly(4L, 3L, 2L);
        assertThat(seqs(store().before(new Query("Acme", null, Long.MIN_VALUE), 9, 2)))
                .containsExactly(6L, 3L);
        assertThat(seqs(store().after(new Query(null, "key.create", Long.MIN_VALUE), 3, 9)))
                .containsExactly(6L, 9L);
        assertThat(store().after(new Query("acme", "key.create", Long.MIN_VALUE), 0, 9))
                .isEmpty();
        assertThat(seqs(store().before(new Query("acme", "tenant.create", 201), 100, 9)))
                .containsExactly(8L, 5L);
        assertThat(seqs(store().before(new Query(null, null, 202), 100, 9))).containsExactly(9L, 8L, 6L, 3L);
    }

    @Test
    default void ofDaysOfRowsTheOldOnesArePassedOver() {
        long day = 86_400_000L;
        store().append(adding("acme", "a.b", day, 2 * day, 3 * day, 4 * day, 5 * day, 4 * day + 1));
        assertThat(seqs(store().before(new Query(null, null, 4 * day), 100, 9))).containsExactly(6L, 5L, 4L);
        assertThat(seqs(store().after(new Query(null, null, 4 * day), 0, 2))).containsExactly(4L, 5L);
    }

    @Test
    default void theOldestGoUpToTheAnchorAndWhatSaysSoIsAdded() {
        store().append(adding("acme", "a.b", 1, 2, 3, 4));
        assertThat(store().cut(Mark.START, mark(3), adding("acme", "audit.retention", 9)))
                .isTrue();
        assertThat(store().state()).isEqualTo(new State(mark(3), mark(5), 5));
        assertThat(seqs(store().after(Query.ALL, 0, 9))).containsExactly(4L, 5L);
        assertThat(store().cut(Mark.START, mark(4), adding("acme", "audit.retention", 9)))
                .as("the anchor has moved")
                .isFalse();
        assertThat(seqs(store().after(Query.ALL, 0, 9))).containsExactly(4L, 5L);
    }

    @Test
    default void whatFailsAddsNothing() {
        store().append(adding("acme", "a.b", 1));
        try {
            store().append(head -> {
                throw new IllegalStateException("on purpose");
            });
        } catch (IllegalStateException e) {
            assertThat(e).hasMessage("on purpose");
        }
        assertThat(store().state()).isEqualTo(new State(Mark.START, mark(1), 1));
    }

    @Test
    default void ofManyWhoAddAtOnceEachHasTheHeadToItself() throws Exception {
        List<Future<Boolean>> adding = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            for (int i = 0; i < 8; i++) {
                Callable<Boolean> work = () -> {
                    for (int n = 0; n < 25; n++) {
                        store().append(adding("acme", "a.b", n));
                    }
                    return true;
                };
                adding.add(threads.submit(work));
            }
        }
        for (Future<Boolean> each : adding) {
            assertThat(each.get()).isTrue();
        }
        assertThat(store().state()).isEqualTo(new State(Mark.START, mark(200), 200));
        assertThat(seqs(store().after(Query.ALL, 0, 1_000)))
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, 200).boxed().toList());
    }
}
