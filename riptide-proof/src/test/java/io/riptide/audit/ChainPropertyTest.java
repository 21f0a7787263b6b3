package io.riptide.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.audit.AuditCheck.Fault;
import io.riptide.spi.AuditStore.Mark;
import io.riptide.spi.AuditStore.Row;
import io.riptide.testkit.ManualTime;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.BeforeTry;
import org.jspecify.annotations.Nullable;

/** Whatever is changed of what was written, by somebody without the key, is found, and where. */
class ChainPropertyTest {
    private static final AuditKeys KEYS = keys("the secret of the nodes of this test");
    private static final AuditKeys OTHERS = keys("a secret that none of these nodes knows");

    private MemoryAuditStore store;
    private ManualTime time;
    private AuditLog log;

    @BeforeTry
    void begin() {
        store = new MemoryAuditStore();
        time = new ManualTime();
        log = new AuditLog(store, KEYS, time);
    }

    static AuditKeys keys(String secret) {
        return AuditKeys.of(List.of(secret.getBytes(StandardCharsets.UTF_8)));
    }

    private void write(int rows) {
        for (int i = 0; i < rows; i++) {
            time.advance(Duration.ofSeconds(1));
            log.record(AuditEvent.of("a" + i, "tenant.update")
                    .tenant(i % 3 == 0 ? null : "t" + i)
                    .resource("r" + i)
                    .request(i % 2 == 0 ? null : "q" + i)
                    .with("n", i));
        }
    }

    private void assertBroken(long at, Fault fault) {
        AuditCheck check = log.verify(null);
        assertThat(check.firstInvalidSeq()).as(check.toString()).isEqualTo(at);
        assertThat(check.fault()).isEqualTo(fault);
        assertThat(check.valid()).isFalse();
    }

    private static @Nullable String other(@Nullable String text) {
        return text == null ? "x" : text + "x";
    }

    private static String flipped(String hex) {
        return (hex.charAt(0) == '0' ? '1' : '0') + hex.substring(1);
    }

    private static Row changed(Row row, int column) {
        return new Row(
                row.seq(),
                column == 0 ? row.atMillis() + 1 : row.atMillis(),
                column == 1 ? row.actor() + "x" : row.actor(),
                column == 2 ? row.action() + "x" : row.action(),
                column == 3 ? other(row.tenantId()) : row.tenantId(),
                column == 4 ? row.resource() + "x" : row.resource(),
                column == 5 ? row.result() + "x" : row.result(),
                column == 6 ? other(row.requestId()) : row.requestId(),
                column == 7 ? row.detail() + " " : row.detail(),
                row.keyId(),
                column == 8 ? flipped(row.mac()) : row.mac());
    }

    @Property(tries = 100)
    void whatIsWhole(@ForAll @IntRange(min = 0, max = 30) int rows) {
        write(rows);
        AuditCheck check = log.verify(null);
        assertThat(check).isEqualTo(new AuditCheck(rows, 1, log.head(), 0, null, null));
    }

    @Property(tries = 100)
    void aChangedColumn(
            @ForAll @IntRange(min = 1, max = 20) int rows, @ForAll int which, @ForAll @IntRange(max = 8) int column) {
        write(rows);
        long seq = 1 + Math.floorMod(which, rows);
        store.rows.computeIfPresent(seq, (same, row) -> changed(row, column));
        assertBroken(seq, Fault.CHANGED);
    }

    @Property(tries = 100)
    void aTextMovedFromOneColumnToTheNext(@ForAll @IntRange(min = 1, max = 20) int rows, @ForAll int which) {
        write(rows);
        long seq = 1 + Math.floorMod(which, rows);
        store.rows.computeIfPresent(
                seq,
                (same, r) -> new Row(
                        r.seq(),
                        r.atMillis(),
                        r.actor() + r.action().charAt(0),
                        r.action().substring(1),
                        r.tenantId(),
                        r.resource(),
                        r.result(),
                        r.requestId(),
                        r.detail(),
                        r.keyId(),
                        r.mac()));
        assertBroken(seq, Fault.CHANGED);
    }

    @Property(tries = 100)
    void aRowTakenAway(@ForAll @IntRange(min = 1, max = 20) int rows, @ForAll int which) {
        write(rows);
        long seq = 1 + Math.floorMod(which, rows);
        store.rows.remove(seq);
        assertBroken(seq, Fault.MISSING);
    }

    @Property(tries = 100)
    void aRowTakenAwayAndTheOthersMovedUp(@ForAll @IntRange(min = 2, max = 20) int rows, @ForAll int which) {
        write(rows);
        long gone = 1 + Math.floorMod(which, rows - 1);
        for (long seq = gone; seq < rows; seq++) {
            store.rows.put(seq, at(seq, store.rows.get(seq + 1)));
        }
        store.rows.remove((long) rows);
        assertBroken(gone, Fault.CHANGED);
    }

    @Property(tries = 100)
    void aRowPutIn(@ForAll @IntRange(min = 1, max = 20) int rows, @ForAll int which) {
        write(rows);
        long place = 1 + Math.floorMod(which, rows);
        for (long seq = rows; seq >= place; seq--) {
            store.rows.put(seq + 1, at(seq + 1, store.rows.get(seq)));
        }
        // The copy in front is what stood there before: what follows it is found.
        assertBroken(place + 1, place == rows ? Fault.ADDED : Fault.CHANGED);
    }

    @Property(tries = 100)
    void rowsThatChangedPlaces(@ForAll @IntRange(min = 2, max = 20) int rows, @ForAll int which, @ForAll int with) {
        write(rows);
        long first = 1 + Math.floorMod(which, rows - 1);
        long second = first + 1 + Math.floorMod(with, (int) (rows - first));
        Row one = store.rows.get(first);
        store.rows.put(first, at(first, store.rows.get(second)));
        store.rows.put(second, at(second, one));
        assertBroken(first, Fault.CHANGED);
    }

    private static Row at(long seq, Row row) {
        return new Row(
                seq,
                row.atMillis(),
                row.actor(),
                row.action(),
                row.tenantId(),
                row.resource(),
                row.result(),
                row.requestId(),
                row.detail(),
                row.keyId(),
                row.mac());
    }

    @Property(tries = 100)
    void aTailCutOff(@ForAll @IntRange(min = 1, max = 20) int rows, @ForAll int which) {
        write(rows);
        long last = Math.floorMod(which, rows);
        store.rows.tailMap(last, false).clear();
        assertBroken(last + 1, Fault.MISSING);
    }

    @Property(tries = 100)
    void aTailCutOffWithAHeadThatFits(@ForAll @IntRange(min = 2, max = 20) int rows, @ForAll int which) {
        write(rows);
        long last = 1 + Math.floorMod(which, rows - 1);
        String link = Mark.START.link();
        for (Row row : store.rows.headMap(last, true).values()) {
            link = Chain.link(link, row);
        }
        store.rows.tailMap(last, false).clear();
        store.head = new Mark(last, link, store.head.keyId(), store.head.mac());
        assertBroken(last, Fault.HEAD);
        // What is written behind it says how the head was found.
        log.record(AuditEvent.of("a", "tenant.update"));
        assertBroken(last + 1, Fault.HEAD);

        store.rows.tailMap(last, false).clear();
        store.head = new Chain(OTHERS).head(last, link);
        assertBroken(last, Fault.HEAD);
        log.record(AuditEvent.of("a", "tenant.update"));
        assertBroken(last + 1, Fault.HEAD);
    }

    @Property(tries = 100)
    void aTailCutOffWithAHeadThatWasKept(@ForAll @IntRange(min = 2, max = 20) int rows) {
        write(1);
        Mark kept = store.head;
        write(rows - 1);
        AuditHead noted = log.head();
        store.rows.tailMap(1L, false).clear();
        store.head = kept;
        assertThat(log.verify(null).valid()).as("by itself it looks whole").isTrue();
        AuditCheck check = log.verify(noted);
        assertThat(check.firstInvalidSeq()).isEqualTo(2);
        assertThat(check.fault()).isEqualTo(Fault.MISSING);
        write(rows);
        assertThat(log.verify(noted).fault()).as("and when it has grown again").isEqualTo(Fault.HEAD);
    }

    @Property(tries = 100)
    void aRowBehindTheEnd(@ForAll @IntRange(min = 1, max = 20) int rows) {
        write(rows);
        store.rows.put(rows + 1L, at(rows + 1L, store.rows.lastEntry().getValue()));
        assertBroken(rows + 1, Fault.ADDED);
    }

    @Property(tries = 100)
    void whatAnotherKeySealedIsVouchedForByWhoWroteBehindIt(@ForAll @IntRange(min = 1, max = 10) int rows) {
        write(rows);
        AuditLog elsewhere = new AuditLog(store, OTHERS, time);
        elsewhere.record(AuditEvent.of("b", "tenant.delete"));
        write(1);
        AuditCheck check = log.verify(null);
        assertThat(check.valid()).as(check.toString()).isTrue();
        // The other node's row, and its row that it did not know this node's key.
        assertThat(check.unchecked()).isEqualTo(2);
        store.rows.computeIfPresent(rows + 2L, (same, row) -> changed(row, 1));
        assertBroken(rows + 3, Fault.CHANGED);
        AuditLog both = new AuditLog(
                store,
                AuditKeys.of(List.of(
                        "the secret of the nodes of this test".getBytes(StandardCharsets.UTF_8),
                        "a secret that none of these nodes knows".getBytes(StandardCharsets.UTF_8))),
                time);
        assertThat(both.verify(null).firstInvalidSeq())
                .as("who has both keys sees the row itself")
                .isEqualTo(rows + 2L);
    }
}
