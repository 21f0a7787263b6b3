package io.riptide.proof.bench;

import io.riptide.RipTide;
import io.riptide.cache.PutOptions;
import io.riptide.config.CacheConfig.Durability;
import io.riptide.config.PersistenceConfig;
import io.riptide.store.jdbc.SqlControlStore;
import io.riptide.store.rocksdb.RocksDbEntryStore;
import io.riptide.tenant.TenantManager.NewTenant;
import io.riptide.tenant.TenantManager.QuotaPatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** RipTide whole, with one tenant that has one entry and so many others that only exist. */
record WholeRig(RipTide riptide, String apiKey, QuickenedTime time, ExecutorService lanes, Path directory)
        implements AutoCloseable {
    static WholeRig open(int others) throws Exception {
        Path directory = Files.createTempDirectory("riptide-bench");
        Path control = directory.resolve("control.db");
        ProcessPart.createTenants(control, others);
        PersistenceConfig config = PersistenceConfig.defaults();
        ExecutorService lanes = Executors.newCachedThreadPool();
        QuickenedTime time = QuickenedTime.start();
        RipTide riptide = RipTide.withTime(
                config,
                RocksDbEntryStore.open(
                        directory.resolve("entries"), config.rocksdb(), Durability.BUFFERED, Runnable::run),
                SqlControlStore.sqlite(control, lanes),
                time,
                null);
        QuotaPatch quotas = new QuotaPatch(null, 1_000_000_000L, null, null);
        String apiKey = riptide.tenants()
                .create(new NewTenant("bench", "B", "O", "o@example.com", "free", quotas, null))
                .key()
                .apiKey();
        var unused = riptide.door()
                .tenant(apiKey, null)
                .cache()
                .namespace("pages")
                .put("key", new byte[256], PutOptions.DEFAULT);
        return new WholeRig(riptide, apiKey, time, lanes, directory);
    }

    @Override
    public void close() throws IOException {
        riptide.close();
        lanes.close();
        time.close();
        Served.delete(directory);
    }
}
