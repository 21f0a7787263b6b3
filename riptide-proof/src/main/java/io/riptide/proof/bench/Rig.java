package io.riptide.proof.bench;

import io.riptide.cache.BatchEntry;
import io.riptide.cache.Namespace;
import io.riptide.cache.PersistentCacheManager;
import io.riptide.cache.PutOptions;
import io.riptide.cache.TenantCache;
import io.riptide.config.CacheConfig.Durability;
import io.riptide.config.PersistenceConfig;
import io.riptide.entry.AesGcm;
import io.riptide.grant.TenantGrant;
import io.riptide.spi.InvalidationFeed;
import io.riptide.spi.KeyringStore;
import io.riptide.spi.LoadLeases;
import io.riptide.spi.Quotas;
import io.riptide.spi.TenantRecord;
import io.riptide.store.rocksdb.RocksDbEntryStore;
import io.riptide.tenant.Keyring;
import io.riptide.tenant.MasterKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
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
    private final Keyring keyring;

    private Rig(
            Path directory,
            RocksDbEntryStore store,
            InvalidationFeed feed,
            QuickenedTime time,
            PersistentCacheManager manager,
            Keyring keyring) {
        this.directory = directory;
        this.store = store;
        this.feed = feed;
        this.time = time;
        this.manager = manager;
        this.keyring = keyring;
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
            QuickenedTime time = QuickenedTime.start();
            SecureRandom random = new SecureRandom();
            AesGcm gcm = new AesGcm(random);
            MasterKey master = new MasterKey("A".repeat(43) + "=", gcm);
            Keyring keyring = Keyring.open(KeyringStore.inMemory(), master, gcm, random, time::wallMillis);
            RocksDbEntryStore store = RocksDbEntryStore.open(
                    directory.resolve("entries"), config.rocksdb(), Durability.BUFFERED, Runnable::run, keyring);
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
                            Runnable::run),
                    keyring);
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

    /** The same, encrypted. */
    TenantCache encryptedWithoutMemory(String id) {
        TenantRecord row = row(id, 0, true);
        TenantGrant grant = new TenantGrant(row, time);
        grant.cipher(keyring.cipher(row));
        return manager.open(grant);
    }

    private TenantCache tenant(String id, long memoryBytes) {
        return manager.open(new TenantGrant(row(id, memoryBytes, false), time));
    }

    private static TenantRecord row(String id, long memoryBytes, boolean encrypted) {
        Quotas quotas = new Quotas(memoryBytes, 1_000_000_000, PLENTY, 1);
        TenantRecord.Status active = TenantRecord.Status.ACTIVE;
        return new TenantRecord(id, id, "", "", "free", active, null, quotas, "{}", List.of(), encrypted, 0, 0, 1);
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
