package io.riptide.cache;

import static io.riptide.cache.CacheRig.bytes;
import static io.riptide.cache.CacheRig.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.riptide.billing.UsageMeter.Meter;
import io.riptide.cache.Loader.Loaded;
import io.riptide.cache.Lookup.Stale;
import io.riptide.cache.Lookup.Tier;
import io.riptide.cache.Lookup.Why;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Entries served beyond their end: here 100 s of life, then 10 s while they are loaded anew, 60 s if that fails. */
class StaleTest extends CacheFixture {
    private final AtomicInteger loads = new AtomicInteger();
    private final Loader counting = key -> new Loaded(bytes("v" + loads.incrementAndGet()), PutOptions.DEFAULT);
    private final Loader broken = key -> {
        loads.incrementAndGet();
        throw new IOException("broken");
    };
    private final CountDownLatch loading = new CountDownLatch(1);
    private final CountDownLatch go = new CountDownLatch(1);
    private final Loader slow = key -> {
        loading.countDown();
        go.await();
        return new Loaded(bytes("slow"), PutOptions.DEFAULT);
    };

    private Namespace stale;
    private long endedMillis;

    @BeforeEach
    void fill() {
        stale = cache.namespace("stale");
        assertThat(text(stale.getOrLoad("k", counting))).isEqualTo("v1");
        endedMillis = rig.time.wallMillis() + 100_000;
    }

    private void afterSeconds(double seconds) {
        rig.time.advance(Duration.ofMillis((long) (1000 * seconds)));
    }

    private long count(Meter meter) {
        return cache.grant().meter().count(meter);
    }

    private void assertStale(Lookup found, String value, Tier tier, Why why) {
        assertThat(found).isInstanceOfSatisfying(Stale.class, got -> {
            assertThat(got.entry().toByteArray()).asString().isEqualTo(value);
            assertThat(got.tier()).isEqualTo(tier);
            assertThat(got.endedMillis()).isEqualTo(endedMillis);
            assertThat(got.why()).isEqualTo(why);
        });
    }

    @Test
    void aMomentAfterItsEndItIsServedAtOnceAndLoadedAnewBehindThat() throws Exception {
        afterSeconds(109);
        assertStale(stale.getOrLoad("k", counting), "v1", Tier.L2, Why.REFRESHING);
        rig.awaitLoads();
        assertThat(text(stale.getOrLoad("k", counting))).isEqualTo("v2");
        assertThat(loads).hasValue(2);
        assertThat(count(Meter.STALE)).isEqualTo(1);
        assertThat(count(Meter.MISS)).isEqualTo(1);
        assertThat(cache.grant().meter().operations()).isEqualTo(3);
        assertThat(cache.stats().misses()).isEqualTo(2);
        assertThat(cache.stats().missesBy()).containsEntry("expired", 1L).containsEntry("absent", 1L);
    }

    @Test
    void memoryHoldsItBeyondItsEndForThoseWhoLoadAlone() throws Exception {
        assertThat(text(stale.get("k"))).isEqualTo("v1");
        afterSeconds(101);
        assertThat(text(stale.get("k"))).isEqualTo("Miss");
        assertStale(stale.getOrLoad("k", slow), "v1", Tier.L1, Why.REFRESHING);
        assertThat(loading.await(10, TimeUnit.SECONDS)).isTrue();
        for (int i = 0; i < 100; i++) {
            assertStale(stale.getOrLoad("k", counting), "v1", Tier.L1, Why.REFRESHING);
        }
        go.countDown();
        rig.awaitLoads();
        assertThat(rig.loads).hasSize(1);
        assertThat(text(stale.get("k"))).isEqualTo("slow");
    }

    @Test
    void nobodyElseSeesIt() {
        afterSeconds(101);
        assertThat(stale.get("k")).isInstanceOf(Lookup.Miss.class);
        assertThat(stale.getAll(List.of("k"))).hasOnlyElementsOfType(Lookup.Miss.class);
        assertThat(stale.list(10, null).heads()).isEmpty();
        assertThat(stale.putIfPresent("k", bytes("x"), PutOptions.DEFAULT).outcome())
                .isEqualTo(PutResult.Outcome.CONDITION_FAILED);
        assertThat(stale.remove("k")).isFalse();
    }

    @Test
    void aRemovalTakesItAwayForThoseWhoLoadToo() {
        assertThat(text(stale.get("k"))).isEqualTo("v1");
        afterSeconds(101);
        assertThat(stale.remove("k")).isFalse();
        assertThat(text(stale.getOrLoad("k", counting))).isEqualTo("v2");
    }

    @Test
    void whatIsWrittenMeanwhileIsNotUndone() throws Exception {
        afterSeconds(101);
        assertStale(stale.getOrLoad("k", slow), "v1", Tier.L2, Why.REFRESHING);
        assertThat(loading.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(stale.putIfAbsent("k", bytes("written"), PutOptions.DEFAULT).outcome())
                .isEqualTo(PutResult.Outcome.CREATED);
        go.countDown();
        rig.awaitLoads();
        assertThat(text(stale.get("k"))).isEqualTo("written");
    }

    @Test
    void whatIsRemovedMeanwhileDoesNotComeBack() throws Exception {
        afterSeconds(101);
        assertStale(stale.getOrLoad("k", slow), "v1", Tier.L2, Why.REFRESHING);
        assertThat(loading.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(stale.remove("k")).isFalse();
        go.countDown();
        rig.awaitLoads();
        assertThat(text(stale.get("k"))).isEqualTo("Miss");
        assertThat(text(stale.getOrLoad("k", counting))).isEqualTo("v2");
    }

    @Test
    void whereTheLoadFailsItIsServedAndTheLoaderIsLeftAloneForASecond() throws Exception {
        afterSeconds(111);
        for (int i = 0; i < 100; i++) {
            assertStale(stale.getOrLoad("k", broken), "v1", i == 0 ? Tier.L2 : Tier.L1, Why.FAILED);
        }
        assertThat(loads).hasValue(2);
        assertThat(count(Meter.LOAD_FAILED)).isEqualTo(1);
        assertThat(count(Meter.STALE)).isEqualTo(100);
        afterSeconds(1);
        assertStale(stale.getOrLoad("k", broken), "v1", Tier.L1, Why.FAILED);
        rig.awaitLoads();
        assertThat(loads).hasValue(3);
        afterSeconds(1);
        assertThat(text(stale.getOrLoad("k", counting))).isEqualTo("v4");
    }

    @Test
    void aRefreshBehindThatFailsLeavesItServedAndIsLeftAloneForASecond() throws Exception {
        afterSeconds(101);
        assertStale(stale.getOrLoad("k", broken), "v1", Tier.L2, Why.REFRESHING);
        rig.awaitLoads();
        assertStale(stale.getOrLoad("k", broken), "v1", Tier.L1, Why.FAILED);
        assertThat(loads).hasValue(2);
        afterSeconds(1);
        assertStale(stale.getOrLoad("k", counting), "v1", Tier.L1, Why.REFRESHING);
        rig.awaitLoads();
        assertThat(text(stale.get("k"))).isEqualTo("v3");
    }

    @Test
    void garbageIsAFailureToo() throws Exception {
        afterSeconds(111);
        assertStale(stale.getOrLoad("k", key -> null), "v1", Tier.L2, Why.FAILED);
        afterSeconds(1);
        Loader tooLong = key -> new Loaded(new byte[(1 << 20) + 1], PutOptions.DEFAULT);
        assertStale(stale.getOrLoad("k", tooLong), "v1", Tier.L1, Why.FAILED);
        afterSeconds(1);
        Loader forTooLong = key -> new Loaded(bytes("x"), PutOptions.ttl(Duration.ofDays(9999)));
        assertStale(stale.getOrLoad("k", forTooLong), "v1", Tier.L1, Why.FAILED);
        rig.awaitLoads();
        assertThat(count(Meter.LOAD_FAILED)).isEqualTo(3);
    }

    @Test
    void onceItsWindowsAreOverAFailureIsAFailure() {
        afterSeconds(160);
        assertThatThrownBy(() -> stale.getOrLoad("k", broken)).hasMessageContaining("origin-failed");
        assertThat(cache.grant().meter().operations()).isEqualTo(1);
        assertThat(cache.grant().allowance().probe().remaining()).isEqualTo(CacheRig.WIDE.operationsPerMinute());
    }

    @Test
    void itsBytesGoOnceItsWindowsAreOver() {
        afterSeconds(159.9);
        rig.manager.tick();
        rig.manager.sweep();
        assertThat(cache.stats().entries()).isEqualTo(1);
        afterSeconds(0.1);
        rig.manager.tick();
        rig.manager.sweep();
        assertThat(cache.stats().entries()).isZero();
    }

    @Test
    void whatItMayBeServedForIsTheReadersToSayWithinWhatIsKept() {
        LoadOptions none = LoadOptions.DEFAULT.staleIfError(Duration.ZERO).staleWhileRevalidate(Duration.ZERO);
        afterSeconds(101);
        assertThatThrownBy(() -> stale.getOrLoad("k", broken, none)).hasMessageContaining("origin-failed");
        afterSeconds(30);
        LoadOptions wide = LoadOptions.DEFAULT.staleWhileRevalidate(Duration.ofDays(1));
        assertStale(stale.getOrLoad("k", broken, wide), "v1", Tier.L1, Why.REFRESHING);
        afterSeconds(29);
        assertThatThrownBy(() -> stale.getOrLoad("k", broken, wide)).hasMessageContaining("origin-failed");
    }

    @Test
    void aCallsWindowsKeepWhatItLoadsAndAWriteMaySayItself() {
        LoadOptions wide = LoadOptions.DEFAULT.staleIfError(Duration.ofSeconds(1000));
        namespace.getOrLoad("k", key -> new Loaded(bytes("v"), PutOptions.ttl(Duration.ofSeconds(1))), wide);
        PutOptions kept = PutOptions.ttl(Duration.ofSeconds(1)).keepStale(Duration.ofSeconds(500));
        namespace.put("own", bytes("v"), kept);
        namespace.put("none", bytes("v"), PutOptions.ttl(Duration.ofSeconds(1)));
        afterSeconds(500);
        assertThat(namespace.getOrLoad("own", broken, wide)).isInstanceOf(Stale.class);
        assertThatThrownBy(() -> namespace.getOrLoad("none", broken, wide)).hasMessageContaining("origin-failed");
        afterSeconds(500);
        assertThat(namespace.getOrLoad("k", broken, wide)).isInstanceOf(Stale.class);
        assertThatThrownBy(() -> namespace.getOrLoad("own", broken, wide)).hasMessageContaining("origin-failed");
    }

    @Test
    void jitterShortensTheLifeAndNotTheWindow() {
        stale.put("even", bytes("v"), PutOptions.ttl(Duration.ofSeconds(100)).jitterPercent(50));
        var head = ((Lookup.Hit) stale.get("even")).entry().head();
        assertThat(head.expiresMillis()).isBetween(head.createdMillis() + 50_000, head.createdMillis() + 100_000);
        assertThat(head.keptMillis()).isEqualTo(head.expiresMillis() + 60_000);
    }

    @Test
    void whereTheStoreFailsMemoryServesWhatItStillHolds() {
        assertThat(text(stale.get("k"))).isEqualTo("v1");
        stale.getOrLoad("unread", counting);
        afterSeconds(111);
        rig.store.close();
        assertStale(stale.getOrLoad("k", counting), "v1", Tier.L1, Why.FAILED);
        assertThatThrownBy(() -> stale.get("k")).hasMessageContaining("store-unavailable");
        assertThatThrownBy(() -> stale.getOrLoad("unread", counting)).hasMessageContaining("store-unavailable");
        assertThat(count(Meter.STALE)).isEqualTo(1);
    }
}
