package io.riptide;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.config.CacheConfig.Durability;
import io.riptide.config.PersistenceConfig;
import io.riptide.spi.KeyRecord;
import io.riptide.store.jdbc.SqlControlStore;
import io.riptide.store.rocksdb.RocksDbEntryStore;
import io.riptide.tenant.TenantManager.NewTenant;
import io.riptide.tenant.TenantManager.QuotaPatch;
import io.riptide.testkit.ManualTime;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a stop of the whole leaves on disk. */
class StopTest {
    private static final PersistenceConfig CONFIG = PersistenceConfig.defaults();

    @TempDir
    private Path folder;

    @Test
    void theLastUseOfAKeyInTheSecondsBeforeAStopIsThereAfterIt() {
        ManualTime time = new ManualTime();
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            String keyId;
            try (RipTide riptide = open(time, threads)) {
                NewTenant acme = new NewTenant("acme", "A", "O", "o@example.com", "free", QuotaPatch.NONE, null);
                String apiKey = riptide.tenants().create(acme).key().apiKey();
                keyId = riptide.door().tenant(apiKey, null).credentialId();
                riptide.tick();
            }
            try (RipTide riptide = open(time, threads)) {
                KeyRecord key = riptide.tenants().keys("acme", null, 10).getFirst();
                assertThat(key.keyId()).isEqualTo(keyId);
                assertThat(key.lastUsedMillis()).isEqualTo(time.wallMillis());
            }
        }
    }

    private RipTide open(ManualTime time, ExecutorService threads) {
        return RipTide.withTime(
                CONFIG,
                RocksDbEntryStore.open(folder.resolve("entries"), CONFIG.rocksdb(), Durability.BUFFERED, Runnable::run),
                SqlControlStore.sqlite(folder.resolve("control.db"), threads),
                time,
                null);
    }
}
