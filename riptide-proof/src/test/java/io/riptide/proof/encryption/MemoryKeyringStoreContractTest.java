package io.riptide.proof.encryption;

import io.riptide.spi.KeyringStore;
import io.riptide.testkit.KeyringStoreContract;

class MemoryKeyringStoreContractTest implements KeyringStoreContract {
    private final KeyringStore store = KeyringStore.inMemory();

    @Override
    public KeyringStore store() {
        return store;
    }
}
