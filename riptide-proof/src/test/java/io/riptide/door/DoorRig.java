package io.riptide.door;

import io.riptide.audit.AuditKeys;
import io.riptide.audit.AuditLog;
import io.riptide.cache.PersistentCacheManager;
import io.riptide.config.CacheConfig;
import io.riptide.config.CacheConfig.Compression;
import io.riptide.config.CacheConfig.Durability;
import io.riptide.config.ConfigLoader;
import io.riptide.config.ConfigOutcome;
import io.riptide.config.PersistenceConfig;
import io.riptide.config.StoreConfig;
import io.riptide.problem.Problem;
import io.riptide.problem.ProblemCode;
import io.riptide.quota.PermitRounds;
import io.riptide.spi.ControlStore;
import io.riptide.spi.PermitLeases;
import io.riptide.store.jdbc.SqlControlStore;
import io.riptide.store.rocksdb.RocksDbEntryStore;
import io.riptide.tenant.TenantManager;
import io.riptide.tenant.TenantManager.NewTenant;
import io.riptide.tenant.TenantManager.QuotaPatch;
import io.riptide.testkit.ManualTime;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * A door over real stores, with time by hand, a count of the control store's calls, and a switch that takes it away.
 */
final class DoorRig implements AutoCloseable {
    static final String ENVIRONMENT_KEY = "an environment's admin key";

    final ManualTime time = new ManualTime();
    final AtomicInteger storeCalls = new AtomicInteger();
    volatile boolean storeAway;

    final ControlStore store;
    final PersistentCacheManager cache;
    final TenantManager tenants;
    final AuditLog audit;
    final Door door;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final SqlControlStore control;
    private final RocksDbEntryStore entries;

    DoorRig(Path folder) {
        this(folder, true, ENVIRONMENT_KEY, Runnable::run);
    }

    DoorRig(Path folder, boolean enabled, String environmentKey, Executor background, String... settings) {
        CacheConfig cacheConfig = new CacheConfig(
                3600, 86_400, 1 << 20, 64 << 20, Durability.BUFFERED, true, Compression.LZ4, 1024, Map.of());
        PersistenceConfig config = config(Stream.concat(
                        Stream.of(
                                "persistence.tenant.enabled=" + enabled,
                                "persistence.tenant.default_quotas.memory_bytes=1048576",
                                "persistence.tenant.default_quotas.storage_bytes=1048576"),
                        Stream.of(settings))
                .toArray(String[]::new));
        control = SqlControlStore.sqlite(folder.resolve("control.db"), threads);
        store = watched();
        entries = RocksDbEntryStore.open(
                folder.resolve("entries"), new StoreConfig(16 << 20, 16 << 20), Durability.BUFFERED, Runnable::run);
        cache = new PersistentCacheManager(
                cacheConfig, entries, time, Thread::startVirtualThread, Runnable::run, Runnable::run);
        tenants = new TenantManager(config.tenant(), config.billing(), store, time, new SecureRandom());
        audit = new AuditLog(control.audit(), AuditKeys.ofThisProcess(new SecureRandom()), time);
        door = new Door(
                config,
                tenants,
                store,
                cache,
                audit,
                new PermitRounds(PermitLeases.none(), time),
                time,
                environmentKey,
                background,
                () -> true);
    }

    static PersistenceConfig config(String... settings) {
        return switch (new ConfigLoader(Map.of()).load(List.of(), List.of(settings))) {
            case ConfigOutcome.Valid valid -> valid.config();
            case ConfigOutcome.Invalid invalid -> throw invalid.asProblem().asException();
        };
    }

    private ControlStore watched() {
        return (ControlStore) Proxy.newProxyInstance(
                DoorRig.class.getClassLoader(), new Class<?>[] {ControlStore.class}, (proxy, method, arguments) -> {
                    storeCalls.incrementAndGet();
                    if (storeAway) {
                        throw Problem.of(ProblemCode.STORE_UNAVAILABLE, "Switched off.")
                                .asException();
                    }
                    try {
                        return method.invoke(control, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    /** Creates a tenant; its first key. */
    String tenant(String id) {
        return tenants.create(new NewTenant(id, "T", "O", "o@example.com", "free", QuotaPatch.NONE, null))
                .key()
                .apiKey();
    }

    @Override
    public void close() {
        entries.close();
        control.close();
        threads.close();
    }
}
