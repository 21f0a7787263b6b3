package io.riptide.cache;

import static io.riptide.cache.CacheRig.bytes;
import static io.riptide.cache.CacheRig.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.riptide.billing.UsageMeter.Meter;
import io.riptide.cache.Loader.Loaded;
import io.riptide.cache.Lookup.Stale;
import io.riptide.cache.Lookup.Why;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Loads that take longer than callers have patience for: here 50 ms, where an entry that ended less than a minute ago
 * is there. Time moves by hand.
 */
class SoftTimeoutTest extends CacheFixture {
    private static final int MANY = 10_000;

    private final AtomicInteger loads = new AtomicInteger();
    private final CountDownLatch loading = new CountDownLatch(1);
    private final CountDownLatch go = new CountDownLatch(1);

    private Namespace stale;

    private Loaded slow(String key) throws InterruptedException {
        loads.incrementAndGet();
        loading.countDown();
        go.await();
        return new Loaded(bytes("new"), PutOptions.DEFAULT);
    }

    @BeforeEach
    void anEntryThatEnded() {
        stale = cache.namespace("stale");
        stale.put("k", bytes("old"), PutOptions.DEFAULT);
        rig.time.advance(Duration.ofSeconds(111));
    }

    private static void assertSlow(Lookup found) {
        assertThat(found).isInstanceOfSatisfying(Stale.class, got -> {
            assertThat(got.entry().toByteArray()).asString().isEqualTo("old");
            assertThat(got.why()).isEqualTo(Why.SLOW);
        });
    }

    /** What a call ends with, time being moved on by so much again and again until it does. */
    private Lookup ended(Future<Lookup> call, Duration step) throws Exception {
        for (int i = 0; i < 1000; i++) {
            try {
                return call.get(20, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                rig.time.advance(step);
            }
        }
        throw new AssertionError("it never ended");
    }

    @Test
    void allWhoWaitAreServedTheStaleEntryAndTheOneLoadGoesOnBehind() throws Exception {
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Lookup>> calls = new ArrayList<>();
            for (int i = 0; i < MANY; i++) {
                calls.add(callers.submit(() -> stale.getOrLoad("k", this::slow)));
            }
            assertThat(loading.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(calls).noneMatch(Future::isDone);
            for (Future<Lookup> call : calls) {
                assertSlow(ended(call, Duration.ofMillis(50)));
            }
        }
        assertSlow(stale.getOrLoad("k", this::slow));
        go.countDown();
        rig.awaitLoads();
        assertThat(text(stale.getOrLoad("k", this::slow))).isEqualTo("new");
        assertThat(loads).hasValue(1);
        assertThat(rig.loads).hasSize(1);
        assertThat(cache.flights()).isEmpty();
        assertThat(cache.grant().meter().count(Meter.STALE)).isEqualTo(MANY + 1);
        assertThat(cache.grant().meter().operations()).isEqualTo(MANY + 3);
    }

    @Test
    void aLoadWithinItIsWaitedFor() throws Exception {
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Lookup> call = callers.submit(() -> stale.getOrLoad("k", this::slow));
            assertThat(loading.await(10, TimeUnit.SECONDS)).isTrue();
            rig.time.advance(Duration.ofMillis(49));
            assertThatThrownBy(() -> call.get(100, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
            go.countDown();
            assertThat(text(call.get(10, TimeUnit.SECONDS))).isEqualTo("new");
        }
    }

    @Test
    void withoutAStaleEntryItDoesNothing() throws Exception {
        LoadOptions options =
                LoadOptions.DEFAULT.softTimeout(Duration.ofMillis(1)).staleIfError(Duration.ZERO);
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Lookup> none = callers.submit(() -> stale.getOrLoad("none", this::slow));
            Future<Lookup> noneOfUse = callers.submit(() -> stale.getOrLoad("k", this::slow, options));
            assertThat(loading.await(10, TimeUnit.SECONDS)).isTrue();
            rig.time.advance(Duration.ofHours(1));
            assertThatThrownBy(() -> none.get(100, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
            assertThatThrownBy(() -> noneOfUse.get(100, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
            go.countDown();
            assertThat(text(none.get(10, TimeUnit.SECONDS))).isEqualTo("new");
            assertThat(text(noneOfUse.get(10, TimeUnit.SECONDS))).isEqualTo("new");
        }
        assertThat(rig.loads).isEmpty();
    }

    @Test
    void whoAsksOnceALoadIsSlowIsServedAtOnce() throws Exception {
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            assertSlow(ended(callers.submit(() -> stale.getOrLoad("k", this::slow)), Duration.ofMillis(50)));
        }
        for (int i = 0; i < 100; i++) {
            assertSlow(stale.getOrLoad("k", this::slow));
        }
        assertThat(loads).hasValue(1);
        go.countDown();
        rig.awaitLoads();
    }

    @Test
    void aLoadThatNeverEndsIsGivenUpOnceNothingCanBeServedInItsPlace() throws Exception {
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            assertSlow(ended(callers.submit(() -> stale.getOrLoad("k", this::slow)), Duration.ofMillis(50)));
        }
        rig.time.advance(Duration.ofSeconds(60));
        assertThat(text(stale.getOrLoad("k", key -> new Loaded(bytes("next"), PutOptions.DEFAULT))))
                .isEqualTo("next");
        rig.awaitLoads();
        assertThat(text(stale.get("k"))).isEqualTo("next");
        assertThat(cache.flights()).isEmpty();
        assertThat(cache.grant().meter().count(Meter.LOAD_FAILED)).isEqualTo(1);
    }

    @Test
    void aRefreshBehindThatNeverEndsIsGivenUpToo() throws Exception {
        stale.put("k", bytes("old"), PutOptions.DEFAULT);
        rig.time.advance(Duration.ofSeconds(105));
        assertThat(((Stale) stale.getOrLoad("k", this::slow)).why()).isEqualTo(Why.REFRESHING);
        assertThat(loading.await(10, TimeUnit.SECONDS)).isTrue();
        rig.time.advance(Duration.ofMillis(4999));
        assertThat(((Stale) stale.getOrLoad("k", this::slow)).why()).isEqualTo(Why.REFRESHING);
        rig.time.advance(Duration.ofMillis(1));
        assertThat(text(stale.getOrLoad("k", key -> new Loaded(bytes("next"), PutOptions.DEFAULT))))
                .isEqualTo("next");
        rig.awaitLoads();
        assertThat(loads).hasValue(1);
        assertThat(text(stale.get("k"))).isEqualTo("next");
    }

    @Test
    void theHardTimeoutStillGivesALoadUpThatIsSlow() throws Exception {
        LoadOptions options =
                LoadOptions.DEFAULT.softTimeout(Duration.ofMillis(10)).hardTimeout(Duration.ofMillis(40));
        CountDownLatch interrupted = new CountDownLatch(1);
        Loader hung = key -> {
            try {
                return slow(key);
            } catch (InterruptedException e) {
                interrupted.countDown();
                throw e;
            }
        };
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            assertSlow(ended(callers.submit(() -> stale.getOrLoad("k", hung, options)), Duration.ofMillis(10)));
            rig.time.advance(Duration.ofMillis(40));
            assertSlow(ended(callers.submit(() -> stale.getOrLoad("k", this::slow, options)), Duration.ofMillis(10)));
        }
        assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(cache.grant().meter().count(Meter.LOAD_FAILED)).isEqualTo(1);
        go.countDown();
        rig.awaitLoads();
        assertThat(text(stale.get("k"))).isEqualTo("new");
    }

    @Test
    void aHungLoaderWithAHardTimeoutLeavesTheStaleEntryServed() throws Exception {
        LoadOptions options = LoadOptions.DEFAULT.softTimeout(Duration.ZERO).hardTimeout(Duration.ofMillis(40));
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Lookup>> calls = new ArrayList<>();
            for (int i = 0; i < MANY; i++) {
                calls.add(callers.submit(() -> stale.getOrLoad("k", this::slow, options)));
            }
            assertThat(loading.await(10, TimeUnit.SECONDS)).isTrue();
            for (Future<Lookup> call : calls) {
                assertThat(((Stale) ended(call, Duration.ofMillis(40))).why()).isEqualTo(Why.FAILED);
            }
        }
        rig.awaitLoads();
        assertThat(loads).hasValueLessThan(MANY / 100);
        assertThat(cache.grant().meter().count(Meter.STALE)).isEqualTo(MANY);
    }

    @Test
    void whereNoThreadIsLeftTheStaleEntryIsServed() throws Exception {
        LoadOptions bounded = LoadOptions.DEFAULT.hardTimeout(Duration.ofHours(1));
        CountDownLatch allLoading = new CountDownLatch(LoadThreads.MAX);
        Loader hung = key -> {
            allLoading.countDown();
            go.await();
            return Loaded.nothing();
        };
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < LoadThreads.MAX; i++) {
                String key = "other" + i;
                var unused = callers.submit(() -> stale.getOrLoad(key, hung, bounded));
            }
            assertThat(allLoading.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(((Stale) stale.getOrLoad("k", this::slow)).why()).isEqualTo(Why.FAILED);
            assertThatThrownBy(() -> stale.getOrLoad("none", this::slow, bounded))
                    .hasMessageContaining("origin-failed");
            go.countDown();
        }
        rig.awaitLoads();
        assertThat(loads).hasValue(0);
    }
}
