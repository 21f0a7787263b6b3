package io.riptide.proof.bench;

import io.riptide.cache.BatchEntry;
import io.riptide.cache.Namespace;
import io.riptide.cache.PersistentCacheManager;
import io.riptide.cache.PutOptions;
import io.riptide.cache.TenantCache;
import io.riptide.config.CacheConfig.Durability;
import io.riptide.config.PersistenceConfig;
import io.riptide.grant.TenantGrant;
import io.riptide.spi.InvalidationFeed;
import io.riptide.spi.LoadLeases;
import io.riptide.spi.Quotas;
import io.riptide.spi.TenantRecord;
import io.riptide.store.rocksdb.RocksDbEntryStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** The embedded cache over RocksDB in a directory of its own, with quotas that no benchmark meets. */
final class Rig implements AutoCloseable {
    private static final long PLENTY = 1L << 40;

    private final Path directory;
    private final RocksDbEntryStore store;
    private final InvalidationFeed feed;
    private final QuickenedTime time;
    private final PersistentCacheManager manager;

    private Rig(
            Path directory,
            RocksDbEntryStore store,
            InvalidationFeed feed,
            QuickenedTime time,
            PersistentCacheManager manager) {
        this.directory = directory;
        this.store = store;
        this.feed = feed;
        this.time = time;
        this.manager = manager;
    }

    static Rig open() {
        return open(InvalidationFeed.none());
    }

    /** As one of several nodes, which is well and is told of no change. */
    static Rig openShared() {
        return open(BeatingFeed.start());
    }

    private static Rig open(InvalidationFeed feed) {
        PersistenceConfig config = PersistenceConfig.load(
                List.of(), Map.of("RIPTIDE_PERSISTENCE__CACHE__MAX_MEMORY_BYTES", String.valueOf(1L << 30)));
        try {
            Path directory = Files.createTempDirectory("riptide-bench");
            RocksDbEntryStore store = RocksDbEntryStore.open(
                    directory.resolve("entries"), config.rocksdb(), Durability.BUFFERED, Runnable::run);
            QuickenedTime time = QuickenedTime.start();
            return new Rig(
                    directory,
                    store,
                    feed,
                    time,
                    new PersistentCacheManager(
                            config.cache(),
                            store,
                            feed,
                            LoadLeases.none(),
                            time,
                            0,
                            Thread::startVirtualThread,
                            Runnable::run,
                            Runnable::run));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    TenantCache tenant(String id) {
        return tenant(id, PLENTY);
    }

    /** Every read of it goes to the store. */
    TenantCache tenantWithoutMemory(String id) {
        return tenant(id, 0);
    }

    private TenantCache tenant(String id, long memoryBytes) {
        Quotas quotas = new Quotas(memoryBytes, 1_000_000_000, PLENTY, 1);
        TenantRecord row =
                new TenantRecord(id, id, "", "", "free", TenantRecord.Status.ACTIVE, null, quotas, "{}", 0, 0, 1);
        return manager.open(new TenantGrant(row, time));
    }

    /** Writes these keys with random values, then reads them all, so that all are in L1. */
    static void fill(Namespace namespace, String[] keys, int valueBytes) {
        SplittableRandom random = new SplittableRandom(7);
        PutOptions options = PutOptions.ttl(Duration.ofHours(1));
        for (int from = 0; from < keys.length; from += Namespace.MAX_BATCH) {
            List<BatchEntry> batch = new ArrayList<>();
            for (int i = from; i < Math.min(keys.length, from + Namespace.MAX_BATCH); i++) {
                byte[] value = new byte[valueBytes];
                random.nextBytes(value);
                batch.add(new BatchEntry(keys[i], value, options));
            }
            var unused = namespace.putAll(batch);
        }
        for (String key : keys) {
            var unused = namespace.get(key);
        }
    }

    @Override
    public void close() {
        feed.close();
        store.close();
        time.close();
        try {
            Served.delete(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
