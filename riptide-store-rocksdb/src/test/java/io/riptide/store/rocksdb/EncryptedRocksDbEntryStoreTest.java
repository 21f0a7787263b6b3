package io.riptide.store.rocksdb;

import io.riptide.config.CacheConfig.Durability;
import io.riptide.entry.Ciphers;
import io.riptide.spi.EntryStore;
import io.riptide.testkit.EncryptedTenants;
import io.riptide.testkit.EntryStoreContract;
import java.nio.file.Path;

/** The same contract for tenants that are encrypted, beside one that is not. */
class EncryptedRocksDbEntryStoreTest extends EntryStoreContract {
    private final Ciphers ciphers = new EncryptedTenants();

    @Override
    protected EntryStore open(Path directory) {
        return RocksDbEntryStore.open(directory, Stores.SMALL, Durability.BUFFERED, Runnable::run, ciphers);
    }

    @Override
    protected Ciphers ciphers() {
        return ciphers;
    }
}
