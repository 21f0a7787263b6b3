package io.riptide.cache;

import static io.riptide.cache.CacheRig.bytes;
import static io.riptide.cache.CacheRig.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.riptide.billing.UsageMeter.Meter;
import io.riptide.cache.Loader.Loaded;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Loads that hang. Time moves by hand: no load is given up while it stands still. */
class LoadTimeoutTest extends CacheFixture {
    private static final LoadOptions SHORT = LoadOptions.DEFAULT.hardTimeout(Duration.ofMillis(40));
    private static final Loader QUICK = key -> new Loaded(bytes("quick"), PutOptions.DEFAULT);

    private final CountDownLatch loading = new CountDownLatch(1);
    private final CountDownLatch go = new CountDownLatch(1);
    private final AtomicInteger deafTo = new AtomicInteger();

    /** Hangs until it is interrupted, or let go. */
    private Loaded hang(String key) throws InterruptedException {
        loading.countDown();
        go.await();
        return new Loaded(bytes("late"), PutOptions.DEFAULT);
    }

    /** Hangs until it is let go, whoever interrupts it. */
    private Loaded hangDeaf(String key) {
        loading.countDown();
        while (go.getCount() > 0) {
            try {
                go.await();
            } catch (InterruptedException e) {
                deafTo.incrementAndGet();
            }
        }
        return new Loaded(bytes("late"), PutOptions.DEFAULT);
    }

    /** The failure that a call ends with, time being moved on until it does. */
    private RipTideException failure(Future<?> call) throws InterruptedException {
        for (int i = 0; i < 1000; i++) {
            rig.time.advance(Duration.ofMillis(20));
            try {
                Object got = call.get(20, TimeUnit.MILLISECONDS);
                throw new AssertionError("no failure: " + got);
            } catch (TimeoutException e) {
                // It may end right now: the next turn sees.
            } catch (ExecutionException e) {
                return (RipTideException) e.getCause();
            }
        }
        throw new AssertionError("it never ended");
    }

    private static void assertTookTooLong(RipTideException failure) {
        assertThat(failure.problem().code()).isEqualTo(ProblemCode.ORIGIN_FAILED);
        assertThat(failure.problem().detail()).contains("longer than 40 ms");
    }

    @Test
    void aHungLoadFailsAllWhoWaitAndFreesTheKey() throws Exception {
        CountDownLatch interrupted = new CountDownLatch(1);
        Loader hung = key -> {
            try {
                return hang(key);
            } catch (InterruptedException e) {
                interrupted.countDown();
                throw e;
            }
        };
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Lookup>> calls = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                calls.add(callers.submit(() -> namespace.getOrLoad("k", hung, SHORT)));
            }
            for (Future<Lookup> call : calls) {
                assertTookTooLong(failure(call));
            }
        }
        assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
        rig.awaitLoads();
        assertThat(cache.flights()).isEmpty();
        assertThat(cache.grant().meter().operations()).isZero();
        assertThat(cache.grant().meter().count(Meter.LOAD_FAILED)).isEqualTo(rig.loads.size());
        assertThat(cache.grant().allowance().probe().remaining()).isEqualTo(CacheRig.WIDE.operationsPerMinute());
        assertThat(text(namespace.getOrLoad("k", QUICK, SHORT))).isEqualTo("quick");
    }

    @Test
    void aNamespaceSaysHowLongItsLoadsMayTake() throws Exception {
        Namespace bounded = cache.namespace("bounded");
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            assertTookTooLong(failure(callers.submit(() -> bounded.getOrLoad("k", this::hang))));
        }
        assertThat(text(bounded.getOrLoad("k", QUICK))).isEqualTo("quick");
    }

    @Test
    void aLoadIsNotGivenUpWhileItsTimeIsNotOver() throws Exception {
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Lookup> call = callers.submit(() -> namespace.getOrLoad("k", this::hang, SHORT));
            assertThat(loading.await(10, TimeUnit.SECONDS)).isTrue();
            rig.time.advance(Duration.ofMillis(39));
            assertThatThrownBy(() -> call.get(100, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
            go.countDown();
            assertThat(text(call.get(10, TimeUnit.SECONDS))).isEqualTo("late");
        }
        assertThat(text(namespace.get("k"))).isEqualTo("late");
    }

    @Test
    void whatAGivenUpLoadBringsLaterIsDropped() throws Exception {
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            assertTookTooLong(failure(callers.submit(() -> namespace.getOrLoad("k", this::hangDeaf, SHORT))));
        }
        assertThat(text(namespace.getOrLoad("k", QUICK, SHORT))).isEqualTo("quick");
        assertThat(namespace.remove("k")).isTrue();
        go.countDown();
        rig.awaitLoads();
        assertThat(deafTo).hasValue(1);
        assertThat(text(namespace.get("k"))).isEqualTo("Miss");
        assertThat(cache.flights()).isEmpty();
        assertThat(cache.grant().meter().count(Meter.LOAD)).isEqualTo(1);
        assertThat(cache.grant().meter().count(Meter.LOAD_FAILED)).isEqualTo(1);
    }

    @Test
    void whoJoinsWaitsNoLongerThanItsOwnTimeoutAndTheLoadGoesOn() throws Exception {
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Lookup> patient = callers.submit(() -> namespace.getOrLoad("k", this::hang));
            assertThat(loading.await(10, TimeUnit.SECONDS)).isTrue();
            assertTookTooLong(failure(callers.submit(() -> namespace.getOrLoad("k", QUICK, SHORT))));
            assertThat(patient.isDone()).isFalse();
            go.countDown();
            assertThat(text(patient.get(10, TimeUnit.SECONDS))).isEqualTo("late");
        }
        assertThat(rig.loads)
                .as("a load without a timeout stays on its caller's thread")
                .isEmpty();
        assertThat(cache.grant().meter().count(Meter.LOAD_FAILED)).isZero();
    }

    @Test
    void aCallersZeroTimeoutLiftsTheNamespaces() {
        Thread caller = Thread.currentThread();
        List<Thread> loader = new ArrayList<>();
        Loader noting = key -> {
            loader.add(Thread.currentThread());
            return QUICK.load(key);
        };
        cache.namespace("bounded").getOrLoad("k", noting, LoadOptions.DEFAULT.hardTimeout(Duration.ZERO));
        assertThat(loader).containsExactly(caller);
    }

    @Test
    void failuresOfALoadOnItsOwnThreadReachTheCaller() {
        AtomicInteger loads = new AtomicInteger();
        Loader broken = key -> {
            loads.incrementAndGet();
            throw new IllegalStateException("secret detail");
        };
        assertThatThrownBy(() -> namespace.getOrLoad("k", broken, SHORT))
                .isInstanceOfSatisfying(RipTideException.class, e -> {
                    assertThat(e.problem().code()).isEqualTo(ProblemCode.ORIGIN_FAILED);
                    assertThat(e.problem().detail()).doesNotContain("secret");
                });
        assertThat(loads).hasValue(1);
        assertThat(cache.flights()).isEmpty();
    }

    @Test
    void aLoaderThatReturnsNothingHasFailed() {
        assertThatThrownBy(() -> namespace.getOrLoad("k", key -> null)).hasMessageContaining("origin-failed");
        assertThatThrownBy(() -> namespace.getOrLoad("k", key -> new Loaded(null, PutOptions.DEFAULT)))
                .hasMessageContaining("origin-failed");
        assertThat(cache.grant().meter().count(Meter.LOAD_FAILED)).isEqualTo(2);
        assertThat(text(namespace.getOrLoad("k", QUICK))).isEqualTo("quick");
    }
}
