package io.riptide.store.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.entry.StoreKey;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import io.riptide.spi.StoreUsage;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the store occupies, on the disk and in native memory. */
class SpaceTest {
    private static final long MIB = 1L << 20;

    @TempDir
    private Path directory;

    @Test
    void a_removed_tenant_gives_its_disk_space_back() {
        try (RocksDbEntryStore store = Stores.open(directory)) {
            for (int i = 0; i < 400; i++) {
                for (String tenant : new String[] {"gone", "stays"}) {
                    store.put(Stores.write(tenant, "small" + i, 1, 3000, Stores.NOW + 1, Long.MAX_VALUE));
                }
                store.put(Stores.write("gone", "large" + i, 1, 100_000, Stores.NOW + 1, Long.MAX_VALUE));
            }
            long stays = store.usage("stays").bytes();
            store.removeTenant("gone");
            assertThat(store.usage("gone")).isEqualTo(new StoreUsage(0, 0));
            assertThat(store.report().get("disk_bytes")).isLessThan(stays * 3);
            assertThat(store.usage("stays")).isEqualTo(new StoreUsage(stays, 400));
            assertThat(store.get(StoreKey.of("stays", "ns", "small7"))).isEqualTo(Stores.envelope("small7", 1, 3000));
        }
    }

    @Test
    void closing_does_not_wait_for_a_removed_tenants_space() throws Exception {
        RocksDbEntryStore store = Stores.open(directory);
        for (int i = 0; i < 3000; i++) {
            store.put(Stores.write("gone", "k" + i, 1, 3000, Stores.NOW + 1, Long.MAX_VALUE));
        }
        CountDownLatch begun = new CountDownLatch(1);
        try (ExecutorService other = Executors.newSingleThreadExecutor()) {
            Future<?> removal = other.submit(() -> {
                begun.countDown();
                try {
                    store.removeTenant("gone");
                } catch (RipTideException e) {
                    assertThat(e.problem().code()).isEqualTo(ProblemCode.STORE_UNAVAILABLE);
                }
            });
            begun.await();
            store.close();
            removal.get(20, TimeUnit.SECONDS);
        }
        try (RocksDbEntryStore again = Stores.open(directory)) {
            assertThat(again.usage("gone").entries()).isIn(0L, 3000L);
            again.removeTenant("gone");
            assertThat(Stores.recount(again, "gone")).isEqualTo(new StoreUsage(0, 0));
        }
    }

    @Test
    void overwritten_large_entries_are_collected() {
        try (RocksDbEntryStore store = Stores.open(directory)) {
            for (int round = 0; round < 40; round++) {
                for (int i = 0; i < 40; i++) {
                    store.put(Stores.write("acme", "k" + i, round, 100_000, Stores.NOW + round, Long.MAX_VALUE));
                }
            }
            // 160 MB were written and 4 MB live.
            assertThat(Stores.within(20, () -> store.report().get("disk_bytes") < 64 * MIB))
                    .as("disk: %s", store.report())
                    .isTrue();
        }
    }

    @Test
    void native_memory_stays_within_the_settings() {
        try (RocksDbEntryStore store = Stores.open(directory)) {
            for (int i = 0; i < 30_000; i++) {
                store.put(Stores.write("acme", "k" + i, 1, 2000, Stores.NOW + i, Long.MAX_VALUE));
                store.get(StoreKey.of("acme", "ns", "k" + i * 7919L % (i + 1)));
            }
            Map<String, Long> report = store.report();
            // The caches' shards and memory tables that are being flushed may pass the settings by a little.
            long settings = Stores.SMALL.blockCacheBytes() + Stores.SMALL.writeBufferBytes();
            assertThat(report.get("block_cache_bytes")).isLessThan(settings + 4 * MIB);
            assertThat(report.get("memtable_bytes")).isLessThan(Stores.SMALL.writeBufferBytes() * 2);
            assertThat(report.get("table_readers_bytes")).isLessThan(4 * MIB);
            assertThat(report.get("background_errors")).isZero();
        }
    }

    @Test
    void accounts_in_memory_stay_bounded_and_exact_with_many_tenants() {
        try (RocksDbEntryStore store = Stores.open(directory)) {
            int tenants = Ledger.CAPACITY * 2;
            for (int i = 0; i < tenants; i++) {
                store.put(Stores.write("t" + i, "k", 1, 1 + i % 7, Stores.NOW + 1, Long.MAX_VALUE));
            }
            assertThat(store.report().get("tenants_in_memory")).isLessThanOrEqualTo(Ledger.CAPACITY + 1L);
            for (int i = 0; i < tenants; i += 97) {
                assertThat(store.usage("t" + i)).isEqualTo(new StoreUsage(1 + i % 7, 1));
                store.put(Stores.write("t" + i, "k", 2, 9, Stores.NOW + 1, 9));
                assertThat(store.usage("t" + i)).isEqualTo(new StoreUsage(9, 1));
            }
        }
    }
}
