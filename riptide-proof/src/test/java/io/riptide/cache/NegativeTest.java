package io.riptide.cache;

import static io.riptide.cache.CacheRig.bytes;
import static io.riptide.cache.CacheRig.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.riptide.billing.UsageMeter.Meter;
import io.riptide.cache.Loader.Loaded;
import io.riptide.cache.Lookup.Stale;
import io.riptide.cache.Lookup.Why;
import io.riptide.entry.Scope;
import io.riptide.problem.Problem;
import io.riptide.problem.ProblemCode;
import io.riptide.spi.Removal.Mode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Remembering that there is nothing, here for 20 s, and failures, here for 5 s. */
class NegativeTest extends CacheFixture {
    private final AtomicInteger loads = new AtomicInteger();
    private final Loader nothing = key -> {
        loads.incrementAndGet();
        return Loaded.nothing();
    };
    private final Loader value = key -> {
        loads.incrementAndGet();
        return new Loaded(bytes("v"), PutOptions.DEFAULT);
    };
    private final Loader broken = key -> {
        loads.incrementAndGet();
        throw Problem.of(ProblemCode.ORIGIN_REFUSED, "no").asException();
    };

    private Namespace negative;

    @BeforeEach
    void open20() {
        negative = cache.namespace("negative");
    }

    private void afterSeconds(int seconds) {
        rig.time.advance(Duration.ofSeconds(seconds));
    }

    private long count(Meter meter) {
        return cache.grant().meter().count(meter);
    }

    @Test
    void thatThereIsNothingIsAMissAndNotRememberedUnlessAskedFor() {
        assertThat(namespace.getOrLoad("k", nothing)).isEqualTo(Lookup.MISS);
        assertThat(namespace.getOrLoad("k", nothing)).isEqualTo(Lookup.MISS);
        assertThat(loads).hasValue(2);
        assertThat(count(Meter.MISS)).isEqualTo(2);
        assertThat(count(Meter.LOAD)).isEqualTo(2);
        assertThat(cache.stats().entries()).isZero();
    }

    @Test
    void itIsRememberedForAsLongAsTheNamespaceSays() {
        for (int i = 0; i < 100; i++) {
            assertThat(negative.getOrLoad("k", nothing)).isEqualTo(Lookup.MISS);
        }
        afterSeconds(19);
        assertThat(negative.getOrLoad("k", value)).isEqualTo(Lookup.MISS);
        assertThat(loads).hasValue(1);
        afterSeconds(1);
        assertThat(text(negative.getOrLoad("k", value))).isEqualTo("v");
        assertThat(count(Meter.MISS)).isEqualTo(102);
        assertThat(count(Meter.LOAD)).isEqualTo(2);
    }

    @Test
    void aCallMaySayItself() {
        LoadOptions aMinute = LoadOptions.DEFAULT.negativeTtl(Duration.ofMinutes(1));
        assertThat(namespace.getOrLoad("k", nothing, aMinute)).isEqualTo(Lookup.MISS);
        afterSeconds(59);
        assertThat(namespace.getOrLoad("k", value, aMinute)).isEqualTo(Lookup.MISS);
        assertThat(text(namespace.getOrLoad("k", value))).isEqualTo("v");
        assertThat(loads).hasValue(2);
    }

    @Test
    void forAllElseNothingIsThereIndeed() {
        negative.getOrLoad("k", nothing);
        assertThat(negative.get("k")).isEqualTo(Lookup.MISS);
        assertThat(negative.getAll(List.of("k"))).containsExactly(Lookup.MISS);
        assertThat(negative.explain("k").stored()).isFalse();
        assertThat(negative.explain("k").gone()).isNotNull();
        assertThat(negative.list(10, null).heads()).isEmpty();
        assertThat(negative.remove("other")).isFalse();
        assertThat(negative.putIfPresent("k", bytes("x"), PutOptions.DEFAULT).stored())
                .isFalse();
        assertThat(negative.putIfAbsent("k", bytes("written"), PutOptions.DEFAULT)
                        .outcome())
                .isEqualTo(PutResult.Outcome.CREATED);
        assertThat(text(negative.getOrLoad("k", nothing))).isEqualTo("written");
        assertThat(loads).hasValue(1);
    }

    @Test
    void aRemovalForgetsIt() {
        negative.getOrLoad("one", nothing);
        assertThat(negative.remove("one")).isFalse();
        assertThat(text(negative.getOrLoad("one", value))).isEqualTo("v");
        for (Mode mode : Mode.values()) {
            negative.getOrLoad("all", nothing);
            assertThat(negative.getOrLoad("all", nothing)).isEqualTo(Lookup.MISS);
            var unused = cache.removeAll(new Scope.InNamespace("negative"), mode);
            assertThat(text(negative.getOrLoad("all", value))).as(mode.name()).isEqualTo("v");
            assertThat(negative.remove("all")).isTrue();
        }
    }

    @Test
    void itComesBackAfterNeitherARestartNorTheWorkingOffOfARemoval() throws Exception {
        negative.getOrLoad("k", nothing);
        rig.close();
        rig = new CacheRig(folder);
        cache = rig.tenant("acme");
        assertThat(cache.namespace("negative").getOrLoad("k", value)).isEqualTo(Lookup.MISS);
        var unused = cache.removeAll(Mode.STALE);
        for (int i = 0; i < 5; i++) {
            rig.manager.tick();
            rig.manager.sweep();
        }
        assertThat(text(cache.namespace("negative").getOrLoad("k", value))).isEqualTo("v");
    }

    @Test
    void whatItTakesGoesWithIt() {
        negative.getOrLoad("k", nothing);
        assertThat(cache.stats().storageBytes()).isBetween(40L, 200L);
        afterSeconds(20);
        rig.manager.tick();
        rig.manager.sweep();
        assertThat(cache.stats().storageBytes()).isZero();
        assertThat(Objects.requireNonNull(negative.explain("k").gone()).why()).isNotEqualTo(Gone.Why.EXPIRED);
    }

    @Test
    void whatWasThereBeforeGoes() throws Exception {
        Namespace early = cache.namespace("early");
        early.put("k", bytes("v"), PutOptions.DEFAULT);
        afterSeconds(95);
        assertThat(text(early.getOrLoad("k", nothing))).isEqualTo("v");
        rig.awaitLoads();
        assertThat(early.get("k")).isInstanceOf(Lookup.Miss.class);

        Namespace stale = cache.namespace("stale");
        stale.put("k", bytes("v"), PutOptions.DEFAULT);
        afterSeconds(101);
        assertThat(stale.getOrLoad("k", nothing)).isInstanceOf(Stale.class);
        rig.awaitLoads();
        assertThatThrownBy(() -> stale.getOrLoad("k", broken)).hasMessageContaining("origin-refused");
        rig.manager.tick();
        rig.manager.sweep();
        assertThat(cache.stats().entries()).isZero();
    }

    @Test
    void whatIsWrittenMeanwhileIsNotUndone() throws Exception {
        CountDownLatch loading = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        Loader slow = key -> {
            loading.countDown();
            go.await();
            return Loaded.nothing();
        };
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Lookup> call = callers.submit(() -> negative.getOrLoad("k", slow));
            assertThat(loading.await(10, TimeUnit.SECONDS)).isTrue();
            negative.put("k", bytes("written"), PutOptions.DEFAULT);
            go.countDown();
            assertThat(text(call.get(10, TimeUnit.SECONDS))).isEqualTo("written");
        }
        assertThat(text(negative.getOrLoad("k", nothing))).isEqualTo("written");
    }

    @Test
    void aThousandCallersMakeOneLoadThatFindsNothing() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch loading = new CountDownLatch(1);
        Loader slow = key -> {
            loading.countDown();
            go.await();
            return nothing.load(key);
        };
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Lookup>> calls = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                calls.add(callers.submit(() -> negative.getOrLoad("k", slow)));
            }
            assertThat(loading.await(10, TimeUnit.SECONDS)).isTrue();
            go.countDown();
            for (Future<Lookup> call : calls) {
                assertThat(call.get(10, TimeUnit.SECONDS)).isEqualTo(Lookup.MISS);
            }
        }
        assertThat(loads).hasValue(1);
    }

    @Test
    void aFailureIsRememberedForAsLongAsTheNamespaceSays() {
        for (int i = 0; i < 100; i++) {
            assertThatThrownBy(() -> negative.getOrLoad("k", broken)).hasMessageContaining("origin-refused");
        }
        afterSeconds(4);
        assertThatThrownBy(() -> negative.getOrLoad("k", value)).hasMessageContaining("origin-refused");
        assertThat(loads).hasValue(1);
        assertThat(count(Meter.LOAD_FAILED)).isEqualTo(1);
        assertThat(cache.grant().meter().operations()).isZero();
        assertThat(cache.grant().allowance().probe().remaining()).isEqualTo(CacheRig.WIDE.operationsPerMinute());
        assertThat(text(negative.getOrLoad("k", value, LoadOptions.DEFAULT.failureTtl(Duration.ZERO))))
                .isEqualTo("v");
    }

    @Test
    void aFailureIsForgottenWhenItsTimeIsOver() {
        assertThatThrownBy(() -> negative.getOrLoad("k", broken)).hasMessageContaining("origin-refused");
        afterSeconds(5);
        assertThat(text(negative.getOrLoad("k", value))).isEqualTo("v");
    }

    @Test
    void aFailureIsOneTenantsAndOneKeys() {
        assertThatThrownBy(() -> negative.getOrLoad("k", broken)).hasMessageContaining("origin-refused");
        assertThat(text(negative.getOrLoad("other", value))).isEqualTo("v");
        assertThat(text(rig.tenant("globex").namespace("negative").getOrLoad("k", value)))
                .isEqualTo("v");
    }

    @Test
    void aWriteOrARemovalForgetsAFailure() {
        assertThatThrownBy(() -> negative.getOrLoad("k", broken)).hasMessageContaining("origin-refused");
        negative.put("k", bytes("w"), PutOptions.ttl(Duration.ofMillis(1)));
        assertThat(text(negative.getOrLoad("k", value))).isEqualTo("w");
        afterSeconds(1);
        assertThat(text(negative.getOrLoad("k", value))).isEqualTo("v");
        for (Mode mode : Mode.values()) {
            String key = "r" + mode;
            assertThatThrownBy(() -> negative.getOrLoad(key, broken)).hasMessageContaining("origin-refused");
            var unused = negative.removeAll(mode);
            assertThat(text(negative.getOrLoad(key, value))).isEqualTo("v");
        }
    }

    @Test
    void aHungLoaderIsRememberedToo() throws Exception {
        LoadOptions bounded = LoadOptions.DEFAULT.hardTimeout(Duration.ofMillis(40));
        CountDownLatch never = new CountDownLatch(1);
        Loader hung = key -> {
            loads.incrementAndGet();
            never.await();
            return Loaded.nothing();
        };
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Lookup> call = callers.submit(() -> negative.getOrLoad("k", hung, bounded));
            while (!call.isDone()) {
                rig.time.advance(Duration.ofMillis(40));
                try {
                    call.get(20, TimeUnit.MILLISECONDS);
                } catch (TimeoutException e) {
                    continue;
                } catch (java.util.concurrent.ExecutionException e) {
                    assertThat(e).hasMessageContaining("longer than 40 ms");
                }
            }
        }
        rig.awaitLoads();
        assertThatThrownBy(() -> negative.getOrLoad("k", value)).hasMessageContaining("longer than 40 ms");
        assertThat(loads).hasValue(1);
    }

    @Test
    void withAStaleEntryThatIsServedForAsLong() throws Exception {
        LoadOptions options = LoadOptions.DEFAULT.staleIfError(Duration.ofHours(1));
        negative.put("k", bytes("old"), PutOptions.ttl(Duration.ofSeconds(1)).keepStale(Duration.ofHours(1)));
        afterSeconds(2);
        for (int i = 0; i < 5; i++) {
            assertThat(((Stale) negative.getOrLoad("k", broken, options)).why()).isEqualTo(Why.FAILED);
            afterSeconds(1);
        }
        assertThat(loads).hasValue(1);
        assertThat(text(negative.getOrLoad("k", value, options))).isEqualTo("v");
    }

    @Test
    void whoseStoreFailedIsNotToldOfAFailedLoader() {
        rig.store.close();
        assertThatThrownBy(() -> negative.getOrLoad("k", value)).hasMessageContaining("store-unavailable");
        assertThat(loads).hasValue(0);
    }
}
