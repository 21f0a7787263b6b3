package io.riptide.cache;

import static io.riptide.cache.CacheRig.WIDE;
import static io.riptide.cache.CacheRig.bytes;
import static io.riptide.cache.CacheRig.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.grant.TenantGrant;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is left of a tenant that nobody asks for any more. */
class IdleTenantTest {
    @TempDir
    private Path folder;

    private CacheRig rig;

    @BeforeEach
    void open() {
        rig = new CacheRig(folder);
    }

    @AfterEach
    void close() {
        rig.close();
    }

    @Test
    void aCacheThatNobodyHoldsGoesAndItsCountsStay() {
        TenantGrant grant = rig.grant("acme", WIDE);
        WeakReference<TenantCache> cache = used(grant);
        assertThat(rig.manager.memoryBytes(grant)).isPositive();
        tickForMinutes(3);
        assertThat(rig.manager.memoryBytes(grant)).isZero();
        CacheStats before = rig.manager.stats(grant);
        assertThat(before).extracting(CacheStats::hitsL1, CacheStats::hitsL2).containsExactly(1L, 1L);
        assertThat(before.valueBytesWritten()).isEqualTo(1);
        assertThat(gone(cache)).as("nothing holds it").isTrue();
        rig.manager.tick();
        rig.manager.sweep();
        assertThat(rig.manager.size()).isZero();
        assertThat(rig.manager.stats(grant)).isEqualTo(before);
        assertThat(rig.manager.stats(List.of(grant))).isEqualTo(before);
        assertThat(text(rig.manager.open(grant).namespace("n").get("k"))).isEqualTo("v");
    }

    @Test
    void aCacheWithAShareOfTheFirstTierStays() {
        TenantGrant grant = rig.grant("acme", WIDE);
        WeakReference<TenantCache> cache = used(grant);
        System.gc();
        assertThat(cache.get()).isNotNull().isSameAs(rig.manager.open(grant));
    }

    @Test
    void aNamespaceThatIsHeldGoesOnWithTheOneCacheOfItsTenant() {
        TenantGrant grant = rig.grant("acme", WIDE);
        Namespace held = rig.manager.open(grant).namespace("n");
        held.put("k", bytes("v"), PutOptions.DEFAULT);
        held.get("k");
        tickForMinutes(30);
        System.gc();
        rig.manager.tick();
        rig.manager.sweep();
        assertThat(text(held.get("k"))).isEqualTo("v");
        rig.manager.open(grant).namespace("n").put("k", bytes("w"), PutOptions.DEFAULT);
        assertThat(text(held.get("k")))
                .as("what is written through another capability")
                .isEqualTo("w");
    }

    @Test
    void theSumLeavesOutWhoDidNothing() {
        TenantGrant active = rig.grant("acme", WIDE);
        used(active);
        TenantGrant before = rig.grant("before", WIDE);
        rig.manager.open(before).namespace("n").put("k", bytes("v"), PutOptions.DEFAULT);
        TenantGrant afterAStart = rig.grant("before", WIDE);
        assertThat(rig.manager.stats(List.of(active, afterAStart))).isEqualTo(rig.manager.stats(active));
        assertThat(rig.manager.stats(afterAStart).entries()).isEqualTo(1);
        assertThat(rig.manager.stats(List.of(active, before)).entries()).isEqualTo(2);
    }

    private WeakReference<TenantCache> used(TenantGrant grant) {
        TenantCache cache = rig.manager.open(grant);
        cache.namespace("n").put("k", bytes("v"), PutOptions.DEFAULT);
        assertThat(text(cache.namespace("n").get("k"))).isEqualTo("v");
        assertThat(text(cache.namespace("n").get("k"))).isEqualTo("v");
        return new WeakReference<>(cache);
    }

    private void tickForMinutes(int minutes) {
        for (int i = 0; i < 60 * minutes; i++) {
            rig.time.advance(Duration.ofSeconds(1));
            rig.manager.tick();
            rig.manager.sweep();
        }
    }

    private static boolean gone(WeakReference<?> reference) {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!reference.refersTo(null) && System.nanoTime() < until) {
            System.gc();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
        return reference.refersTo(null);
    }
}
