package io.riptide.proof.bench;

import com.sun.management.OperatingSystemMXBean;
import io.riptide.billing.UsageBook;
import io.riptide.billing.UsageBook.Metered;
import io.riptide.billing.UsageMeter;
import io.riptide.billing.UsageMeter.Meter;
import io.riptide.spi.KeyRecord;
import io.riptide.spi.Time;
import io.riptide.spi.UsageStore;
import io.riptide.store.jdbc.SqlControlStore;
import io.riptide.store.jdbc.SqlUsageStore;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * Ten thousand tenants that each did something every second: what it costs to keep that, and how long others who write
 * to the control store wait beside it.
 */
final class UsagePart {
    private static final int TENANTS = 10_000;
    private static final int WARMING = 10;
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final Results results;
    private final int rounds;

    UsagePart(Results results, int rounds) {
        this.results = results;
        this.rounds = rounds;
    }

    void run() throws Exception {
        Path directory = Files.createTempDirectory("riptide-bench");
        try (ExecutorService threads = Executors.newCachedThreadPool();
                SqlControlStore control = SqlControlStore.sqlite(directory.resolve("control.db"), threads);
                UsageStore usage = SqlUsageStore.sqlite(directory.resolve("usage.db"), threads)) {
            control.putAdminKey(new KeyRecord("k", null, "admin", "k", List.of(), new byte[32], 1, null, null));
            Time time = new RealTime();
            UsageBook book = new UsageBook(usage, "bench", time);
            List<Metered> tenants = new ArrayList<>();
            for (int i = 0; i < TENANTS; i++) {
                tenants.add(new Metered("tenant-" + i, 1, new UsageMeter(time)));
            }
            // Without a pause, until the compiler has done with it: a server runs for days.
            for (int i = 0; i < WARMING * rounds; i++) {
                keep(book, tenants);
            }
            Samples waits = new Samples();
            double idle = measure(book, List.of(), control, rounds, new Samples());
            double busy = measure(book, tenants, control, rounds, waits);
            results.add("usage", "keeping 10,000 tenants a second", (busy - idle) * 100, "% of a core", "under 6");
            double[] sorted = waits.sorted();
            String waiting = "a write of the control store beside it, ";
            results.add("usage", waiting + "p50", Samples.percentile(sorted, 50), "ms", "");
            results.add("usage", waiting + "p99", Samples.percentile(sorted, 99), "ms", "under 10");
        } finally {
            try (Stream<Path> files = Files.walk(directory)) {
                files.sorted((one, other) -> other.compareTo(one))
                        .forEach(file -> file.toFile().delete());
            }
        }
    }

    /** The share of a core that a second of it takes, with somebody beside it who writes to the control store. */
    private static double measure(
            UsageBook book, List<Metered> tenants, SqlControlStore control, int rounds, Samples waits)
            throws InterruptedException {
        var process = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        AtomicBoolean ended = new AtomicBoolean();
        Thread other = Thread.ofPlatform().start(() -> {
            while (!ended.get()) {
                long begun = System.nanoTime();
                control.touchKeys(Map.of("k", begun));
                waits.add((System.nanoTime() - begun) / 1e6);
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        });
        long begun = System.nanoTime();
        long cpu = process.getProcessCpuTime();
        for (int i = 1; i <= rounds; i++) {
            keep(book, tenants);
            while (System.nanoTime() - begun < i * SECOND) {
                LockSupport.parkNanos(begun + i * SECOND - System.nanoTime());
            }
        }
        double share = (double) (process.getProcessCpuTime() - cpu) / (System.nanoTime() - begun);
        ended.set(true);
        other.join();
        return share;
    }

    private static void keep(UsageBook book, List<Metered> tenants) {
        tenants.forEach(tenant -> tenant.meter().add(Meter.HIT_L1));
        book.round(tenants);
    }

    private record RealTime() implements Time {
        @Override
        public long wallMillis() {
            return System.currentTimeMillis();
        }

        @Override
        public long nanoTime() {
            return System.nanoTime();
        }
    }
}
