package io.riptide.audit;

import io.riptide.spi.AuditStore;
import io.riptide.testkit.AuditStoreContract;

class MemoryAuditStoreContractTest implements AuditStoreContract {
    private final AuditStore store = new MemoryAuditStore();

    @Override
    public AuditStore store() {
        return store;
    }
}
