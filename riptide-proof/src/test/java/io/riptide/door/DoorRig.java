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
import io.riptide.entry.AesGcm;
import io.riptide.problem.Problem;
import io.riptide.problem.ProblemCode;
import io.riptide.quota.PermitRounds;
import io.riptide.spi.ControlStore;
import io.riptide.spi.EntryStore;
import io.riptide.spi.KeyringStore;
import io.riptide.spi.PermitLeases;
import io.riptide.store.jdbc.SqlControlStore;
import io.riptide.store.rocksdb.RocksDbEntryStore;
import io.riptide.tenant.Keyring;
import io.riptide.tenant.MasterKey;
import io.riptide.tenant.TenantManager;
import io.riptide.tenant.TenantManager.NewTenant;
import io.riptide.tenant.TenantManager.QuotaPatch;
import io.riptide.testkit.ManualTime;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * A door over real stores, with time by hand, a count of the control store's calls, and switches that take stores away.
 */
final class DoorRig implements AutoCloseable {
    static final String ENVIRONMENT_KEY = "an environment's admin key";

    final ManualTime time = new ManualTime();
    final AtomicInteger storeCalls = new AtomicInteger();
    final AtomicInteger removals = new AtomicInteger();
    volatile boolean storeAway;
    volatile boolean entriesAway;
    /** Whether this is the process that erases. */
    volatile boolean erases = true;

    final KeyringStore rings = KeyringStore.inMemory();
    final ControlStore store;
    final PersistentCacheManager cache;
    final TenantManager tenants;
    final AuditLog audit;
    final Door door;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final SqlControlStore control;
    private final RocksDbEntryStore entries;
    private final boolean shared;
    private volatile ControlStore.Changes listener;

    DoorRig(Path folder) {
        this(folder, true, ENVIRONMENT_KEY, Runnable::run);
    }

    DoorRig(Path folder, boolean enabled, String environmentKey, Executor background, String... settings) {
        this(folder, enabled, environmentKey, background, false, settings);
    }

    /** One of several processes over the same control store: what the others change is told by {@link #elsewhere}. */
    static DoorRig shared(Path folder, String environmentKey, Executor background) {
        return new DoorRig(folder, true, environmentKey, background, true);
    }

    private DoorRig(
            Path folder,
            boolean enabled,
            String environmentKey,
            Executor background,
            boolean shared,
            String... settings) {
        this.shared = shared;
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
                cacheConfig, watchedEntries(), time, Thread::startVirtualThread, Runnable::run, Runnable::run);
        AesGcm gcm = new AesGcm(new SecureRandom());
        MasterKey master = new MasterKey(Base64.getEncoder().encodeToString(new byte[32]), gcm);
        Keyring keyring = Keyring.open(rings, master, gcm, new SecureRandom(), time::wallMillis);
        tenants = new TenantManager(config.tenant(), config.billing(), store, time, new SecureRandom(), keyring);
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
                () -> erases);
    }

    /** Who is told of what other processes change. */
    ControlStore.Changes elsewhere() {
        return Objects.requireNonNull(listener);
    }

    static PersistenceConfig config(String... settings) {
        return switch (new ConfigLoader(Map.of()).load(List.of(), List.of(settings))) {
            case ConfigOutcome.Valid valid -> valid.config();
            case ConfigOutcome.Invalid invalid -> throw invalid.asProblem().asException();
        };
    }

    private ControlStore watched() {
        return proxy(ControlStore.class, (proxy, method, arguments) -> {
            if (method.getName().equals("listen")) {
                listener = (ControlStore.Changes) arguments[0];
                return null;
            }
            if (method.getName().equals("shared")) {
                return shared;
            }
            storeCalls.incrementAndGet();
            return unlessAway(storeAway, control, method, arguments);
        });
    }

    private EntryStore watchedEntries() {
        return proxy(EntryStore.class, (proxy, method, arguments) -> {
            if (method.getName().equals("removeDictionaries")) {
                removals.incrementAndGet();
            }
            return unlessAway(entriesAway, entries, method, arguments);
        });
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(DoorRig.class.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private static Object unlessAway(boolean away, Object store, Method method, Object[] arguments) throws Throwable {
        if (away) {
            throw Problem.of(ProblemCode.STORE_UNAVAILABLE, "Switched off.").asException();
        }
        try {
            return method.invoke(store, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    /** Creates a tenant; its first key. */
    String tenant(String id) {
        return tenants.create(new NewTenant(id, "T", "O", "o@example.com", "free", QuotaPatch.NONE, null))
                .key()
                .apiKey();
    }

    /** The same for one that is encrypted. */
    String encrypted(String id) {
        return tenants.create(
                        new NewTenant(id, "T", "O", "o@example.com", "free", QuotaPatch.NONE, null, List.of(), true))
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
