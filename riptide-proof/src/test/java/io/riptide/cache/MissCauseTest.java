package io.riptide.cache;

import static io.riptide.cache.CacheRig.bytes;
import static io.riptide.cache.CacheRig.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.cache.Gone.Why;
import io.riptide.cache.Loader.Loaded;
import io.riptide.cache.Lookup.Cause;
import io.riptide.entry.Scope;
import io.riptide.spi.Quotas;
import io.riptide.spi.Removal.Mode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A read that finds nothing says what it saw, an explanation says more; and what is made stale is served as such. */
class MissCauseTest extends CacheFixture {
    private static final int MANY = 1_100;
    private static final PutOptions MINUTE = PutOptions.ttl(Duration.ofMinutes(1));

    private static void assertCause(Lookup found, Cause cause) {
        assertThat(found).isEqualTo(new Lookup.Miss(cause));
    }

    private static void fill(Namespace namespace, int entries, PutOptions options) {
        List<BatchEntry> batch = new ArrayList<>();
        for (int i = 0; i < entries; i++) {
            batch.add(new BatchEntry("k" + i, bytes("v" + i), options));
            if (batch.size() == Namespace.MAX_BATCH) {
                namespace.putAll(batch);
                batch.clear();
            }
        }
        namespace.putAll(batch);
    }

    @Test
    void anEntryThatEndedIsToldFromOneThatWasNeverThere() {
        Namespace namespace = cache.namespace("n");
        namespace.put("k", bytes("v"), MINUTE);
        long end = rig.time.wallMillis() + 60_000;
        assertThat(namespace.explain("k").present()).isTrue();
        rig.time.advance(Duration.ofSeconds(61));
        assertCause(namespace.get("k"), Cause.EXPIRED);
        assertThat(namespace.getAll(List.of("k", "none")))
                .containsExactly(new Lookup.Miss(Cause.EXPIRED), new Lookup.Miss(Cause.ABSENT));
        assertThat(namespace.explain("k").gone()).isEqualTo(new Gone(Why.EXPIRED, end, null));
        rig.manager.tick();
        rig.manager.sweep();
        assertCause(namespace.get("k"), Cause.ABSENT);
        assertThat(namespace.explain("k").gone())
                .as("its bytes are gone, and that is remembered")
                .isEqualTo(new Gone(Why.EXPIRED, end, null));
        assertThat(namespace.explain("none").gone()).extracting(Gone::why).isEqualTo(Why.NEVER_STORED);
        assertThat(cache.stats().missesBy())
                .containsEntry("expired", 2L)
                .containsEntry("absent", 2L)
                .containsEntry("removed", 0L);
    }

    @Test
    void aLargeRemovalIsSeenUntilItIsWorkedOffAndRememberedAfter() {
        Namespace namespace = cache.namespace("n");
        fill(namespace, MANY, MINUTE.tags("t"));
        assertThat(namespace.get("k7")).isInstanceOf(Lookup.Hit.class);
        long when = rig.time.wallMillis();
        assertThat(namespace.removeTagged("t", Mode.REMOVE).entries()).isEqualTo(MANY);
        assertCause(namespace.get("k7"), Cause.REMOVED);
        Gone byTag = new Gone(Why.REMOVED, when, new Scope.Tagged("n", "t"));
        assertThat(namespace.explain("k7").gone()).isEqualTo(byTag);
        rig.manager.reclaim();
        while (rig.store.reclaim()) {
            // A step at a time.
        }
        rig.manager.tick();
        rig.manager.sweep();
        assertCause(namespace.get("k7"), Cause.ABSENT);
        assertThat(namespace.explain("none").gone()).extracting(Gone::why).isEqualTo(Why.UNKNOWN);
        assertThat(rig.store.removals("acme").now().marks())
                .as("nothing of it is kept")
                .isEmpty();
    }

    @Test
    void whatIsMadeStaleIsNothingForAReadAndSomethingForALoadThatFails() {
        Namespace stale = cache.namespace("stale");
        stale.put("k", bytes("v"), PutOptions.DEFAULT);
        stale.put("m", bytes("w"), PutOptions.DEFAULT);
        assertThat(stale.get("k")).isInstanceOf(Lookup.Hit.class);
        rig.time.advance(Duration.ofSeconds(20));
        long when = rig.time.wallMillis();
        assertThat(stale.removeAll(Mode.STALE).entries()).isEqualTo(2);
        rig.time.advance(Duration.ofSeconds(15));
        for (int round = 0; round < 2; round++) {
            assertCause(stale.get("k"), round == 0 ? Cause.REMOVED : Cause.EXPIRED);
            Lookup served = stale.getOrLoad("k", key -> {
                throw new IOException("broken");
            });
            assertThat(served).isInstanceOfSatisfying(Lookup.Stale.class, got -> {
                assertThat(got.entry().toByteArray()).asString().isEqualTo("v");
                assertThat(got.endedMillis()).isEqualTo(when);
                assertThat(got.why()).isEqualTo(Lookup.Why.FAILED);
            });
            rig.manager.reclaim();
            rig.manager.tick();
            rig.manager.sweep();
        }
        assertThat(text(stale.getOrLoad("m", key -> new Loaded(bytes("new"), PutOptions.DEFAULT))))
                .isEqualTo("new");
        rig.time.advance(Duration.ofSeconds(50));
        assertThat(stale.get("k")).as("its window is over").isInstanceOf(Lookup.Miss.class);
        assertThat(stale.get("m")).isInstanceOf(Lookup.Hit.class);
    }

    @Test
    void anEntryThatIsTooLargeForMemoryIsToldAsSuch() {
        TenantCache small = rig.manager.open(rig.grant("small", new Quotas(80_000, 1000, 1 << 30, 1)));
        Namespace namespace = small.namespace("n");
        namespace.put("large", new byte[50_000], MINUTE);
        assertThat(namespace.explain("large").l1()).isEqualTo(Explanation.L1Absence.NOT_READ);
        assertThat(namespace.get("large")).isInstanceOf(Lookup.Hit.class);
        Explanation told = namespace.explain("large");
        assertThat(told.present()).isTrue();
        assertThat(told.memoryBytes()).isNull();
        assertThat(told.l1()).isEqualTo(Explanation.L1Absence.TOO_LARGE);
    }
}
