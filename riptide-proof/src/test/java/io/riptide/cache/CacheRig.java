package io.riptide.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.config.CacheConfig;
import io.riptide.config.CacheConfig.Compression;
import io.riptide.config.CacheConfig.Durability;
import io.riptide.config.CacheConfig.LoadConfig;
import io.riptide.config.CacheConfig.NamespaceConfig;
import io.riptide.config.StoreConfig;
import io.riptide.grant.TenantGrant;
import io.riptide.spi.Quotas;
import io.riptide.spi.TenantRecord;
import io.riptide.store.rocksdb.RocksDbEntryStore;
import io.riptide.testkit.ManualTime;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** A cache manager over a real store in a folder, with time by hand. */
final class CacheRig implements AutoCloseable {
    static final Quotas WIDE = new Quotas(64 << 20, 100_000_000, 1L << 30, 100);

    final ManualTime time = new ManualTime();
    final RocksDbEntryStore store;
    final PersistentCacheManager manager;
    final List<Thread> loads = new CopyOnWriteArrayList<>();

    CacheRig(Path folder) {
        this(folder, 1 << 20);
    }

    CacheRig(Path folder, int maxEntryBytes) {
        CacheConfig config = new CacheConfig(
                3600,
                86_400,
                maxEntryBytes,
                64 << 20,
                Durability.BUFFERED,
                true,
                Compression.LZ4,
                1024,
                Map.of(
                        "short", NamespaceConfig.ttl(5),
                        "uneven", new NamespaceConfig(1000, 20, LoadConfig.NONE),
                        "bounded", new NamespaceConfig(3600, 0, new LoadConfig(40, 0, 0, 0, 0, 0, 0)),
                        "early", new NamespaceConfig(100, 0, new LoadConfig(0, 0, 10, 0, 0, 0, 0)),
                        "stale", new NamespaceConfig(100, 0, new LoadConfig(0, 50, 0, 10, 60, 0, 0)),
                        "negative", new NamespaceConfig(100, 0, new LoadConfig(0, 0, 0, 0, 0, 20, 5))));
        store = RocksDbEntryStore.open(folder, new StoreConfig(16 << 20, 16 << 20), Durability.BUFFERED, Runnable::run);
        manager = new PersistentCacheManager(config, store, time, this::startLoad, Runnable::run, Runnable::run);
    }

    private void startLoad(Runnable load) {
        loads.add(Thread.startVirtualThread(load));
    }

    /** Waits until every load on a thread of its own has ended. */
    void awaitLoads() throws InterruptedException {
        for (Thread load : loads) {
            assertThat(load.join(Duration.ofSeconds(10))).isTrue();
        }
    }

    TenantGrant grant(String id, Quotas quotas) {
        return new TenantGrant(row(id, quotas, TenantRecord.Status.ACTIVE), time);
    }

    TenantCache tenant(String id) {
        return manager.open(grant(id, WIDE));
    }

    static TenantRecord row(String id, Quotas quotas, TenantRecord.Status status) {
        return new TenantRecord(id, "T", "O", "o@example.com", "free", status, null, quotas, "{}", 0, 0, 1);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String text(Lookup lookup) {
        return lookup instanceof Lookup.Hit hit
                ? new String(hit.entry().toByteArray(), StandardCharsets.UTF_8)
                : lookup.getClass().getSimpleName();
    }

    @Override
    public void close() {
        store.close();
    }
}
