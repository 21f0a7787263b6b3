package io.riptide.proof.trace;

import io.riptide.cache.BatchEntry;
import io.riptide.cache.Lookup;
import io.riptide.cache.Namespace;
import io.riptide.cache.PersistentCacheManager;
import io.riptide.cache.PutOptions;
import io.riptide.cache.TenantCache;
import io.riptide.config.CacheConfig;
import io.riptide.config.PersistenceConfig;
import io.riptide.grant.TenantGrant;
import io.riptide.spi.Quotas;
import io.riptide.spi.TenantRecord;
import io.riptide.store.rocksdb.RocksDbEntryStore;
import io.riptide.testkit.ManualTime;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Every entry of a trace in RocksDB, in a directory of its own, and RipTide's caches over it: what they do not have in
 * their first tier they find in the second. So the policy seen is the product's own, as its callers meet it.
 */
final class StoredTrace implements AutoCloseable {
    /** The rate at which a trace is thought to arrive: after so many requests a second has passed. */
    private static final int A_SECOND = 10_000;

    private static final String NAMESPACE = "run-";
    private static final long PLENTY = 1L << 40;
    private static final Quotas QUOTAS = new Quotas(PLENTY, 1_000_000_000, PLENTY, 1);
    private static final PutOptions LONG = PutOptions.ttl(Duration.ofDays(30));

    private final Path directory;
    private final RocksDbEntryStore store;
    private final ManualTime time = new ManualTime();
    private final CacheConfig config;
    private final Weighed weighed;

    private StoredTrace(Trace trace, Path directory, PersistenceConfig config) {
        this.directory = directory;
        this.config = config.cache();
        this.store = RocksDbEntryStore.open(
                directory.resolve("entries"), config.rocksdb(), this.config.durability(), Runnable::run);
        this.weighed = new Weighed(trace, measuredOverhead());
    }

    /** Writes all of a trace's entries, in a namespace for each of so many runs. */
    static StoredTrace fill(Trace trace, int runs) {
        try {
            Path directory = Files.createTempDirectory("riptide-trace");
            StoredTrace stored = new StoredTrace(trace, directory, PersistenceConfig.defaults());
            try {
                for (int run = 0; run < runs; run++) {
                    stored.write(NAMESPACE + run);
                }
            } catch (RuntimeException e) {
                stored.close();
                throw e;
            }
            return stored;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The trace with what its entries weigh in RipTide's first tier, as measured. */
    Weighed weighed() {
        return weighed;
    }

    /**
     * RipTide with nothing in its first tier yet, which may hold so many bytes of all tenants together.
     *
     * @param run how many runs were before: each has a namespace of its own, so that its keys hash differently
     */
    Policy cache(long maxBytes, int run) {
        Trace trace = weighed.trace();
        PersistentCacheManager manager = manager(maxBytes);
        List<TenantCache> tenants = tenants(manager);
        List<Namespace> namespaces = tenants.stream()
                .map(tenant -> tenant.namespace(NAMESPACE + run))
                .toList();
        return at -> {
            if (at % A_SECOND == A_SECOND - 1) {
                time.advance(Duration.ofSeconds(1));
                manager.tick();
                manager.sweep();
            }
            int key = trace.key(at);
            if (namespaces.get(trace.tenant(key)).get(Trace.text(key)) instanceof Lookup.Hit hit) {
                return hit.tier() == Lookup.Tier.L1;
            }
            throw new IllegalStateException("a stored entry was not found: " + Trace.text(key));
        };
    }

    private void write(String namespace) {
        Trace trace = weighed.trace();
        List<TenantCache> tenants = tenants(manager(config.maxMemoryBytes()));
        List<List<BatchEntry>> batches = new ArrayList<>();
        tenants.forEach(tenant -> batches.add(new ArrayList<>()));
        for (int key = 0; key < trace.keys(); key++) {
            int tenant = trace.tenant(key);
            List<BatchEntry> batch = batches.get(tenant);
            batch.add(new BatchEntry(Trace.text(key), new byte[trace.size(key)], LONG));
            if (batch.size() == Namespace.MAX_BATCH) {
                write(tenants.get(tenant).namespace(namespace), batch);
            }
        }
        for (int tenant = 0; tenant < batches.size(); tenant++) {
            write(tenants.get(tenant).namespace(namespace), batches.get(tenant));
        }
    }

    private static void write(Namespace namespace, List<BatchEntry> batch) {
        var unused = namespace.putAll(List.copyOf(batch));
        batch.clear();
    }

    /** What an entry weighs besides its value: asked of a cache that holds one, so that it is never another's guess. */
    private int measuredOverhead() {
        TenantCache probe = tenant(manager(config.maxMemoryBytes()), "probe");
        Namespace namespace = probe.namespace(NAMESPACE + 0);
        var written = namespace.put(Trace.text(0), new byte[1], LONG);
        var read = namespace.get(Trace.text(0));
        long bytes = probe.memoryBytes();
        if (bytes <= 1) {
            throw new IllegalStateException("the first tier holds nothing after " + written + " and " + read);
        }
        return Math.toIntExact(bytes - 1);
    }

    private PersistentCacheManager manager(long maxBytes) {
        CacheConfig bounded = new CacheConfig(
                config.defaultTtlSeconds(),
                config.maxTtlSeconds(),
                config.maxEntryBytes(),
                maxBytes,
                config.durability(),
                config.enableCompression(),
                config.compressionAlgorithm(),
                config.compressionThresholdBytes(),
                config.namespaces());
        return new PersistentCacheManager(bounded, store, time, Runnable::run, Runnable::run, Runnable::run);
    }

    private List<TenantCache> tenants(PersistentCacheManager manager) {
        List<TenantCache> tenants = new ArrayList<>();
        for (int tenant = 0; tenant < weighed.trace().tenants(); tenant++) {
            tenants.add(tenant(manager, "tenant-" + tenant));
        }
        return tenants;
    }

    private TenantCache tenant(PersistentCacheManager manager, String id) {
        TenantRecord row =
                new TenantRecord(id, id, "", "", "free", TenantRecord.Status.ACTIVE, null, QUOTAS, "{}", 0, 0, 1);
        return manager.open(new TenantGrant(row, time));
    }

    @Override
    public void close() {
        store.close();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
