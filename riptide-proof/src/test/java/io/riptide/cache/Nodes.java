package io.riptide.cache;

import io.riptide.config.CacheConfig;
import io.riptide.config.CacheConfig.Compression;
import io.riptide.config.CacheConfig.Durability;
import io.riptide.config.CacheConfig.LoadConfig;
import io.riptide.config.CacheConfig.NamespaceConfig;
import io.riptide.config.StoreConfig;
import io.riptide.entry.StoreKey;
import io.riptide.grant.TenantGrant;
import io.riptide.problem.Problem;
import io.riptide.problem.ProblemCode;
import io.riptide.spi.EntryStore;
import io.riptide.spi.InvalidationFeed;
import io.riptide.spi.TenantRecord;
import io.riptide.store.rocksdb.RocksDbEntryStore;
import io.riptide.testkit.ManualTime;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Two processes' caches over one real store, with a feed by hand each, and time by hand for both. */
final class Nodes implements AutoCloseable {
    private static final CacheConfig CONFIG = new CacheConfig(
            3600,
            86_400,
            1 << 20,
            64 << 20,
            Durability.BUFFERED,
            true,
            Compression.LZ4,
            1024,
            Map.of("forgiving", new NamespaceConfig(100, 0, new LoadConfig(0, 0, 0, 0, 60, 0, 0))));

    final ManualTime time = new ManualTime();
    final Node one;
    final Node two;
    final MemoryLoadLeases loads = new MemoryLoadLeases(time);
    private final RocksDbEntryStore store;

    Nodes(Path folder) {
        store = RocksDbEntryStore.open(folder, new StoreConfig(16 << 20, 16 << 20), Durability.BUFFERED, Runnable::run);
        one = new Node(1);
        two = new Node(1 << 10);
    }

    @Override
    public void close() {
        store.close();
    }

    /** One process: its cache of one tenant, its feed, and its way to the store. */
    final class Node {
        final HandFeed feed = new HandFeed();
        final PersistentCacheManager manager;
        final TenantCache cache;
        final AtomicInteger reads = new AtomicInteger();
        boolean storeAway;
        Runnable beforePut = () -> {};
        /** What was put is there, and whoever put it does not know yet. */
        Runnable afterPut = () -> {};

        private Node(long salt) {
            manager = new PersistentCacheManager(
                    CONFIG, way(), feed, loads, time, salt, Thread::startVirtualThread, Runnable::run, Runnable::run);
            cache = manager.open(
                    new TenantGrant(CacheRig.row("acme", CacheRig.WIDE, TenantRecord.Status.ACTIVE), time));
        }

        Namespace namespace() {
            return cache.namespace("n");
        }

        /** One that has its entries served for a minute where the store does not answer. */
        Namespace forgiving() {
            return cache.namespace("forgiving");
        }

        private EntryStore way() {
            return (EntryStore) Proxy.newProxyInstance(
                    Nodes.class.getClassLoader(), new Class<?>[] {EntryStore.class}, (proxy, method, arguments) -> {
                        if (storeAway) {
                            throw Problem.of(ProblemCode.STORE_UNAVAILABLE, "The store is away.")
                                    .asException();
                        }
                        if (method.getName().startsWith("get")) {
                            reads.incrementAndGet();
                        }
                        boolean put = method.getName().startsWith("put");
                        try {
                            if (put) {
                                beforePut.run();
                            }
                            Object done = method.invoke(store, arguments);
                            if (put) {
                                afterPut.run();
                            }
                            return done;
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    });
        }
    }

    /** Tells what it is told to tell, and proves as much. */
    final class HandFeed implements InvalidationFeed {
        private @Nullable Consumer<StoreKey> listener;
        private Proof proof = new Proof(1, time.preciseNanoTime());

        @Override
        public void listen(Consumer<StoreKey> changed) {
            listener = changed;
        }

        void tell(Namespace namespace, String key) {
            if (listener == null) {
                throw new IllegalStateException("nobody listens");
            }
            listener.accept(StoreKey.of("acme", namespace.name(), key));
        }

        /** All that the store changed until now was told. */
        void prove() {
            proof = new Proof(proof.epoch(), time.preciseNanoTime());
        }

        /** News may have been missed. */
        void begin() {
            proof = new Proof(proof.epoch() + 1, time.preciseNanoTime());
        }

        @Override
        public Proof proof() {
            return proof;
        }

        @Override
        public void close() {
            // Holds nothing.
        }
    }
}
