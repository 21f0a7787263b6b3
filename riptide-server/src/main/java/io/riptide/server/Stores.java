package io.riptide.server;

import io.riptide.config.PersistenceConfig;
import io.riptide.entry.AesGcm;
import io.riptide.entry.Ciphers;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import io.riptide.spi.Backing;
import io.riptide.spi.ControlStore;
import io.riptide.spi.KeyringStore;
import io.riptide.spi.UsageStore;
import io.riptide.store.jdbc.SqlControlStore;
import io.riptide.store.jdbc.SqlKeyringStore;
import io.riptide.store.jdbc.SqlUsageStore;
import io.riptide.store.redis.RedisBacking;
import io.riptide.store.rocksdb.DataFolder;
import io.riptide.store.rocksdb.RocksDbEntryStore;
import io.riptide.tenant.Keyring;
import io.riptide.tenant.MasterKey;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The stores that the configuration names: the one place where an implementation is chosen. */
public final class Stores implements AutoCloseable {
    /** As many commits wait for one flush of the disk at most. */
    private static final int COMMIT_THREADS = 16;

    private static final Logger LOG = LoggerFactory.getLogger(Stores.class);

    private final Backing backing;
    private final Keyring keyring;
    /** What the stores stand on, to be closed after them, the last first. */
    private final Deque<Runnable> below;

    private Stores(Backing backing, Keyring keyring, Deque<Runnable> below) {
        this.backing = backing;
        this.keyring = keyring;
        this.below = below;
    }

    /**
     * Takes the folder and opens the stores: in it, or where the configuration says; {@code conflict} where another
     * process owns the folder.
     */
    public static Stores open(PersistenceConfig config, Path data) {
        Deque<Runnable> below = new ArrayDeque<>();
        try {
            DataFolder folder = DataFolder.own(data);
            below.push(folder::close);
            SqlControlStore control = control(config, folder, below);
            UsageStore usage = usage(config, folder, control, below);
            Keyring keyring = keyring(config, folder, control, below);
            return new Stores(entries(config, folder, control, usage, keyring, below), keyring, below);
        } catch (RuntimeException e) {
            below.forEach(Runnable::run);
            throw e;
        }
    }

    private static SqlControlStore control(PersistenceConfig config, DataFolder folder, Deque<Runnable> below) {
        ExecutorService lanes = Executors.newCachedThreadPool(
                Thread.ofPlatform().name("riptide-control-", 0).daemon().factory());
        below.push(lanes::shutdown);
        SqlControlStore control = config.control().shared()
                ? SqlControlStore.postgres(config.control().url(), lanes)
                : SqlControlStore.sqlite(folder.path().resolve("control.db"), lanes);
        if (config.redis().used() != config.control().shared()) {
            LOG.warn("Only one of persistence.redis.url and persistence.control.url is set: run one node alone so");
        }
        below.push(control::close);
        return control;
    }

    private static UsageStore usage(
            PersistenceConfig config, DataFolder folder, SqlControlStore control, Deque<Runnable> below) {
        if (config.control().shared()) {
            return control.usage();
        }
        ExecutorService lanes = Executors.newCachedThreadPool(
                Thread.ofPlatform().name("riptide-usage-", 0).daemon().factory());
        below.push(lanes::shutdown);
        UsageStore usage = SqlUsageStore.sqlite(folder.path().resolve("usage.db"), lanes);
        below.push(usage::close);
        return usage;
    }

    private static Keyring keyring(
            PersistenceConfig config, DataFolder folder, SqlControlStore control, Deque<Runnable> below) {
        KeyringStore store;
        if (config.control().shared()) {
            store = control.keyring();
        } else {
            ExecutorService lanes = Executors.newCachedThreadPool(
                    Thread.ofPlatform().name("riptide-keyring-", 0).daemon().factory());
            below.push(lanes::shutdown);
            store = SqlKeyringStore.sqlite(folder.path().resolve("keyring.db"), lanes);
            below.push(store::close);
        }
        SecureRandom random = new SecureRandom();
        AesGcm gcm = new AesGcm(random);
        MasterKey master = config.security().hasMasterKey()
                ? new MasterKey(config.security().masterKey(), gcm)
                : null;
        return Keyring.open(store, master, gcm, random, System::currentTimeMillis);
    }

    private static Backing entries(
            PersistenceConfig config,
            DataFolder folder,
            ControlStore control,
            UsageStore usage,
            Ciphers ciphers,
            Deque<Runnable> below) {
        if (config.redis().used()) {
            ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().name("riptide-feed").daemon().factory());
            below.push(timer::shutdownNow);
            RedisBacking redis =
                    RedisBacking.open(config.redis(), timer, System::nanoTime, new SecureRandom(), ciphers);
            return new Backing(redis.entries(), control, redis.feed(), redis.permits(), redis.loads(), usage);
        }
        ExecutorService commits = Executors.newFixedThreadPool(
                COMMIT_THREADS,
                Thread.ofPlatform().name("riptide-commit-", 0).daemon().factory());
        below.push(commits::shutdown);
        return Backing.alone(
                RocksDbEntryStore.open(
                        folder.entries(), config.rocksdb(), config.cache().durability(), commits, ciphers),
                control,
                usage);
    }

    Keyring keyring() {
        return keyring;
    }

    /** For an engine over them. */
    public Backing backing() {
        return backing;
    }

    /** Whether the entry store answers, by asking it. */
    boolean entriesHealthy() {
        try {
            return !backing.entries().report().isEmpty();
        } catch (RipTideException e) {
            return e.problem().code() != ProblemCode.STORE_UNAVAILABLE;
        }
    }

    /** After the stores were closed by whoever was given them. */
    @Override
    public void close() {
        below.forEach(Runnable::run);
    }
}
