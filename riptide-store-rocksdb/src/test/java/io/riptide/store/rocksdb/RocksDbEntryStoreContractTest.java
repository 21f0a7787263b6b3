package io.riptide.store.rocksdb;

import io.riptide.spi.EntryStore;
import io.riptide.testkit.EntryStoreContract;
import java.nio.file.Path;

class RocksDbEntryStoreContractTest extends EntryStoreContract {
    @Override
    protected EntryStore open(Path directory) {
        return Stores.open(directory);
    }
}
