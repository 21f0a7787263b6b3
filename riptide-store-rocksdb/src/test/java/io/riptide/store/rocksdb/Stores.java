package io.riptide.store.rocksdb;

import io.riptide.config.CacheConfig.Durability;
import io.riptide.config.StoreConfig;
import java.nio.file.Path;

/** Stores as the tests open them. */
final class Stores {
    static final StoreConfig SMALL = new StoreConfig(8L << 20, 8L << 20);

    private Stores() {}

    /** Buffered; commits run where they are asked for. */
    static RocksDbEntryStore open(Path directory) {
        return RocksDbEntryStore.open(directory, SMALL, Durability.BUFFERED, Runnable::run);
    }
}
