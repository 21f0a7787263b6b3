package io.riptide.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.riptide.audit.AuditCheck.Fault;
import io.riptide.problem.RipTideException;
import io.riptide.spi.AuditStore.Mark;
import io.riptide.spi.AuditStore.Query;
import io.riptide.spi.AuditStore.Row;
import io.riptide.testkit.ManualTime;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class AuditLogTest {
    private static final Pattern COUNT = Pattern.compile("\"count\":(\\d+)");
    private static final AuditEvent DENIED =
            AuditEvent.of("anonymous", "auth.denied").result("unauthenticated").with("address", "10.0.0.1");

    private final MemoryAuditStore store = new MemoryAuditStore();
    private final ManualTime time = new ManualTime();
    private final AuditLog log = new AuditLog(store, ChainPropertyTest.keys("the secret of this test"), time);

    private List<Row> rows() {
        return store.after(Query.ALL, 0, 10_000);
    }

    private static long count(Row row) {
        Matcher count = COUNT.matcher(row.detail());
        assertThat(count.find()).as(row.detail()).isTrue();
        return Long.parseLong(count.group(1));
    }

    private void record(int rows) {
        for (int i = 0; i < rows; i++) {
            log.record(AuditEvent.of("a", "tenant.update").with("n", i));
        }
    }

    @Test
    void aFloodIsTwoRowsAMinuteWithAllThatCame() {
        for (int second = 0; second < 120; second++) {
            for (int i = 0; i < 1_000; i++) {
                log.note(DENIED.request("r-" + second + "-" + i));
            }
            log.tick();
            time.advance(Duration.ofSeconds(1));
        }
        assertThat(rows()).hasSizeLessThanOrEqualTo(3);
        log.flush();
        assertThat(rows().stream().mapToLong(AuditLogTest::count).sum()).isEqualTo(120_000);
        assertThat(rows().getFirst().requestId()).isEqualTo("r-0-0");
        assertThat(rows().getLast().detail())
                .contains("\"address\":\"10.0.0.1\"")
                .contains("\"first_at\":\"2026-")
                .contains("\"last_at\":\"2026-");
    }

    @Test
    void ofManyKindsAtOnceAsManyAreToldApartAsItSays() {
        for (int i = 0; i < 100_000; i++) {
            log.note(AuditEvent.of("anonymous", "auth.denied")
                    .result("unauthenticated")
                    .with("address", "10.0." + i / 256 + "." + i % 256));
        }
        log.tick();
        List<Row> rows = rows();
        assertThat(rows).hasSize(Floods.MOST + 1);
        assertThat(rows.stream().mapToLong(AuditLogTest::count).sum()).isEqualTo(100_000);
        assertThat(rows).filteredOn(row -> row.actor().equals("(several)")).hasSize(1);
        // A minute later those kinds are forgotten, and another is told by itself.
        time.advance(Duration.ofSeconds(61));
        log.tick();
        log.note(DENIED);
        log.tick();
        assertThat(rows().getLast().actor()).isEqualTo("anonymous");
    }

    @Test
    void whatCannotBeWrittenIsCountedOn() {
        log.note(DENIED);
        store.away = true;
        log.tick();
        log.note(DENIED);
        store.away = false;
        time.advance(Duration.ofSeconds(61));
        log.tick();
        assertThat(rows()).hasSize(1);
        assertThat(count(rows().getFirst())).isEqualTo(2);
    }

    @Test
    void whatMustBeWrittenFailsWhereItCannotBe() {
        store.away = true;
        assertThatThrownBy(() -> log.record(AuditEvent.of("a", "tenant.create")))
                .isInstanceOf(RipTideException.class);
    }

    @Test
    void textsAreWhatEveryDatabaseGivesBack() {
        log.record(AuditEvent.of("a\u0000b", "x.y")
                .resource("\ud800" + "r".repeat(2_000))
                .with("q\"", "back\\slash \"quoted\"\n"));
        Row row = rows().getFirst();
        assertThat(row.actor()).isEqualTo("a?b");
        assertThat(row.resource()).startsWith("?r").hasSize(500);
        assertThat(row.detail()).isEqualTo("{\"q\\\"\":\"back\\\\slash \\\"quoted\\\"?\"}");
        assertThat(log.verify(null).valid()).isTrue();
    }

    @Test
    void aDetailHoldsTextsNumbersAndFlagsAndSixteenOfThem() {
        AuditEvent event = AuditEvent.of("a", "x.y");
        for (int i = 0; i < 20; i++) {
            event = event.with("m" + i, i % 2 == 0);
        }
        assertThat(event.detail()).hasSize(16);
        assertThatThrownBy(() -> AuditEvent.of("a", "x.y").with("d", 1.5))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("d: ");
    }

    @Test
    void aWalkOverManyPagesFindsTheRow() {
        record(2_500);
        AuditCheck whole = log.verify(null);
        assertThat(whole.valid()).isTrue();
        assertThat(whole.entries()).isEqualTo(2_500);
        store.rows.remove(2_001L);
        assertThat(log.verify(null).firstInvalidSeq()).isEqualTo(2_001);
        assertThat(log.verify(null).fault()).isEqualTo(Fault.MISSING);
    }

    @Test
    void whatIsOldGoesAndWhatIsLeftCanBeChecked() {
        record(2_300);
        time.advance(Duration.ofDays(2));
        record(5);
        assertThat(log.cut(time.wallMillis() - Duration.ofDays(1).toMillis())).isEqualTo(2_300);
        AuditCheck check = log.verify(null);
        assertThat(check.valid()).as(check.toString()).isTrue();
        assertThat(check.fromSeq()).isEqualTo(2_301);
        // Five rows, and one for each thousand that went.
        assertThat(check.entries()).isEqualTo(8);
        assertThat(rows().getLast().action()).isEqualTo("audit.retention");
        assertThat(log.cut(time.wallMillis() - Duration.ofDays(1).toMillis())).isZero();
    }

    @Test
    void theNewestRowStaysHoweverOldItIs() {
        record(3);
        time.advance(Duration.ofDays(10));
        assertThat(log.cut(time.wallMillis())).isEqualTo(2);
        assertThat(log.verify(null).valid()).isTrue();
    }

    @Test
    void anAnchorMovedByHandIsFound() {
        record(5);
        String link = Mark.START.link();
        for (Row row : store.rows.headMap(2L, true).values()) {
            link = Chain.link(link, row);
        }
        store.rows.headMap(2L, true).clear();
        store.anchor = new Mark(2, link, store.head.keyId(), "0".repeat(64));
        assertThat(log.verify(null).fault()).isEqualTo(Fault.ANCHOR);
        assertThat(log.verify(null).firstInvalidSeq()).isEqualTo(3);
        time.advance(Duration.ofDays(2));
        assertThat(log.cut(time.wallMillis()))
                .as("what does not hold is not taken away")
                .isZero();
    }

    @Test
    void whatDoesNotHoldIsNotTakenAway() {
        record(6);
        store.rows.computeIfPresent(
                4L,
                (seq, r) -> new Row(
                        seq,
                        r.atMillis(),
                        "somebody else",
                        r.action(),
                        r.tenantId(),
                        r.resource(),
                        r.result(),
                        r.requestId(),
                        r.detail(),
                        r.keyId(),
                        r.mac()));
        time.advance(Duration.ofDays(2));
        assertThat(log.cut(time.wallMillis())).isEqualTo(3);
        assertThat(log.verify(null).firstInvalidSeq()).isEqualTo(4);
    }

    @Test
    void theHeadIsSeenThoughAnotherWroteIt() {
        AuditLog other = new AuditLog(store, ChainPropertyTest.keys("the secret of this test"), time);
        other.record(AuditEvent.of("a", "tenant.create"));
        time.advance(Duration.ofSeconds(10));
        log.tick();
        assertThat(log.head()).isEqualTo(other.head());
        assertThat(log.head().seq()).isEqualTo(1);
    }
}
