package io.riptide.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.billing.UsageMeter.Meter;
import io.riptide.config.CacheConfig;
import io.riptide.config.CacheConfig.Compression;
import io.riptide.config.CacheConfig.Durability;
import io.riptide.config.StoreConfig;
import io.riptide.entry.StoreKey;
import io.riptide.grant.TenantGrant;
import io.riptide.spi.EntryStore;
import io.riptide.spi.StoredDictionary;
import io.riptide.spi.TenantRecord;
import io.riptide.store.rocksdb.RocksDbEntryStore;
import io.riptide.testkit.ManualTime;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;

/**
 * Caches of a tenant that learn dictionaries, over a real store with time by hand. A round of housekeeping trains
 * what is due before it returns, unless it is given an executor that doesn't.
 */
final class DictionaryRig implements AutoCloseable {
    private static final long DAY_SECONDS = 86_400;
    private static final int CODEC_AT = 5;
    private static final int HEAD_LENGTH_AT = 6;
    private static final int AROUND_HEAD_AND_PAYLOAD = 14;

    private final Path folder;
    private final UnaryOperator<EntryStore> between;
    final Executor training;
    final ManualTime time = new ManualTime();
    EntryStore store;
    PersistentCacheManager manager;
    TenantGrant grant;
    private long seenValues;
    private long seenStored;

    DictionaryRig(Path folder) {
        this(folder, store -> store, Runnable::run);
    }

    /** With something between the caches and the store. */
    DictionaryRig(Path folder, UnaryOperator<EntryStore> between, Executor training) {
        this.folder = folder;
        this.between = between;
        this.training = training;
        open(Compression.ZSTD_DICTIONARY);
    }

    private void open(Compression compression) {
        store = between.apply(RocksDbEntryStore.open(
                folder, new StoreConfig(16 << 20, 16 << 20), Durability.BUFFERED, Runnable::run));
        restart(compression);
    }

    /** As a new process with that configuration does, but for the store, which stays open. */
    void restart(Compression compression) {
        CacheConfig config = new CacheConfig(
                3600, 30 * DAY_SECONDS, 1 << 20, 64 << 20, Durability.BUFFERED, true, compression, 1024, Map.of());
        manager = new PersistentCacheManager(config, store, time, Thread::startVirtualThread, training, Runnable::run);
        grant = grant("acme");
    }

    /** As a new process does. */
    void reopen() {
        store.close();
        open(Compression.ZSTD_DICTIONARY);
    }

    TenantGrant grant(String tenant) {
        return new TenantGrant(CacheRig.row(tenant, CacheRig.WIDE, TenantRecord.Status.ACTIVE), time);
    }

    Namespace namespace(String name) {
        return manager.open(grant).namespace(name);
    }

    /** Writes documents under that prefix, and numbers from 0. */
    void put(String namespace, String prefix, List<byte[]> values, Duration ttl) {
        Namespace to = namespace(namespace);
        for (int i = 0; i < values.size(); i++) {
            to.put(prefix + i, values.get(i).clone(), PutOptions.ttl(ttl));
        }
    }

    void put(String namespace, String prefix, List<byte[]> values) {
        put(namespace, prefix, values, Duration.ofHours(1));
    }

    /** Reads them past L1, in a cache that has nothing there. */
    void assertReadable(String namespace, String prefix, List<byte[]> values) {
        PersistentCacheManager before = manager;
        TenantGrant own = grant;
        restart(Compression.LZ4);
        Namespace from = namespace(namespace);
        for (int i = 0; i < values.size(); i++) {
            assertThat(from.get(prefix + i))
                    .as(prefix + i)
                    .isInstanceOfSatisfying(
                            Lookup.Hit.class, hit -> assertThat(hit.tier()).isEqualTo(Lookup.Tier.L2));
            assertThat(((Lookup.Hit) from.get(prefix + i)).entry().toByteArray())
                    .as(prefix + i)
                    .isEqualTo(values.get(i));
        }
        assertThat(grant.meter().count(Meter.DAMAGED)).isZero();
        manager = before;
        grant = own;
    }

    /** The number of the codec with which an entry lies in the store. */
    int codec(String namespace, String key) {
        byte[] envelope = store.get(StoreKey.of("acme", namespace, key));
        assertThat(envelope).isNotNull();
        return envelope[CODEC_AT] & 0b111;
    }

    /** How many bytes of an entry in the store are its value's. */
    int payloadBytes(String namespace, String key) {
        ByteBuffer envelope = ByteBuffer.wrap(store.get(StoreKey.of("acme", namespace, key)));
        return envelope.capacity() - AROUND_HEAD_AND_PAYLOAD - envelope.getInt(HEAD_LENGTH_AT);
    }

    List<StoredDictionary> dictionaries(String namespace) {
        return store.dictionaries("acme", namespace);
    }

    /** By how many percent smaller the values written since the last call lie in the store, envelopes and all. */
    double savedPercent() {
        long values = grant.meter().count(Meter.VALUE_BYTES) - seenValues;
        long stored = grant.meter().count(Meter.STORED_BYTES) - seenStored;
        seenValues += values;
        seenStored += stored;
        return 100 - 100.0 * stored / values;
    }

    @Override
    public void close() {
        store.close();
    }
}
