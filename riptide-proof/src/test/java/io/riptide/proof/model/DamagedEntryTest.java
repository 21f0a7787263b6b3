package io.riptide.proof.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.billing.UsageMeter.Meter;
import io.riptide.cache.Lookup;
import io.riptide.cache.Namespace;
import io.riptide.cache.PutOptions;
import io.riptide.config.CacheConfig.Durability;
import io.riptide.config.PersistenceConfig;
import io.riptide.entry.Head;
import io.riptide.entry.StoreKey;
import io.riptide.grant.TenantGrant;
import io.riptide.spi.Condition;
import io.riptide.spi.StoreUsage;
import io.riptide.spi.StoreWrite;
import io.riptide.store.rocksdb.RocksDbEntryStore;
import io.riptide.testkit.ManualTime;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bytes in the store that are not what was written: a miss that is counted, and gone afterwards. */
class DamagedEntryTest {
    private static final byte[] VALUE = "what was written, long enough to be flipped".getBytes(StandardCharsets.UTF_8);

    private final ManualTime time = new ManualTime();
    private final StoreKey key = StoreKey.of("acme", "pages", "k");
    private RocksDbEntryStore store;
    private TenantGrant grant;
    private Namespace namespace;

    @BeforeEach
    void open(@TempDir Path directory) {
        store = RocksDbEntryStore.open(
                directory, PersistenceConfig.defaults().rocksdb(), Durability.BUFFERED, Runnable::run);
        Caches caches = Caches.over(store, time);
        grant = caches.grant("acme");
        namespace = caches.manager().open(grant).namespace("pages");
        namespace.put("k", VALUE.clone(), PutOptions.DEFAULT);
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void everyFlippedBitIsACountedMissThatLeavesNothingBehind() {
        byte[] sealed = store.get(key);
        Head head =
                store.list("acme", "pages", null, 1, time.wallMillis()).heads().getFirst();
        for (int at = 0; at < sealed.length; at++) {
            byte[] damaged = sealed.clone();
            damaged[at] ^= (byte) (1 << (at % 8));
            overwrite(head, damaged);
            long before = grant.meter().count(Meter.DAMAGED);
            assertThat(namespace.get("k")).as("byte %d flipped", at).isEqualTo(new Lookup.Miss(Lookup.Cause.DAMAGED));
            assertThat(grant.meter().count(Meter.DAMAGED)).isEqualTo(before + 1);
            assertThat(store.get(key)).isNull();
            assertThat(store.usage("acme")).isEqualTo(new StoreUsage(0, 0));
        }
    }

    @Test
    void tornAndForeignBytesAreMissesAndAWriteHealsThem() {
        byte[] sealed = store.get(key);
        Head head =
                store.list("acme", "pages", null, 1, time.wallMillis()).heads().getFirst();
        for (byte[] bytes : List.of(new byte[0], new byte[] {1}, java.util.Arrays.copyOf(sealed, sealed.length - 1))) {
            overwrite(head, bytes);
            assertThat(namespace.getAll(List.of("k"))).containsExactly(new Lookup.Miss(Lookup.Cause.DAMAGED));
            assertThat(store.get(key)).isNull();
        }
        namespace.put("k", VALUE.clone(), PutOptions.DEFAULT);
        assertThat(((Lookup.Hit) namespace.get("k")).entry().toByteArray()).isEqualTo(VALUE);
    }

    private void overwrite(Head head, byte[] bytes) {
        Head fitting = new Head(
                head.key(),
                head.contentType(),
                head.createdMillis(),
                head.expiresMillis(),
                head.version(),
                head.valueBytes(),
                bytes.length,
                List.of(),
                List.of());
        store.put(new StoreWrite(key, fitting, bytes, Condition.NONE, Long.MAX_VALUE, time.wallMillis()));
    }
}
