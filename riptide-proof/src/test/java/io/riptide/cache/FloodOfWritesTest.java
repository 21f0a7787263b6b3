package io.riptide.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.spi.Quotas;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A tenant that fills the store up to its quota and beyond, beside one whose set is read all the while. */
class FloodOfWritesTest {
    private static final int KEYS = 1_000;
    private static final int READS = 20_000;
    private static final int VALUE_BYTES = 1024;
    /** Holds about half of the set. */
    private static final long MEMORY_BYTES = 700_000;

    private static final long FLOOD_BYTES = 40 << 20;

    @TempDir
    private Path folder;

    @Test
    void leavesTheNeighboursHitsInBothTiers() {
        double alone = l1HitsBeside("alone", 0);
        double beside = l1HitsBeside("beside", 60);
        assertThat(alone).isBetween(20.0, 90.0);
        assertThat(beside).isBetween(alone - 1, alone + 1);
    }

    /** Hits of L1 of a hundred reads, once each key was read; every read has to be a hit of some tier. */
    private double l1HitsBeside(String name, int batches) {
        try (CacheRig rig = new CacheRig(folder.resolve(name))) {
            TenantCache tenant =
                    rig.manager.open(rig.grant("steady", new Quotas(MEMORY_BYTES, 100_000_000, 1 << 30, 100)));
            Namespace steady = tenant.namespace("n");
            Namespace flooding = rig.manager
                    .open(rig.grant("flooding", new Quotas(64 << 20, 100_000_000, FLOOD_BYTES, 100)))
                    .namespace("n");
            for (int i = 0; i < KEYS; i++) {
                steady.put("k" + i, new byte[VALUE_BYTES], PutOptions.DEFAULT);
                steady.get("k" + i);
            }
            SplittableRandom reading = new SplittableRandom(1);
            SplittableRandom writing = new SplittableRandom(2);
            int hits = 0;
            int written = 0;
            int refused = 0;
            for (int i = 0; i < READS; i++) {
                if (written < batches && i % (READS / 100) == 0) {
                    refused += flood(flooding, written++, writing);
                    rig.time.advance(Duration.ofSeconds(1));
                    rig.manager.tick();
                    rig.manager.sweep();
                }
                double at = reading.nextDouble();
                Lookup found = steady.get("k" + (int) (KEYS * at * at));
                assertThat(found).as("read %d", i).isInstanceOf(Lookup.Hit.class);
                hits += ((Lookup.Hit) found).tier() == Lookup.Tier.L1 ? 1 : 0;
            }
            assertThat(refused > 0).as("the flood is beyond its quota").isEqualTo(batches > 0);
            return 100.0 * hits / READS;
        }
    }

    private static int flood(Namespace flooding, int batch, SplittableRandom random) {
        List<BatchEntry> entries = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            byte[] value = new byte[VALUE_BYTES];
            random.nextBytes(value);
            entries.add(new BatchEntry("f" + batch + "-" + i, value, PutOptions.DEFAULT));
        }
        return (int) flooding.putAll(entries).stream()
                .filter(result -> result.outcome() == PutResult.Outcome.OVER_QUOTA)
                .count();
    }
}
