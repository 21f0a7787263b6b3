package io.riptide.billing;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.SteppedTime;
import io.riptide.billing.UsageBook.Metered;
import io.riptide.billing.UsageMeter.Meter;
import io.riptide.problem.Problem;
import io.riptide.problem.ProblemCode;
import io.riptide.spi.TenantKey;
import io.riptide.spi.UsageColumn;
import io.riptide.spi.UsageStore;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class UsageBookTest {
    private static final long HOUR_MILLIS = 3_600_000;

    private final SteppedTime time = new SteppedTime();
    private final Lossy store = new Lossy();
    private final UsageMeter meter = new UsageMeter(time);
    private final Metered acme = new Metered("acme", 1, meter);
    private UsageBook book = new UsageBook(store, "one", time);

    /** A store that fails when it is told to, before or after it has done what it was asked. */
    private static final class Lossy implements UsageStore {
        private final UsageStore real = UsageStore.inMemory();
        private boolean failsBefore;
        private boolean failsAfter;
        private Runnable meanwhile = () -> {};
        private final Set<String> distinct = new HashSet<>();
        private int rows;

        @Override
        public void keep(List<Row> told) {
            fail(failsBefore);
            real.keep(told);
            rows += told.size();
            told.forEach(row -> distinct.add(row.epoch() + " " + row.tenantId() + " " + row.hour()));
            fail(failsAfter);
        }

        private static void fail(boolean now) {
            if (now) {
                throw Problem.of(ProblemCode.STORE_UNAVAILABLE, "away").asException();
            }
        }

        @Override
        public long[] sum(String tenantId, long tenantCreatedMillis, long fromHour, long toHour) {
            return real.sum(tenantId, tenantCreatedMillis, fromHour, toHour);
        }

        @Override
        public long[] sumWithout(
                String tenantId, long tenantCreatedMillis, long fromHour, String epoch, long epochHour) {
            meanwhile.run();
            return real.sumWithout(tenantId, tenantCreatedMillis, fromHour, epoch, epochHour);
        }

        @Override
        public TenantKey fold(TenantKey after, long beforeHour) {
            return real.fold(after, beforeHour);
        }

        @Override
        public void close() {
            real.close();
        }
    }

    private long hour() {
        return time.wallMillis() / HOUR_MILLIS;
    }

    private void write(int count) {
        meter.add(Meter.PUT, count);
    }

    private long kept(long fromHour, long toHour) {
        return store.sum("acme", 1, fromHour, toHour)[UsageColumn.WRITE.ordinal()];
    }

    private long kept() {
        return kept(0, Long.MAX_VALUE);
    }

    private void round() {
        book.round(List.of(acme));
    }

    @Test
    void whatWasCountedIsKeptByTheHour() {
        write(3);
        round();
        write(4);
        round();
        long first = hour();
        assertThat(kept(first, first + 1)).isEqualTo(7);
        time.advanceMillis(HOUR_MILLIS);
        write(5);
        round();
        assertThat(kept(first, first + 1)).isEqualTo(7);
        assertThat(kept(first + 1, first + 2)).isEqualTo(5);
    }

    @Test
    void whereNothingIsNewNothingIsTold() {
        round();
        assertThat(store.rows).isZero();
        write(1);
        round();
        round();
        time.advanceMillis(HOUR_MILLIS);
        round();
        assertThat(store.rows).isEqualTo(1);
    }

    @Test
    void untilTheNextRoundItIsKnownHereAlone() {
        write(3);
        assertThat(book.since(acme, 0).operations()).isEqualTo(3);
        round();
        write(4);
        assertThat(book.since(acme, 0).operations()).isEqualTo(7);
        assertThat(kept()).isEqualTo(3);
        UsageBook other = new UsageBook(store, "two", time);
        Metered there = new Metered("acme", 1, new UsageMeter(time));
        there.meter().add(Meter.DELETE);
        assertThat(other.since(there, 0).operations()).isEqualTo(4);
        other.round(List.of(there));
        assertThat(book.since(acme, 0).operations()).isEqualTo(8);
        assertThat(book.since(acme, hour() + 1).count(UsageColumn.DELETE)).isZero();
    }

    @Test
    void aClockThatGoesBackLeavesTheHourAsItIs() {
        write(1);
        round();
        long first = hour();
        time.jumpWallMillis(-10 * HOUR_MILLIS);
        write(1);
        round();
        assertThat(kept(first, first + 1)).isEqualTo(2);
        assertThat(kept()).isEqualTo(2);
    }

    @Test
    void aClockThatJumpsAnHourEitherWayNeitherLosesNorDoublesOne() {
        write(1);
        round();
        long first = hour();
        time.jumpWallMillis(HOUR_MILLIS);
        write(2);
        round();
        time.jumpWallMillis(-HOUR_MILLIS);
        write(4);
        round();
        time.advanceMillis(HOUR_MILLIS);
        write(8);
        round();
        assertThat(kept(first, first + 1)).isEqualTo(1);
        assertThat(kept(first + 1, first + 2)).isEqualTo(14);
        time.advanceMillis(HOUR_MILLIS);
        write(16);
        round();
        assertThat(kept(first + 2, first + 3)).isEqualTo(16);
        assertThat(book.since(acme, 0).operations()).isEqualTo(31);
        assertThat(book.since(acme, first + 1).operations()).isEqualTo(30);
    }

    @Test
    void aLostAnswerIsNotShownTwice() {
        write(3);
        store.failsAfter = true;
        round();
        write(4);
        assertThat(kept()).isEqualTo(3);
        assertThat(book.since(acme, 0).operations()).isEqualTo(7);
        time.advanceMillis(HOUR_MILLIS);
        assertThat(book.since(acme, 0).operations()).isEqualTo(7);
        store.failsAfter = false;
        round();
        assertThat(kept()).isEqualTo(7);
        assertThat(book.since(acme, 0).operations()).isEqualTo(7);
    }

    @Test
    void aRoundWhileTheStoreIsAskedShowsNothingTwice() {
        write(3);
        round();
        write(4);
        store.meanwhile = this::round;
        assertThat(book.since(acme, 0).operations()).isEqualTo(7);
        time.advanceMillis(HOUR_MILLIS);
        write(5);
        assertThat(book.since(acme, 0).operations()).isEqualTo(12);
        store.meanwhile = () -> {};
        assertThat(book.since(acme, hour()).operations()).isEqualTo(5);
        assertThat(kept()).isEqualTo(12);
    }

    @Test
    void whatATenantThatIsGoneHadStillToTellIsTold() {
        write(3);
        round();
        write(4);
        book.round(List.of());
        assertThat(kept()).isEqualTo(7);
        write(1);
        store.failsBefore = true;
        round();
        book.round(List.of());
        store.failsBefore = false;
        book.round(List.of());
        book.round(List.of());
        assertThat(kept()).isEqualTo(8);
    }

    @Test
    void rowsAreAsManyAsTenantsAndHoursHoweverOftenTheyAreTold() {
        List<Metered> tenants = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            tenants.add(new Metered("t" + i, 1, new UsageMeter(time)));
        }
        for (int hour = 0; hour < 3; hour++) {
            for (int second = 0; second < 20; second++) {
                tenants.forEach(tenant -> tenant.meter().add(Meter.HIT_L1));
                book.round(tenants);
            }
            time.advanceMillis(HOUR_MILLIS);
        }
        assertThat(store.rows).isEqualTo(50 * 3 * 20);
        assertThat(store.distinct).hasSize(50 * 3);
    }

    @Test
    void aTenantThatWasGivenAnIdAnewBeginsAtNothing() {
        write(5);
        round();
        Metered next = new Metered("acme", 2, new UsageMeter(time));
        book.round(List.of(next));
        assertThat(book.since(next, 0).operations()).isZero();
        next.meter().add(Meter.BYTES_IN, 10);
        next.meter().add(Meter.BYTES_OUT, 5);
        assertThat(book.since(next, 0).transferBytes()).isEqualTo(15);
        assertThat(book.since(next, 0).operations()).isZero();
    }

    /** Each step is some writes, an hour that passes or not, and a store that fails before, after, or not at all. */
    @Property
    void whateverFailsAllIsKeptOnce(
            @ForAll @Size(min = 1, max = 30) List<@IntRange(max = 5) Integer> fails,
            @ForAll @Size(min = 30, max = 30) List<@IntRange(max = 3) Integer> counts) {
        new UsageBookTest().keepsAllOnce(fails, counts);
    }

    private void keepsAllOnce(List<Integer> fails, List<Integer> counts) {
        long all = 0;
        for (int i = 0; i < fails.size(); i++) {
            write(counts.get(i));
            all += counts.get(i);
            store.failsBefore = fails.get(i) == 1 || fails.get(i) == 4;
            store.failsAfter = fails.get(i) == 2 || fails.get(i) == 5;
            round();
            assertThat(kept()).isLessThanOrEqualTo(all);
            assertThat(book.since(acme, 0).operations()).isEqualTo(all);
            if (fails.get(i) >= 3) {
                time.advanceMillis(HOUR_MILLIS);
            }
        }
        store.failsBefore = false;
        store.failsAfter = false;
        round();
        round();
        assertThat(kept()).isEqualTo(all);
        assertThat(book.since(acme, 0).operations()).isEqualTo(all);
        // A process that begins anew goes on beside it.
        book = new UsageBook(store, "two", time);
        UsageMeter anew = new UsageMeter(time);
        anew.add(Meter.PUT, 2);
        book.round(List.of(new Metered("acme", 1, anew)));
        assertThat(kept()).isEqualTo(all + 2);
    }
}
