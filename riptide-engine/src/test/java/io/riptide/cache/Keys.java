package io.riptide.cache;

import io.riptide.SteppedTime;
import io.riptide.config.CacheConfig;
import io.riptide.entry.Removals;
import io.riptide.grant.TenantGrant;
import io.riptide.spi.LoadLeases;
import io.riptide.spi.Quotas;
import io.riptide.spi.RemovalView;
import io.riptide.spi.TenantRecord;
import java.lang.reflect.Proxy;
import java.util.Map;

/** Keys and tenants for tests of what needs no store; whoever touches the store all the same fails. */
final class Keys {
    private Keys() {}

    static final CacheConfig CONFIG = new CacheConfig(
            3600,
            86_400,
            1 << 20,
            1 << 20,
            CacheConfig.Durability.BUFFERED,
            true,
            CacheConfig.Compression.LZ4,
            1024,
            Map.of());

    private static final class NoRemovals implements RemovalView {
        @Override
        public Removals now() {
            return Removals.NONE;
        }

        @Override
        public void judged(long number) {
            throw new IllegalStateException("nothing was removed");
        }
    }

    static L1Key key(String namespace, String key) {
        return new L1Key(tenant("t", new Governor(1 << 20, Runnable::run)).namespace(namespace), key);
    }

    static TenantCache tenant(String id, Governor governor) {
        return tenant(id, governor, Quotas.DEFAULT);
    }

    static TenantCache tenant(String id, Governor governor, Quotas quotas) {
        SteppedTime time = new SteppedTime();
        TenantRecord row = new TenantRecord(
                id, "T", "O", "o@example.com", "free", TenantRecord.Status.ACTIVE, null, quotas, "{}", 0, 0, 1);
        var noStore = (io.riptide.spi.EntryStore) Proxy.newProxyInstance(
                Keys.class.getClassLoader(), new Class<?>[] {io.riptide.spi.EntryStore.class}, (p, method, args) -> {
                    if (method.getName().equals("removals")) {
                        return new NoRemovals();
                    }
                    throw new IllegalStateException("no store here: " + method.getName());
                });
        Tiers tiers = new Tiers(
                CONFIG,
                noStore,
                null,
                new Fence(),
                time,
                new Compression(CONFIG, noStore, time, Runnable::run),
                new Versions(time, 0),
                governor,
                new LoadThreads(Thread::startVirtualThread),
                new LoadTurns(LoadLeases.none(), 0),
                new RestingKeys(time));
        return new TenantCache(new TenantGrant(row, time), tiers);
    }
}
