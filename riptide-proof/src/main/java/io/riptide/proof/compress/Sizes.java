package io.riptide.proof.compress;

import io.riptide.cache.Namespace;
import io.riptide.cache.PersistentCacheManager;
import io.riptide.cache.PutOptions;
import io.riptide.config.CacheConfig;
import io.riptide.config.CacheConfig.Compression;
import io.riptide.config.PersistenceConfig;
import io.riptide.entry.StoreKey;
import io.riptide.grant.TenantGrant;
import io.riptide.spi.EntryStore;
import io.riptide.spi.Quotas;
import io.riptide.spi.TenantRecord;
import io.riptide.store.rocksdb.RocksDbEntryStore;
import io.riptide.testkit.ManualTime;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** What a cache over a real store makes of values: the bytes of each value alone, and with its envelope. */
final class Sizes {
    private static final String TENANT = "bench";
    private static final String NAMESPACE = "values";
    private static final int HEAD_LENGTH_AT = 6;
    private static final int AROUND_HEAD_AND_PAYLOAD = 14;
    private static final Quotas PLENTY = new Quotas(1 << 20, 1_000_000_000, 1L << 40, 1);

    private final Path folder;
    private int stores;

    /** Makes stores in a folder. */
    Sizes(Path folder) {
        this.folder = folder;
    }

    /**
     * By how many percent the values that training did not see became smaller.
     *
     * @param value each value alone
     * @param stored with all that is stored besides: key, instants, checksums
     */
    record Saved(double value, double stored) {}

    Saved measure(Sample sample, Compression algorithm) throws IOException {
        PersistenceConfig all = PersistenceConfig.defaults();
        CacheConfig given = all.cache();
        CacheConfig config = new CacheConfig(
                given.defaultTtlSeconds(),
                given.maxTtlSeconds(),
                given.maxEntryBytes(),
                given.maxMemoryBytes(),
                given.durability(),
                true,
                algorithm,
                sample.thresholdBytes(),
                given.namespaces());
        Path place = folder.resolve("store-" + stores++);
        ManualTime time = new ManualTime();
        try (EntryStore store = RocksDbEntryStore.open(place, all.rocksdb(), given.durability(), Runnable::run)) {
            PersistentCacheManager manager =
                    new PersistentCacheManager(config, store, time, Runnable::run, Runnable::run, Runnable::run);
            TenantRecord row = new TenantRecord(
                    TENANT, TENANT, "", "", "free", TenantRecord.Status.ACTIVE, null, PLENTY, "{}", 0, 0, 1);
            Namespace namespace = manager.open(new TenantGrant(row, time)).namespace(NAMESPACE);
            write(namespace, "first", sample.first());
            manager.tick();
            manager.sweep();
            write(namespace, "unseen", sample.unseen());
            return read(store, sample);
        }
    }

    private static void write(Namespace namespace, String prefix, List<byte[]> values) {
        for (int i = 0; i < values.size(); i++) {
            namespace.put(prefix + i, values.get(i).clone(), PutOptions.DEFAULT);
        }
    }

    private static Saved read(EntryStore store, Sample sample) {
        long payloads = 0;
        long envelopes = 0;
        for (int i = 0; i < sample.unseen().size(); i++) {
            byte[] envelope = Objects.requireNonNull(store.get(StoreKey.of(TENANT, NAMESPACE, "unseen" + i)));
            envelopes += envelope.length;
            payloads += envelope.length
                    - AROUND_HEAD_AND_PAYLOAD
                    - ByteBuffer.wrap(envelope).getInt(HEAD_LENGTH_AT);
        }
        return new Saved(percent(payloads, sample.unseenBytes()), percent(envelopes, sample.unseenBytes()));
    }

    private static double percent(long stored, long values) {
        return 100 - 100.0 * stored / values;
    }
}
