package io.riptide.store.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.spi.StoreUsage;
import io.riptide.spi.StoreWrite;
import io.riptide.testkit.ManualTime;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many entries that live for seconds, over an hour of manual time, swept each second. */
class ShortLivedTest {
    private static final int SECONDS = 3600;
    private static final int SEEKS = 20;

    @TempDir
    private Path directory;

    @Test
    void two_hundred_thousand_in_an_hour_leave_nothing_behind() {
        hour(200_000, 16L << 20);
    }

    @Tag("proof")
    @Test
    void ten_million_in_an_hour_leave_disk_and_seeks_flat() {
        hour(10_000_000, 384L << 20);
    }

    private void hour(int total, long mostDiskBytes) {
        ManualTime time = new ManualTime();
        SplittableRandom random = new SplittableRandom(42);
        int each = total / SECONDS;
        long written = 0;
        long swept = 0;
        long mostDisk = 0;
        try (RocksDbEntryStore store = Stores.open(directory)) {
            long window = cpuNanos();
            for (int second = 0; second < SECONDS; second++) {
                written += each;
                store.putAll(writes(second, each, time.wallMillis(), random));
                time.advance(Duration.ofSeconds(1));
                swept += store.sweep(time.wallMillis());
                if (second % 300 == 299) {
                    long seek = cpuNanos();
                    for (int millis = 0; millis < SEEKS; millis++) {
                        time.advance(Duration.ofMillis(1));
                        swept += store.sweep(time.wallMillis());
                    }
                    long now = cpuNanos();
                    Map<String, Long> report = store.report();
                    mostDisk = Math.max(mostDisk, report.get("disk_bytes"));
                    System.out.printf(
                            "second %d: disk %d MiB, memory %d MiB, CPU %d µs an entry, %d µs a sweep of 1 ms%n",
                            second + 1,
                            report.get("disk_bytes") >> 20,
                            report.get("block_cache_bytes") >> 20,
                            (seek - window) / 300_000 / each,
                            (now - seek) / 1000 / SEEKS);
                    window = cpuNanos();
                }
            }
            time.advance(Duration.ofMinutes(1));
            swept += store.sweep(time.wallMillis());
            assertThat(swept).isEqualTo(written);
            assertThat(store.usage("acme")).isEqualTo(new StoreUsage(0, 0));
            assertThat(store.list("acme", "ns", null, 10, 0).heads()).isEmpty();
            assertThat(mostDisk).as("disk at most").isLessThan(mostDiskBytes);
        }
    }

    /** CPU time of this thread: what the machine does besides is no part of it. */
    private static long cpuNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private static List<StoreWrite> writes(int second, int count, long now, SplittableRandom random) {
        List<StoreWrite> writes = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            long expires = now + 1000 + random.nextInt(20_000);
            writes.add(Stores.write("acme", second + "-" + i, 1, 100 + random.nextInt(200), expires, Long.MAX_VALUE));
        }
        return writes;
    }
}
