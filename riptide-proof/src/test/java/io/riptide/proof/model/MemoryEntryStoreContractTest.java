package io.riptide.proof.model;

import io.riptide.spi.EntryStore;
import io.riptide.testkit.EntryStoreContract;
import java.nio.file.Path;

class MemoryEntryStoreContractTest extends EntryStoreContract {
    private final MemoryEntryStore store = new MemoryEntryStore();

    /** The same each time: what is closed and opened once more keeps what it had. */
    @Override
    protected EntryStore open(Path directory) {
        return store.reopened();
    }
}
