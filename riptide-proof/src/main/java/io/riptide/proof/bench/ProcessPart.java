package io.riptide.proof.bench;

import io.riptide.spi.ControlStore;
import io.riptide.spi.KeyRecord;
import io.riptide.spi.Quotas;
import io.riptide.spi.TenantRecord;
import io.riptide.store.jdbc.SqlControlStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/** The process as a whole: how soon it answers, what it holds, with no tenant and with many, and after a kill. */
final class ProcessPart {
    private static final int STARTS = 5;
    private static final int VALUE_BYTES = 64 << 10;

    private final Results results;

    ProcessPart(Results results) {
        this.results = results;
    }

    /** Start-up and memory with that many tenants. */
    void startAndMemory(int tenants) throws Exception {
        Path data = Files.createTempDirectory("riptide-bench");
        createTenants(data.resolve("control.db"), tenants);
        double[] seconds = new double[STARTS];
        for (int i = 0; i <= STARTS; i++) {
            try (Served served = Served.keeping(data)) {
                // The first start may still build or write caches.
                if (i > 0) {
                    seconds[i - 1] = served.child().startSeconds();
                }
                if (i == STARTS) {
                    String with = String.format(Locale.ROOT, "with %,d tenants: ", tenants);
                    Arrays.sort(seconds);
                    results.add("process", with + "start to ready, median of 5", seconds[STARTS / 2], "s", "under 2");
                    results.add("process", with + "live heap", served.child().liveHeapMib(), "MiB", "");
                    results.add(
                            "process", with + "resident memory", served.child().residentMib(), "MiB", "");
                }
            }
        }
        Served.delete(data);
    }

    /** Rows of tenants in a control store, which is made where it is not there. */
    static void createTenants(Path file, int tenants) throws Exception {
        try (ExecutorService lanes = Executors.newCachedThreadPool();
                ExecutorService callers = Executors.newFixedThreadPool(16);
                ControlStore store = SqlControlStore.sqlite(file, lanes)) {
            List<Future<?>> running = IntStream.range(0, tenants)
                    .<Future<?>>mapToObj(i -> callers.submit(() -> {
                        String id = "tenant-" + i;
                        TenantRecord row = tenant(id);
                        byte[] hash = Arrays.copyOf(id.getBytes(StandardCharsets.US_ASCII), 32);
                        KeyRecord key = new KeyRecord("bench" + i, id, null, "k", List.of(), hash, 0, null, null);
                        if (store.createTenant(row, key, tenants) != ControlStore.CreateOutcome.CREATED) {
                            throw new IllegalStateException("not created: " + id);
                        }
                    }))
                    .toList();
            for (Future<?> done : running) {
                done.get();
            }
        }
    }

    private static TenantRecord tenant(String id) {
        long now = System.currentTimeMillis();
        return new TenantRecord(
                id,
                id,
                "O",
                "o@example.com",
                "free",
                TenantRecord.Status.ACTIVE,
                null,
                Quotas.DEFAULT,
                "{}",
                now,
                now,
                1);
    }

    /** Kill and start over so many MiB of entries. */
    void recovery(int mib) throws Exception {
        try (Served served = Served.start()) {
            String credential = Served.credential(served.createTenant("recovery"));
            SplittableRandom random = new SplittableRandom(1);
            byte[] value = new byte[VALUE_BYTES];
            int entries = (int) ((long) mib * (1 << 20) / VALUE_BYTES);
            try (Wire wire = new Wire(served.port())) {
                for (int i = 0; i < entries; i++) {
                    random.nextBytes(value);
                    byte[] put = Wire.request("PUT", "/v1/cache/n/k" + i, credential, value);
                    wire.call(put).expect(201);
                }
            }
            served.killAndStart();
            long began = System.nanoTime();
            requireThere(served.port(), credential, entries - 1);
            double first = (System.nanoTime() - began) / 1e9;
            String with = String.format(Locale.ROOT, "after kill -9 with %,d MiB: ", mib);
            results.add(
                    "process", with + "start to first answer", served.child().startSeconds() + first, "s", "under 5");
        }
    }

    private static void requireThere(int port, String credential, int entry) throws IOException {
        try (Wire wire = new Wire(port)) {
            byte[] get = Wire.request("GET", "/v1/cache/n/k" + entry, credential, new byte[0]);
            wire.call(get).expect(200);
        }
    }
}
