package io.riptide.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Threads over real connections: what callers are told when work fails, hangs or floods. */
class LaneTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(300);

    @TempDir
    Path folder;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final ExecutorService callers = Executors.newCachedThreadPool();
    private final AtomicInteger opened = new AtomicInteger();
    private Sqlite sqlite;
    private Lane lane;

    @BeforeEach
    void makeTable() {
        sqlite = new Sqlite(folder.resolve("lane.db"));
        sqlite.prepare();
        lane = writer(LONG);
        lane.call(h -> h.execute("CREATE TABLE t (n INTEGER PRIMARY KEY)"));
    }

    private Lane writer(Duration patience) {
        return Lane.writer(threads, patience, () -> {
            opened.incrementAndGet();
            return sqlite.openWriter();
        });
    }

    @AfterEach
    void close() {
        lane.close();
        threads.close();
        callers.close();
    }

    private int insert(int n) {
        return lane.call(h -> h.execute("INSERT INTO t (n) VALUES (?)", n));
    }

    private List<Integer> rows() {
        return lane.call(h ->
                h.createQuery("SELECT n FROM t ORDER BY n").mapTo(Integer.class).list());
    }

    /** Occupies the lane's thread until the latch opens. */
    private CountDownLatch occupy() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        Future<?> unused = callers.submit(() -> lane.call(h -> {
            begun.countDown();
            await(go);
            return 0;
        }));
        assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
        return go;
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void oneThatFailsAmongManyInATransactionTakesBackItsOwnWorkAlone() throws Exception {
        insert(5);
        CountDownLatch go = occupy();
        List<Future<Integer>> answers = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            int n = i;
            answers.add(callers.submit(() -> lane.call(h -> {
                h.execute("INSERT INTO t (n) VALUES (?)", 100 + n);
                return h.execute("INSERT INTO t (n) VALUES (?)", n);
            })));
        }
        go.countDown();
        for (int i = 0; i < 10; i++) {
            Future<Integer> answer = answers.get(i);
            if (i == 5) {
                assertThatThrownBy(answer::get).hasRootCauseInstanceOf(SQLException.class);
            } else {
                assertThat(answer.get()).isEqualTo(1);
            }
        }
        assertThat(rows()).hasSize(19).doesNotContain(105);
    }

    @Test
    void anSqlFailureIsStoreUnavailableWithItsCauseForTheLogAndNoWordOfIt() {
        RipTideException e =
                catchThrowableOfType(RipTideException.class, () -> lane.call(h -> h.execute("DELETE FROM nowhere")));
        assertThat(e.problem().code()).isEqualTo(ProblemCode.STORE_UNAVAILABLE);
        assertThat(e.problem().detail()).doesNotContainIgnoringCase("nowhere").doesNotContainIgnoringCase("sql");
        assertThat(e).hasRootCauseInstanceOf(SQLException.class);
        assertThat(insert(1)).as("and it goes on").isEqualTo(1);
    }

    @Test
    void aFaultOfTheWorkItselfIsPassedOnAsItIs() {
        assertThatThrownBy(() -> lane.call(h -> {
                    h.execute("INSERT INTO t (n) VALUES (1)");
                    throw new IllegalStateException("mine");
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("mine");
        assertThat(rows()).isEmpty();
    }

    @Test
    void whatWaitedTooLongIsNeverDone() throws Exception {
        lane.close();
        lane = writer(SHORT);
        CountDownLatch go = occupy();
        assertThatThrownBy(() -> insert(1))
                .hasMessageContaining("store-unavailable")
                .hasMessageContaining("nothing was changed");
        go.countDown();
        lane.close();
        lane = writer(LONG);
        assertThat(rows()).isEmpty();
    }

    @Test
    void whatHadBegunWhenPatienceEndedMayHaveBeenDoneAndTheRefusalSaysSo() {
        lane.close();
        lane = writer(SHORT);
        CountDownLatch go = new CountDownLatch(1);
        assertThatThrownBy(() -> lane.call(h -> {
                    await(go);
                    return h.execute("INSERT INTO t (n) VALUES (1)");
                }))
                .hasMessageContaining("may have been made or not");
        go.countDown();
        lane.close();
        lane = writer(LONG);
        assertThat(rows()).containsExactly(1);
    }

    @Test
    void aFullQueueRefusesAtOnce() throws Exception {
        CountDownLatch go = occupy();
        int over = 1_100 - 1_024;
        AtomicInteger refusals = new AtomicInteger();
        CountDownLatch full = new CountDownLatch(over);
        List<Future<?>> calls = new ArrayList<>();
        for (int i = 0; i < 1_100; i++) {
            int n = i;
            calls.add(callers.submit(() -> {
                try {
                    insert(n);
                } catch (RipTideException e) {
                    assertThat(e).hasMessageContaining("overloaded");
                    refusals.incrementAndGet();
                    full.countDown();
                }
            }));
        }
        await(full);
        go.countDown();
        for (Future<?> call : calls) {
            call.get();
        }
        assertThat(refusals).hasValue(over);
        assertThat(rows()).hasSize(1_024);
    }

    @Test
    void aConnectionThatBrokeIsOpenedAnew() {
        int before = opened.get();
        assertThatThrownBy(() -> lane.call(h -> {
                    try {
                        h.getConnection().close();
                    } catch (SQLException e) {
                        throw new IllegalStateException(e);
                    }
                    return 0;
                }))
                .hasMessageContaining("store-unavailable");
        assertThat(insert(1)).isEqualTo(1);
        assertThat(opened).hasValue(before + 1);
    }

    @Test
    void aStoreThatCannotBeOpenedIsTriedAgainWithTheNextCall() {
        AtomicBoolean broken = new AtomicBoolean(true);
        try (Lane flaky = Lane.readers(2, threads, LONG, () -> {
            if (broken.get()) {
                throw new SQLException("no");
            }
            return sqlite.openReader();
        })) {
            assertThatThrownBy(() -> flaky.call(h -> 1)).hasMessageContaining("store-unavailable");
            broken.set(false);
            int answer = flaky.call(h -> 1);
            assertThat(answer).isEqualTo(1);
        }
    }

    @Test
    void aReaderCannotWrite() {
        try (Lane readers = Lane.readers(1, threads, LONG, sqlite::openReader)) {
            assertThatThrownBy(() -> readers.call(h -> h.execute("INSERT INTO t (n) VALUES (1)")))
                    .hasMessageContaining("store-unavailable");
        }
        assertThat(rows()).isEmpty();
    }

    @Test
    void closingLetsEndWhatIsQueuedAndRefusesWhatComesAfter() throws Exception {
        CountDownLatch go = occupy();
        List<Future<Integer>> queued = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            int n = i;
            queued.add(callers.submit(() -> insert(n)));
        }
        Future<?> closing = callers.submit(() -> {
            go.countDown();
            lane.close();
        });
        closing.get();
        int done = 0;
        for (Future<Integer> each : queued) {
            try {
                done += each.get();
            } catch (java.util.concurrent.ExecutionException e) {
                assertThat(e).hasMessageContaining("store-unavailable");
            }
        }
        assertThatThrownBy(() -> insert(1_000)).hasMessageContaining("closed");
        lane = writer(LONG);
        assertThat(rows()).hasSize(done);
    }
}
