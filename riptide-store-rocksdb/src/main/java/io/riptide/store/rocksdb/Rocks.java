package io.riptide.store.rocksdb;

import io.riptide.config.CacheConfig.Durability;
import io.riptide.config.StoreConfig;
import io.riptide.entry.Ciphers;
import io.riptide.problem.Problem;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.CompactRangeOptions;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.Status;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The open database: the native calls, their errors in our words, and the order in which native things are let go.
 * Callers are inside the {@link Gate}.
 */
final class Rocks {
    private static final Logger LOG = LoggerFactory.getLogger(Rocks.class);

    private final NativeOptions options;
    private final RocksDB db;
    private final Map<Column, ColumnFamilyHandle> handles;
    private final int[] ids;
    private final ReadOptions reads = new ReadOptions();
    private final WriteOptions writes;
    private final @Nullable Executor commits;
    /** Whether the last write was refused. */
    private volatile boolean refusing;

    private final Ciphers ciphers;

    private Rocks(
            NativeOptions options,
            RocksDB db,
            List<ColumnFamilyHandle> handles,
            Durability durability,
            Executor commits,
            Ciphers ciphers) {
        this.ciphers = ciphers;
        this.options = options;
        this.db = db;
        this.handles = new EnumMap<>(Column.class);
        for (Column column : Column.values()) {
            this.handles.put(column, handles.get(column.ordinal()));
        }
        this.ids = handles.stream().mapToInt(ColumnFamilyHandle::getID).toArray();
        this.writes =
                new WriteOptions().setSync(durability == Durability.SYNCED).setMemtableInsertHintPerBatch(true);
        this.commits = durability == Durability.SYNCED ? commits : null;
    }

    /** How tenants' bytes are written. */
    Ciphers ciphers() {
        return ciphers;
    }

    /** Whether a write is on the disk before it is acknowledged. */
    boolean synced() {
        return commits != null;
    }

    static Rocks open(Path directory, StoreConfig config, Durability durability, Executor commits, Ciphers ciphers) {
        boolean tables = prepare(directory);
        RocksDB.loadLibrary();
        NativeOptions options = new NativeOptions(config);
        List<ColumnFamilyDescriptor> columns = new ArrayList<>();
        for (Column column : Column.values()) {
            columns.add(new ColumnFamilyDescriptor(Rows.ascii(column.label()), options.of(column)));
        }
        List<ColumnFamilyHandle> handles = new ArrayList<>();
        try {
            RocksDB db = RocksDB.open(options.database(), directory.toString(), columns, handles);
            Rocks rocks = new Rocks(options, db, handles, durability, commits, ciphers);
            rocks.checkFormat(tables);
            return rocks;
        } catch (RocksDBException e) {
            options.close();
            throw Damage.atOpen(e);
        }
    }

    /** Sees to the directory; true where tables lie in it. */
    private static boolean prepare(Path directory) {
        try {
            Files.createDirectories(directory);
            boolean tables = holds(directory, "*.sst");
            if ((tables || holds(directory, "MANIFEST-*")) && !Files.exists(directory.resolve("CURRENT"))) {
                throw Damage.missing("CURRENT");
            }
            return tables;
        } catch (IOException e) {
            throw Damage.noDirectory(e);
        }
    }

    private static boolean holds(Path directory, String glob) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, glob)) {
            return files.iterator().hasNext();
        }
    }

    /**
     * A row's value or null; a damaged block is {@code store-unavailable}. For many rows too: the binding's multi-get
     * costs more a row, and answers null for one that it failed to read.
     */
    byte @Nullable [] get(Column column, byte[] key) {
        try {
            return db.get(handle(column), reads, key);
        } catch (RocksDBException e) {
            throw Damage.unavailable(e);
        }
    }

    ColumnFamilyHandle handle(Column column) {
        ColumnFamilyHandle handle = handles.get(column);
        if (handle == null) {
            throw new IllegalStateException("no such column family");
        }
        return handle;
    }

    /** The number under which a batch names the column family. */
    int id(Column column) {
        return ids[column.ordinal()];
    }

    /** Commits a serialized batch; when this returns it is as durable as the store was opened to be. */
    void write(byte[] batch) {
        Executor executor = commits;
        if (executor == null) {
            writeHere(batch);
            return;
        }
        FutureTask<Void> task = new FutureTask<>(() -> writeHere(batch), null);
        try {
            executor.execute(task);
        } catch (RejectedExecutionException e) {
            throw new RipTideException(Problem.of(ProblemCode.STORE_UNAVAILABLE, "The entry store is closing"), e);
        }
        await(task);
    }

    private void writeHere(byte[] serialized) {
        try (WriteBatch batch = new WriteBatch(serialized)) {
            db.write(writes, batch);
            if (refusing) {
                refusing = false;
            }
        } catch (RocksDBException e) {
            refusing = true;
            throw Damage.unavailable(e);
        }
    }

    /** Whether the last write was refused. */
    boolean refusing() {
        return refusing;
    }

    /** Waits to the end even when interrupted: its outcome moves the accounts. */
    private static void await(FutureTask<Void> task) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    var unused = task.get();
                    return;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RipTideException known) {
                throw known;
            }
            throw new IllegalStateException("a commit failed in an unknown way", e.getCause());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Rows from {@code from} to before {@code to}, in order, as they are now; to be closed. */
    Walk walk(Column column, byte[] from, byte[] to) {
        return new Walk(from, to, column);
    }

    /** Rewrites the files of a range so that what was deleted from it gives its space back. */
    void compact(Column column, byte[] from, byte[] to) {
        try (CompactRangeOptions gentle =
                new CompactRangeOptions().setExclusiveManualCompaction(false).setAllowWriteStall(false)) {
            db.compactRange(handle(column), from, to, gentle);
        } catch (RocksDBException e) {
            Status status = e.getStatus();
            boolean stopped = status != null
                    && (status.getCode() == Status.Code.Incomplete
                            || status.getCode() == Status.Code.ShutdownInProgress);
            if (!stopped) {
                throw Damage.unavailable(e);
            }
        }
    }

    /** Notes the format where the store is new; throws where another one is there, or none beside tables. */
    private void checkFormat(boolean tables) {
        try {
            byte[] format = get(Column.META, Rows.formatKey());
            if (format != null && Rows.big(format) != Rows.FORMAT_VERSION) {
                throw Damage.otherFormat(Rows.big(format));
            }
            if (format == null && tables) {
                throw Damage.emptied();
            }
            if (format == null) {
                db.put(handle(Column.META), writes, Rows.formatKey(), Rows.big(Rows.FORMAT_VERSION));
            }
        } catch (RocksDBException e) {
            close();
            throw Damage.atOpen(e);
        } catch (RipTideException e) {
            close();
            throw e;
        }
    }

    /** Memory and disk in bytes, and how many entries there are about. */
    Map<String, Long> report() {
        Map<String, Long> report = new TreeMap<>();
        report.put("block_cache_bytes", options.cache().getUsage());
        report.put("block_cache_pinned_bytes", options.cache().getPinnedUsage());
        report.put("memtable_bytes", sum("rocksdb.cur-size-all-mem-tables"));
        report.put("table_readers_bytes", sum("rocksdb.estimate-table-readers-mem"));
        report.put("disk_bytes", sum("rocksdb.total-sst-files-size") + sum("rocksdb.total-blob-file-size"));
        report.put("blob_garbage_bytes", property(Column.ENTRY, "rocksdb.live-blob-file-garbage-size"));
        report.put("pending_compaction_bytes", sum("rocksdb.estimate-pending-compaction-bytes"));
        report.put("entries_estimate", property(Column.HEAD, "rocksdb.estimate-num-keys"));
        report.put("background_errors", property(Column.META, "rocksdb.background-errors"));
        return report;
    }

    private long sum(String name) {
        long sum = 0;
        for (Column column : Column.values()) {
            sum += property(column, name);
        }
        return sum;
    }

    private long property(Column column, String name) {
        try {
            return db.getLongProperty(handle(column), name);
        } catch (RocksDBException e) {
            throw Damage.unavailable(e);
        }
    }

    /** Ends compactions that would otherwise keep the closer waiting. */
    void stopBackground() {
        db.cancelAllBackgroundWork(false);
    }

    /** Lets go of everything, in the one order that is safe. Nobody is inside any more. */
    void close() {
        try {
            db.syncWal();
        } catch (RocksDBException e) {
            LOG.warn("The entry store's last writes could not be synced to the disk", e);
        }
        handles.values().forEach(ColumnFamilyHandle::close);
        reads.close();
        writes.close();
        db.close();
        options.close();
    }

    /** A walk over rows. Not safe for several threads. */
    final class Walk implements AutoCloseable {
        private final Slice lower;
        private final Slice upper;
        private final ReadOptions bounds;
        private final RocksIterator rows;

        private Walk(byte[] from, byte[] to, Column column) {
            lower = new Slice(from);
            upper = new Slice(to);
            bounds = new ReadOptions().setIterateLowerBound(lower).setIterateUpperBound(upper);
            rows = db.newIterator(handle(column), bounds);
            rows.seekToFirst();
        }

        /** Whether a row is there; false at the end, {@code store-unavailable} where it cannot be read. */
        boolean valid() {
            if (rows.isValid()) {
                return true;
            }
            try {
                rows.status();
            } catch (RocksDBException e) {
                throw Damage.unavailable(e);
            }
            return false;
        }

        byte[] key() {
            return rows.key();
        }

        byte[] value() {
            return rows.value();
        }

        void next() {
            rows.next();
        }

        @Override
        public void close() {
            rows.close();
            bounds.close();
            lower.close();
            upper.close();
        }
    }
}
