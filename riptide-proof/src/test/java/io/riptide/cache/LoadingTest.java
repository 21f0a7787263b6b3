package io.riptide.cache;

import static io.riptide.cache.CacheRig.bytes;
import static io.riptide.cache.CacheRig.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.riptide.billing.UsageMeter.Meter;
import io.riptide.cache.Loader.Loaded;
import io.riptide.entry.Entry;
import io.riptide.grant.TenantGrant;
import io.riptide.problem.Problem;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import io.riptide.spi.Quotas;
import io.riptide.testkit.Await;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoadingTest extends CacheFixture {
    @Test
    void loadsOnceAndKeepsIt() {
        AtomicInteger loads = new AtomicInteger();
        Loader loader = key -> new Loaded(bytes(key + loads.incrementAndGet()), PutOptions.DEFAULT);
        assertThat(((Lookup.Hit) namespace.getOrLoad("k", loader)).tier()).isEqualTo(Lookup.Tier.LOADED);
        assertThat(((Lookup.Hit) namespace.getOrLoad("k", loader)).tier()).isEqualTo(Lookup.Tier.L2);
        assertThat(((Lookup.Hit) namespace.getOrLoad("k", loader)).tier()).isEqualTo(Lookup.Tier.L1);
        assertThat(text(namespace.get("k"))).isEqualTo("k1");
        assertThat(loads).hasValue(1);
        TenantGrant grant = cache.grant();
        assertThat(grant.meter().operations()).isEqualTo(4);
        assertThat(grant.meter().count(Meter.LOAD)).isEqualTo(1);
    }

    /** Takes no value but this one. */
    private static Loader only(String accepted, AtomicInteger loads, CountDownLatch loading, CountDownLatch go) {
        return new Loader() {
            @Override
            public Loaded load(String key) throws Exception {
                loads.incrementAndGet();
                loading.countDown();
                go.await();
                return new Loaded(bytes(accepted), PutOptions.DEFAULT);
            }

            @Override
            public boolean accepts(Entry entry) {
                return new String(entry.toByteArray(), StandardCharsets.UTF_8).equals(accepted);
            }
        };
    }

    @Test
    void whatACallerDoesNotAcceptIsLoadedAnewAndReplacedInBothTiers() {
        CountDownLatch open = new CountDownLatch(0);
        AtomicInteger loads = new AtomicInteger();
        for (int hits = 0; hits < 3; hits++) {
            namespace.put("k", bytes("old"), PutOptions.DEFAULT);
            for (int i = 0; i < hits; i++) {
                namespace.get("k");
            }
            assertThat(text(namespace.getOrLoad("k", only("new", loads, open, open))))
                    .isEqualTo("new");
            assertThat(text(namespace.get("k"))).isEqualTo("new");
            assertThat(text(namespace.getOrLoad("k", only("new", loads, open, open))))
                    .isEqualTo("new");
            assertThat(loads).hasValue(hits + 1);
        }
        TenantGrant grant = cache.grant();
        assertThat(grant.meter().count(Meter.LOAD)).isEqualTo(3);
        assertThat(grant.meter().count(Meter.MISS)).isEqualTo(3);
        assertThat(grant.meter().operations()).isEqualTo(3 * 4 + 3);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 10})
    void whatAnotherLoadedAndThisCallerDoesNotAcceptItLoadsForItselfAlone(int timeoutSeconds) throws Exception {
        LoadOptions options = LoadOptions.DEFAULT.hardTimeout(Duration.ofSeconds(timeoutSeconds));
        CountDownLatch loading = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        AtomicInteger loads = new AtomicInteger();
        AtomicInteger own = new AtomicInteger();
        CountDownLatch asked = new CountDownLatch(1);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Lookup> first =
                    threads.submit(() -> namespace.getOrLoad("k", only("theirs", loads, loading, go), options));
            assertThat(loading.await(10, TimeUnit.SECONDS)).isTrue();
            Loader picky = only("mine", own, asked, new CountDownLatch(0));
            FutureTask<Lookup> second = new FutureTask<>(() -> namespace.getOrLoad("k", picky, options));
            Thread caller = Thread.ofPlatform().start(second);
            awaitPermits(2);
            Await.until(
                    Duration.ofSeconds(10),
                    "the second to wait for the first's load",
                    () -> caller.getState() == Thread.State.WAITING || caller.getState() == Thread.State.TIMED_WAITING);
            assertThat(own).hasValue(0);
            go.countDown();
            assertThat(text(first.get(10, TimeUnit.SECONDS))).isEqualTo("theirs");
            Lookup.Hit alone = (Lookup.Hit) second.get(10, TimeUnit.SECONDS);
            assertThat(text(alone)).isEqualTo("mine");
            assertThat(alone.tier()).isEqualTo(Lookup.Tier.LOADED);
        }
        assertThat(own).hasValue(1);
        assertThat(text(namespace.get("k"))).as("nothing of it is kept").isEqualTo("theirs");
        assertThat(cache.grant().meter().count(Meter.LOAD)).isEqualTo(2);
        assertThat(cache.grant().meter().operations()).isEqualTo(3);
    }

    @Test
    void whatACallerDoesNotAcceptIsNotServedStaleEither() {
        CountDownLatch open = new CountDownLatch(0);
        AtomicInteger loads = new AtomicInteger();
        Duration window = Duration.ofHours(1);
        LoadOptions stale = LoadOptions.DEFAULT.staleWhileRevalidate(window).staleIfError(window);
        PutOptions kept = PutOptions.ttl(Duration.ofSeconds(10)).keepStale(window);
        namespace.put("k", bytes("old"), kept);
        rig.time.advance(Duration.ofSeconds(20));
        Loader anything = key -> new Loaded(bytes("new"), kept);
        assertThat(text(namespace.getOrLoad("k", only("new", loads, open, open), stale)))
                .isEqualTo("new");
        namespace.put("k", bytes("old"), kept);
        rig.time.advance(Duration.ofSeconds(20));
        assertThat(namespace.getOrLoad("k", anything, stale)).isInstanceOf(Lookup.Stale.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 10})
    void anErrorOfALoadForOneAloneReachesIt(int timeoutSeconds) throws Exception {
        LoadOptions options = LoadOptions.DEFAULT.hardTimeout(Duration.ofSeconds(timeoutSeconds));
        CountDownLatch loading = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        Loader broken = new Loader() {
            @Override
            public Loaded load(String key) {
                throw new StackOverflowError();
            }

            @Override
            public boolean accepts(Entry entry) {
                return false;
            }
        };
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Lookup> first = threads.submit(
                    () -> namespace.getOrLoad("k", only("theirs", new AtomicInteger(), loading, go), options));
            assertThat(loading.await(10, TimeUnit.SECONDS)).isTrue();
            Future<Lookup> second = threads.submit(() -> namespace.getOrLoad("k", broken, options));
            awaitPermits(2);
            go.countDown();
            assertThat(text(first.get(10, TimeUnit.SECONDS))).isEqualTo("theirs");
            assertThatThrownBy(() -> second.get(10, TimeUnit.SECONDS))
                    .isInstanceOf(java.util.concurrent.ExecutionException.class);
        }
    }

    private void awaitPermits(int taken) {
        Await.until(
                Duration.ofSeconds(10),
                "all to have begun",
                () -> cache.grant().allowance().probe().remaining()
                        <= cache.grant().allowance().limit() - taken);
    }

    @Test
    void aThousandCallersMakeOneLoadAndAllGetIt() throws Exception {
        AtomicInteger loads = new AtomicInteger();
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch loading = new CountDownLatch(1);
        Loader loader = key -> {
            loads.incrementAndGet();
            loading.countDown();
            go.await();
            return new Loaded(bytes("v"), PutOptions.DEFAULT);
        };
        List<Future<String>> callers = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 1000; i++) {
                callers.add(threads.submit(() -> text(namespace.getOrLoad("k", loader))));
            }
            assertThat(loading.await(10, TimeUnit.SECONDS)).isTrue();
            go.countDown();
            for (Future<String> caller : callers) {
                assertThat(caller.get(10, TimeUnit.SECONDS)).isEqualTo("v");
            }
        }
        assertThat(loads).hasValue(1);
        assertThat(cache.grant().meter().operations()).isEqualTo(1000);
        assertThat(cache.flights()).isEmpty();
    }

    @Test
    void aFailureReachesAllIsNotKeptAndNotCountedAsARead() {
        Loader broken = key -> {
            throw new IOException("secret detail");
        };
        assertThatThrownBy(() -> namespace.getOrLoad("k", broken)).isInstanceOfSatisfying(RipTideException.class, e -> {
            assertThat(e.problem().code()).isEqualTo(ProblemCode.ORIGIN_FAILED);
            assertThat(e.problem().detail()).doesNotContain("secret");
            assertThat(e.getCause()).hasMessage("secret detail");
        });
        Loader refused = key -> {
            throw Problem.of(ProblemCode.ORIGIN_REFUSED, "no").asException();
        };
        assertThatThrownBy(() -> namespace.getOrLoad("k", refused)).hasMessageContaining("origin-refused");
        assertThat(cache.grant().meter().operations()).isZero();
        assertThat(cache.grant().meter().count(Meter.LOAD_FAILED)).isEqualTo(2);
        assertThat(cache.grant().allowance().probe().remaining()).isEqualTo(CacheRig.WIDE.operationsPerMinute());
        assertThat(text(namespace.getOrLoad("k", key -> new Loaded(bytes("v"), PutOptions.DEFAULT))))
                .isEqualTo("v");
    }

    @Test
    void anErrorInALoaderFreesTheKey() {
        Loader error = key -> {
            throw new AssertionError("broken");
        };
        assertThatThrownBy(() -> namespace.getOrLoad("k", error)).isInstanceOf(AssertionError.class);
        assertThat(cache.flights()).isEmpty();
    }

    @Test
    void whatIsNotToBeKeptIsHandedOutAlone() {
        AtomicInteger loads = new AtomicInteger();
        Loader loader = key -> new Loaded(bytes("v" + loads.incrementAndGet()), null);
        assertThat(text(namespace.getOrLoad("k", loader))).isEqualTo("v1");
        assertThat(text(namespace.getOrLoad("k", loader))).isEqualTo("v2");
        assertThat(text(namespace.get("k"))).isEqualTo("Miss");
    }

    @Test
    void whatHasNoRoomIsHandedOutAllTheSame() {
        Namespace small = rig.manager
                .open(rig.grant("small", new Quotas(1 << 20, 1000, 100, 1)))
                .namespace("n");
        assertThat(text(small.getOrLoad("k", key -> new Loaded(new byte[500], PutOptions.DEFAULT))))
                .hasSize(500);
        assertThat(text(small.get("k"))).isEqualTo("Miss");
    }

    @Test
    void aValueOverTheEntryLimitIsAProblemForThoseWhoAsked() {
        assertThatThrownBy(() ->
                        namespace.getOrLoad("k", key -> new Loaded(new byte[(1 << 20) + 1], PutOptions.DEFAULT)))
                .hasMessageContaining("entry-too-large");
    }
}
