package io.riptide.cache;

import static io.riptide.cache.CacheRig.bytes;
import static io.riptide.cache.CacheRig.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.billing.UsageMeter.Meter;
import io.riptide.cache.Loader.Loaded;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Entries that are loaded anew before they end: here in the last 10 s of 100 s. */
class EarlyRefreshTest extends CacheFixture {
    private final AtomicInteger loads = new AtomicInteger();
    private final Loader counting = key -> new Loaded(bytes("v" + loads.incrementAndGet()), PutOptions.DEFAULT);
    private final CountDownLatch loading = new CountDownLatch(1);
    private final CountDownLatch go = new CountDownLatch(1);
    private final Loader slow = key -> {
        loading.countDown();
        go.await();
        return new Loaded(bytes("slow"), PutOptions.DEFAULT);
    };

    private Namespace early;

    @BeforeEach
    void fill() {
        early = cache.namespace("early");
        assertThat(text(early.getOrLoad("k", counting))).isEqualTo("v1");
    }

    private void afterSeconds(int seconds) {
        rig.time.advance(Duration.ofSeconds(seconds));
    }

    @Test
    void aReadInTheLastPartIsAnsweredAtOnceAndTheEntryIsRenewedBehindIt() throws Exception {
        afterSeconds(89);
        assertThat(text(early.getOrLoad("k", counting))).isEqualTo("v1");
        assertThat(text(early.getOrLoad("k", counting))).isEqualTo("v1");
        assertThat(rig.loads).isEmpty();
        afterSeconds(6);
        Lookup.Hit hit = (Lookup.Hit) early.getOrLoad("k", counting);
        assertThat(hit.tier()).isEqualTo(Lookup.Tier.L1);
        assertThat(text(hit)).isEqualTo("v1");
        rig.awaitLoads();
        assertThat(text(early.getOrLoad("k", counting))).isEqualTo("v2");
        afterSeconds(50);
        assertThat(text(early.getOrLoad("k", counting))).isEqualTo("v2");
        assertThat(loads).hasValue(2);
        assertThat(cache.grant().meter().count(Meter.MISS)).isEqualTo(1);
        assertThat(cache.grant().meter().count(Meter.LOAD)).isEqualTo(2);
    }

    @Test
    void aHitInTheStoreRenewsToo() throws Exception {
        afterSeconds(95);
        assertThat(((Lookup.Hit) early.getOrLoad("k", counting)).tier()).isEqualTo(Lookup.Tier.L2);
        rig.awaitLoads();
        assertThat(text(early.get("k"))).isEqualTo("v2");
    }

    @Test
    void aCallMaySayItself() throws Exception {
        afterSeconds(60);
        early.getOrLoad("k", counting, LoadOptions.DEFAULT.earlyRefreshPercent(50));
        rig.awaitLoads();
        assertThat(loads).hasValue(2);
        afterSeconds(95);
        early.getOrLoad("k", counting, LoadOptions.DEFAULT.earlyRefreshPercent(0));
        rig.awaitLoads();
        assertThat(loads).hasValue(2);
    }

    @Test
    void whileOneIsUnderWayNoOtherBegins() throws Exception {
        afterSeconds(95);
        assertThat(text(early.getOrLoad("k", slow))).isEqualTo("v1");
        assertThat(loading.await(10, TimeUnit.SECONDS)).isTrue();
        for (int i = 0; i < 100; i++) {
            assertThat(text(early.getOrLoad("k", counting))).isEqualTo("v1");
        }
        go.countDown();
        rig.awaitLoads();
        assertThat(rig.loads).hasSize(1);
        assertThat(text(early.get("k"))).isEqualTo("slow");
    }

    @Test
    void whereItFailsTheEntryStaysAndIsLeftAloneForASecond() throws Exception {
        AtomicInteger tries = new AtomicInteger();
        Loader broken = key -> {
            tries.incrementAndGet();
            throw new IllegalStateException("broken");
        };
        afterSeconds(95);
        for (int i = 0; i < 100; i++) {
            assertThat(text(early.getOrLoad("k", broken))).isEqualTo("v1");
            rig.awaitLoads();
        }
        assertThat(tries).hasValue(1);
        afterSeconds(1);
        assertThat(text(early.getOrLoad("k", broken))).isEqualTo("v1");
        rig.awaitLoads();
        assertThat(tries).hasValue(2);
        assertThat(cache.grant().meter().count(Meter.LOAD_FAILED)).isEqualTo(2);
    }

    @Test
    void whatIsWrittenMeanwhileIsNotUndone() throws Exception {
        afterSeconds(95);
        early.getOrLoad("k", slow);
        assertThat(loading.await(10, TimeUnit.SECONDS)).isTrue();
        early.put("k", bytes("written"), PutOptions.DEFAULT);
        go.countDown();
        rig.awaitLoads();
        assertThat(text(early.get("k"))).isEqualTo("written");
    }

    @Test
    void whatIsRemovedMeanwhileDoesNotComeBack() throws Exception {
        afterSeconds(95);
        early.getOrLoad("k", slow);
        assertThat(loading.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(early.remove("k")).isTrue();
        go.countDown();
        rig.awaitLoads();
        assertThat(text(early.get("k"))).isEqualTo("Miss");
    }

    @Test
    void aRefreshThatNeverEndsIsGivenUpOnceTheEntryHasEnded() throws Exception {
        afterSeconds(95);
        assertThat(text(early.getOrLoad("k", slow))).isEqualTo("v1");
        assertThat(loading.await(10, TimeUnit.SECONDS)).isTrue();
        afterSeconds(6);
        assertThat(text(early.getOrLoad("k", counting))).isEqualTo("v2");
        rig.awaitLoads();
        assertThat(text(early.get("k"))).isEqualTo("v2");
        assertThat(cache.flights()).isEmpty();
        assertThat(cache.grant().meter().count(Meter.LOAD_FAILED)).isEqualTo(1);
    }

    @Test
    void whoMissesWhileItIsUnderWayGetsWhatItBrings() throws Exception {
        LoadOptions patient = LoadOptions.DEFAULT.hardTimeout(Duration.ofMinutes(5));
        afterSeconds(95);
        early.getOrLoad("k", slow, patient);
        assertThat(loading.await(10, TimeUnit.SECONDS)).isTrue();
        afterSeconds(6);
        go.countDown();
        assertThat(text(early.getOrLoad("k", counting))).isIn("slow", "v2");
        rig.awaitLoads();
        assertThat(cache.flights()).isEmpty();
    }
}
