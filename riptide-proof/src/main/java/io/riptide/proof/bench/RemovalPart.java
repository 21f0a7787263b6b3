package io.riptide.proof.bench;

import io.riptide.RipTide;
import io.riptide.cache.BatchEntry;
import io.riptide.cache.Namespace;
import io.riptide.cache.PutOptions;
import io.riptide.cache.TenantCache;
import io.riptide.config.CacheConfig.Durability;
import io.riptide.config.PersistenceConfig;
import io.riptide.spi.Removal;
import io.riptide.spi.Removed;
import io.riptide.store.jdbc.SqlControlStore;
import io.riptide.store.rocksdb.RocksDbEntryStore;
import io.riptide.tenant.TenantManager.NewTenant;
import io.riptide.tenant.TenantManager.QuotaPatch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * Removing a large namespace beside a small one: how long the call takes, what reads of another namespace pay while it
 * is worked off, and when the disk has its space back.
 */
final class RemovalPart {
    private static final int SMALL = 10_000;
    private static final int OTHERS = 100_000;
    private static final int VALUE = 1024;
    private static final int ROUNDS = 5;
    private static final long GIVEN_UP_NANOS = 120_000_000_000L;
    private static final long ASKED_NANOS = 500_000_000;
    private static final double BACK = 1.1;
    private static final List<Integer> QUANTILES = List.of(50, 95, 99);

    private final Results results;
    private final int entries;
    private final SplittableRandom random = new SplittableRandom(5);

    RemovalPart(Results results, int entries) {
        this.results = results;
        this.entries = entries;
    }

    void run() throws Exception {
        Path directory = Files.createTempDirectory("riptide-bench");
        PersistenceConfig config = PersistenceConfig.defaults();
        try (ExecutorService lanes = Executors.newCachedThreadPool();
                RipTide riptide = RipTide.open(
                        config,
                        RocksDbEntryStore.open(
                                directory.resolve("entries"), config.rocksdb(), Durability.BUFFERED, Runnable::run),
                        SqlControlStore.sqlite(directory.resolve("control.db"), lanes),
                        null)) {
            QuotaPatch quotas = new QuotaPatch(1L << 20, 1_000_000_000L, 1L << 40, null);
            String apiKey = riptide.tenants()
                    .create(new NewTenant("bench", "B", "O", "o@example.com", "free", quotas, null))
                    .key()
                    .apiKey();
            measure(riptide.door().tenant(apiKey, null).cache(), directory.resolve("entries"));
        } finally {
            Served.delete(directory);
        }
    }

    private void measure(TenantCache cache, Path files) {
        Namespace other = cache.namespace("other");
        fill(other, OTHERS);
        results.add("removal", "of " + SMALL + " entries by namespace", small(cache), "ms", "");
        fill(cache.namespace("large"), 1);
        long disk = bytes(files);
        double[] before = reads(other, 5_000_000_000L, () -> false);
        fill(cache.namespace("large"), entries);
        long full = bytes(files);
        long from = System.nanoTime();
        Removed removed = cache.namespace("large").removeAll(Removal.Mode.REMOVE);
        results.add(
                "removal",
                "of " + removed.entries() + " entries by namespace",
                (System.nanoTime() - from) / 1e6,
                "ms",
                "as of " + SMALL);
        double[] during = reads(other, GIVEN_UP_NANOS, () -> bytes(files) <= disk * BACK);
        results.add("removal", "disk with the entries", full / 1e6, "MB", "");
        results.add("removal", "disk without them", disk / 1e6, "MB", "");
        results.add("removal", "disk after", bytes(files) / 1e6, "MB", "within a tenth");
        results.add("removal", "until it was back", (System.nanoTime() - from) / 1e9, "s", "at most 60");
        for (int i = 0; i < before.length; i++) {
            String which = "p" + QUANTILES.get(i);
            results.add("removal", "reads of others, " + which + ", before", before[i], "us", "");
            results.add("removal", "reads of others, " + which + ", meanwhile", during[i], "us", "as before");
        }
    }

    /** The median of some rounds. */
    private double small(TenantCache cache) {
        double[] millis = new double[ROUNDS];
        for (int i = 0; i < ROUNDS; i++) {
            fill(cache.namespace("small"), SMALL);
            long from = System.nanoTime();
            var unused = cache.namespace("small").removeAll(Removal.Mode.REMOVE);
            millis[i] = (System.nanoTime() - from) / 1e6;
        }
        Arrays.sort(millis);
        return millis[ROUNDS / 2];
    }

    private void fill(Namespace namespace, int count) {
        for (int from = 0; from < count; from += Namespace.MAX_BATCH) {
            List<BatchEntry> batch = new ArrayList<>();
            for (int i = from; i < Math.min(count, from + Namespace.MAX_BATCH); i++) {
                byte[] value = new byte[VALUE];
                random.nextBytes(value);
                batch.add(new BatchEntry("key-" + i, value, PutOptions.DEFAULT));
            }
            var unused = namespace.putAll(batch);
        }
    }

    /** Reads at random, one thread, until a condition holds that is asked twice a second; quantiles in microseconds. */
    private double[] reads(Namespace namespace, long atMostNanos, BooleanSupplier done) {
        Samples micros = new Samples();
        long from = System.nanoTime();
        long asked = from;
        long now = from;
        while (now - from < atMostNanos) {
            var unused = namespace.get("key-" + random.nextInt(OTHERS));
            long after = System.nanoTime();
            micros.add((after - now) / 1e3);
            now = after;
            if (now - asked > ASKED_NANOS) {
                if (done.getAsBoolean()) {
                    break;
                }
                now = System.nanoTime();
                asked = now;
            }
        }
        double[] sorted = micros.sorted();
        return QUANTILES.stream()
                .mapToDouble(q -> Samples.percentile(sorted, q))
                .toArray();
    }

    private static long bytes(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
