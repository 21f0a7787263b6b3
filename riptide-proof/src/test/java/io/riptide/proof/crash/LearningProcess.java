package io.riptide.proof.crash;

import io.riptide.cache.Namespace;
import io.riptide.cache.PersistentCacheManager;
import io.riptide.cache.PutOptions;
import io.riptide.config.CacheConfig;
import io.riptide.config.CacheConfig.Compression;
import io.riptide.config.CacheConfig.Durability;
import io.riptide.config.PersistenceConfig;
import io.riptide.grant.TenantGrant;
import io.riptide.proof.compress.Documents;
import io.riptide.spi.EntryStore;
import io.riptide.spi.Quotas;
import io.riptide.spi.StoredDictionary;
import io.riptide.spi.TenantRecord;
import io.riptide.spi.Time;
import io.riptide.store.rocksdb.RocksDbEntryStore;
import io.riptide.testkit.ManualTime;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * The process that {@link KilledWhileLearningTest} kills: a namespace whose dictionary is trained, used, kept longer,
 * followed by another and at last not needed any more. It says which entry was acknowledged, and stands still at the
 * step that it is told, to be killed there.
 */
final class LearningProcess {
    /** Where it stands still. */
    enum Step {
        BEFORE_THE_FIRST_IS_KEPT,
        BEFORE_THE_FIRST_IS_USED,
        WHILE_THE_FIRST_IS_USED,
        BEFORE_IT_IS_KEPT_LONGER,
        AFTER_IT_IS_KEPT_LONGER,
        BEFORE_ANOTHER_IS_KEPT,
        BEFORE_ANOTHER_IS_USED,
        WHILE_BOTH_ARE_NEEDED,
        BEFORE_THE_FIRST_GOES,
        AFTER_THE_FIRST_WENT
    }

    static final String HERE = "HERE";
    static final Duration LIFE = Duration.ofHours(1);
    private static final String TENANT = "acme";
    private static final Quotas PLENTY = new Quotas(1 << 20, 1_000_000_000, 1L << 40, 1);
    private static final int SOME = 100;
    private static final int OF_FIRST_KIND = 4 * SOME;

    private final Step stop;
    private final ManualTime time = new ManualTime();
    private final PersistentCacheManager manager;
    private final Namespace orders;
    private boolean another;
    private int written;

    private LearningProcess(EntryStore store, Step stop) {
        this.stop = stop;
        this.manager = manager(watched(store), time);
        this.orders = namespace(manager, time);
    }

    static PersistentCacheManager manager(EntryStore store, Time time) {
        CacheConfig config = new CacheConfig(
                3600,
                86_400,
                1 << 20,
                64 << 20,
                Durability.BUFFERED,
                true,
                Compression.ZSTD_DICTIONARY,
                1024,
                Map.of());
        return new PersistentCacheManager(
                config, store, time, Thread::startVirtualThread, Runnable::run, Runnable::run);
    }

    static Namespace namespace(PersistentCacheManager manager, Time time) {
        TenantRecord row = new TenantRecord(
                TENANT, TENANT, "", "", "free", TenantRecord.Status.ACTIVE, null, PLENTY, "{}", 0, 0, 1);
        return manager.open(new TenantGrant(row, time)).namespace("orders");
    }

    static RocksDbEntryStore open(Path folder) {
        return RocksDbEntryStore.open(
                folder, PersistenceConfig.defaults().rocksdb(), Durability.BUFFERED, Runnable::run);
    }

    /** What was written under the nth key. */
    static byte[] value(int n) {
        return n < OF_FIRST_KIND ? new Documents(n).next() : notice(n);
    }

    private static byte[] notice(int seed) {
        return ("<notice><to>" + letters(seed, 300) + "</to><terms>" + letters(-1, 1500) + "</terms></notice>")
                .getBytes(StandardCharsets.UTF_8);
    }

    private static String letters(int seed, int count) {
        SplittableRandom random = new SplittableRandom(seed);
        StringBuilder text = new StringBuilder();
        random.ints(count, 'a', 'z' + 1).forEach(c -> text.append((char) c));
        return text.toString();
    }

    public static void main(String[] arguments) throws InterruptedException {
        new LearningProcess(open(Path.of(arguments[0])), Step.valueOf(arguments[1])).run();
    }

    private void run() throws InterruptedException {
        write(2 * SOME);
        manager.tick();
        manager.sweep();
        write(SOME);
        reached(Step.WHILE_THE_FIRST_IS_USED);
        time.advance(LIFE.dividedBy(2));
        write(SOME);
        manager.tick();
        manager.sweep();
        for (int n = 0; !another && n < 100; n++) {
            write(SOME);
            manager.tick();
            manager.sweep();
        }
        write(SOME);
        reached(Step.WHILE_BOTH_ARE_NEEDED);
        time.advance(LIFE.multipliedBy(2).minusMinutes(1));
        write(SOME);
        manager.tick();
        manager.sweep();
        write(SOME);
        time.advance(LIFE.minusMinutes(1));
        reached(Step.BEFORE_THE_FIRST_GOES);
        manager.tick();
        manager.sweep();
        reached(Step.AFTER_THE_FIRST_WENT);
        throw new IllegalStateException("it went on to the end");
    }

    private void write(int count) {
        for (int i = 0; i < count; i++) {
            orders.put("k" + written, value(written), PutOptions.ttl(LIFE));
            System.out.println(written + " " + time.wallMillis() + ".");
            written++;
        }
    }

    private void reached(Step step) throws InterruptedException {
        if (step == stop) {
            System.out.println(HERE);
            new CountDownLatch(1).await();
        }
    }

    /** The store, standing still before or after a dictionary is kept. */
    private EntryStore watched(EntryStore store) {
        return (EntryStore) Proxy.newProxyInstance(
                EntryStore.class.getClassLoader(),
                new Class<?>[] {EntryStore.class},
                (proxy, method, args) -> method.getName().equals("keepDictionary")
                        ? keep(store, (StoredDictionary) args[0])
                        : invoke(store, method, args));
    }

    private @Nullable Object keep(EntryStore store, StoredDictionary dictionary) throws InterruptedException {
        List<StoredDictionary> there = store.dictionaries(TENANT, "orders");
        if (there.isEmpty()) {
            keep(store, dictionary, Step.BEFORE_THE_FIRST_IS_KEPT, Step.BEFORE_THE_FIRST_IS_USED);
        } else if (there.stream().anyMatch(one -> one.id() == dictionary.id())) {
            keep(store, dictionary, Step.BEFORE_IT_IS_KEPT_LONGER, Step.AFTER_IT_IS_KEPT_LONGER);
        } else {
            another = true;
            keep(store, dictionary, Step.BEFORE_ANOTHER_IS_KEPT, Step.BEFORE_ANOTHER_IS_USED);
        }
        return null;
    }

    private void keep(EntryStore store, StoredDictionary dictionary, Step before, Step after)
            throws InterruptedException {
        reached(before);
        store.keepDictionary(dictionary);
        reached(after);
    }

    private static Object invoke(EntryStore store, Method method, Object[] args) throws Throwable {
        try {
            return method.invoke(store, args);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
