package io.riptide.server;

import io.riptide.config.PersistenceConfig;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import io.riptide.spi.ControlStore;
import io.riptide.spi.EntryStore;
import io.riptide.store.jdbc.SqlControlStore;
import io.riptide.store.rocksdb.DataFolder;
import io.riptide.store.rocksdb.RocksDbEntryStore;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The stores that the configuration names: the one place where an implementation is chosen. */
final class Stores implements AutoCloseable {
    /** As many commits wait for one flush of the disk at most. */
    private static final int COMMIT_THREADS = 16;

    private final DataFolder folder;
    private final ExecutorService commits;
    private final ExecutorService lanes;
    private final EntryStore entries;
    private final ControlStore control;

    private Stores(
            DataFolder folder,
            ExecutorService commits,
            ExecutorService lanes,
            EntryStore entries,
            ControlStore control) {
        this.folder = folder;
        this.commits = commits;
        this.lanes = lanes;
        this.entries = entries;
        this.control = control;
    }

    /** Takes the folder and opens both stores in it; {@code conflict} where another process owns it. */
    static Stores open(PersistenceConfig config, Path data) {
        DataFolder folder = DataFolder.own(data);
        ExecutorService commits = Executors.newFixedThreadPool(
                COMMIT_THREADS,
                Thread.ofPlatform().name("riptide-commit-", 0).daemon().factory());
        ExecutorService lanes = Executors.newCachedThreadPool(
                Thread.ofPlatform().name("riptide-control-", 0).daemon().factory());
        EntryStore entries = null;
        try {
            entries = RocksDbEntryStore.open(
                    folder.entries(), config.rocksdb(), config.cache().durability(), commits);
            ControlStore control = SqlControlStore.sqlite(folder.path().resolve("control.db"), lanes);
            return new Stores(folder, commits, lanes, entries, control);
        } catch (RuntimeException e) {
            if (entries != null) {
                entries.close();
            }
            commits.shutdown();
            lanes.shutdown();
            folder.close();
            throw e;
        }
    }

    EntryStore entries() {
        return entries;
    }

    ControlStore control() {
        return control;
    }

    /** Whether the entry store answers, by asking it. */
    boolean entriesHealthy() {
        try {
            return !entries.report().isEmpty();
        } catch (RipTideException e) {
            return e.problem().code() != ProblemCode.STORE_UNAVAILABLE;
        }
    }

    /** After the stores were closed by whoever was given them. */
    @Override
    public void close() {
        commits.shutdown();
        lanes.shutdown();
        folder.close();
    }
}
