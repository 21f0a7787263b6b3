package io.riptide.store.rocksdb;

import io.riptide.config.CacheConfig.Durability;
import io.riptide.config.StoreConfig;
import io.riptide.entry.Ciphers;
import io.riptide.entry.StoreKey;
import io.riptide.problem.RipTideException;
import io.riptide.spi.Condition;
import io.riptide.spi.Departures;
import io.riptide.spi.EntryStore;
import io.riptide.spi.HeadPage;
import io.riptide.spi.Removal;
import io.riptide.spi.RemovalView;
import io.riptide.spi.Removed;
import io.riptide.spi.StoreUsage;
import io.riptide.spi.StoreWrite;
import io.riptide.spi.StoredDictionary;
import io.riptide.spi.WriteOutcome;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/**
 * Entries in one directory, over RocksDB. The package's description tells what lies where, the bounds and the locks.
 *
 * <p>Safe for use by many threads. After {@link #close} every method throws {@code store-unavailable}.
 */
public final class RocksDbEntryStore implements EntryStore {
    private final Gate gate = new Gate();
    private final Rocks rocks;
    private final Ledger ledger;
    private final Horizon horizon;
    private final WritePath writes;
    private final Sweep sweep;
    private final Eviction eviction;
    private final RemovalBook book;
    private final RemovalPath removing;
    private final Reclaim reclaim;
    private final Listing listing;
    private final Dictionaries dictionaries;
    private final LongAdder damagedReads = new LongAdder();

    private RocksDbEntryStore(Rocks rocks, long sweptMillis) {
        this.rocks = rocks;
        Stripes stripes = new Stripes();
        this.ledger = new Ledger(rocks);
        this.horizon = new Horizon(sweptMillis);
        this.book = new RemovalBook(rocks);
        this.writes = new WritePath(rocks, ledger, horizon, stripes, book);
        this.sweep = new Sweep(rocks, ledger, horizon, stripes, book, writes);
        this.eviction = new Eviction(rocks, ledger, stripes, book, writes);
        this.removing = new RemovalPath(rocks, ledger, book, writes);
        this.reclaim = new Reclaim(rocks, ledger, book, stripes, writes);
        this.listing = new Listing(rocks);
        this.dictionaries = new Dictionaries(rocks);
    }

    /**
     * Opens the store in a directory, which is made where it is not there. One process at a time may have it open.
     *
     * @param directory the store's own; nothing else may lie in it
     * @param config bounds of native memory
     * @param durability what an acknowledged write survives
     * @param commits runs the commits of a store that is {@code SYNCED}, so that many are synced to disk together: a
     *     bounded pool of platform threads, closed by its owner after the store; not used where writes are buffered
     * @throws RipTideException {@code store-unavailable}, whose detail tells an operator what is wrong and what to do
     */
    public static RocksDbEntryStore open(Path directory, StoreConfig config, Durability durability, Executor commits) {
        return open(directory, config, durability, commits, Ciphers.NONE);
    }

    /**
     * The same with tenants that are encrypted.
     *
     * @param ciphers asked from here on to the end
     */
    public static RocksDbEntryStore open(
            Path directory, StoreConfig config, Durability durability, Executor commits, Ciphers ciphers) {
        Rocks rocks = Rocks.open(directory, config, durability, commits, ciphers);
        try {
            byte[] swept = rocks.get(Column.META, Rows.sweptKey());
            return new RocksDbEntryStore(rocks, swept == null ? -1 : Rows.big(swept));
        } catch (RuntimeException e) {
            rocks.close();
            throw e;
        }
    }

    @Override
    public byte @Nullable [] get(StoreKey key) {
        return inside(() -> read(key));
    }

    private byte @Nullable [] read(StoreKey key) {
        return orDamaged(() -> rocks.get(Column.ENTRY, key.bytes()));
    }

    /** A damaged block holds nothing that could be served, and a cache's answer to that is a miss. */
    private <T> @Nullable T orDamaged(Supplier<@Nullable T> read) {
        try {
            return read.get();
        } catch (RipTideException e) {
            if (e.getCause() instanceof RocksDBException cause && Damage.isCorruption(cause)) {
                damagedReads.increment();
                return null;
            }
            throw e;
        }
    }

    @Override
    public List<byte @Nullable []> getAll(List<StoreKey> keys) {
        return inside(() -> {
            List<byte @Nullable []> values = new ArrayList<>(keys.size());
            keys.forEach(key -> values.add(read(key)));
            return values;
        });
    }

    @Override
    public WriteOutcome put(StoreWrite write) {
        return inside(() -> writes.put(write));
    }

    @Override
    public List<WriteOutcome> putAll(List<StoreWrite> batch) {
        return inside(() -> writes.putAll(batch));
    }

    @Override
    public WriteOutcome remove(StoreKey key, Condition condition, long nowMillis) {
        return inside(() -> writes.remove(key, condition, nowMillis));
    }

    @Override
    public void discard(StoreKey key, byte[] damaged) {
        gate.enter();
        try {
            writes.discard(key, damaged);
        } finally {
            gate.leave();
        }
    }

    @Override
    public HeadPage list(String tenantId, String namespace, @Nullable StoreKey after, int limit, long nowMillis) {
        return inside(() -> listing.page(
                tenantId, namespace, after, limit, nowMillis, book.of(tenantId).now()));
    }

    @Override
    public Removed removeAll(Removal removal, Departures departures) {
        return inside(() -> removing.removeAll(removal, departures));
    }

    @Override
    public RemovalView removals(String tenantId) {
        return inside(() -> book.of(tenantId));
    }

    @Override
    public boolean reclaim(long nowMillis, Departures departures) {
        return inside(() -> {
            var unused = horizon.alone(() -> {
                reclaim.step(nowMillis, departures);
                return 0;
            });
            reclaim.compactWhatWasLarge();
            return !book.idle();
        });
    }

    @Override
    public void keepDictionary(StoredDictionary dictionary) {
        gate.enter();
        try {
            dictionaries.keep(dictionary);
        } finally {
            gate.leave();
        }
    }

    @Override
    public @Nullable StoredDictionary dictionary(String tenantId, String namespace, int id) {
        byte[] key = DictionaryRow.key(tenantId, namespace, id);
        return inside(() -> orDamaged(() -> dictionaries.find(key)));
    }

    @Override
    public List<StoredDictionary> dictionaries(String tenantId, String namespace) {
        byte[] prefix = DictionaryRow.prefix(tenantId, namespace);
        return inside(() -> dictionaries.all(prefix));
    }

    @Override
    public long dictionaryBytes(String tenantId) {
        byte[] prefix = DictionaryRow.prefix(tenantId);
        return inside(() -> dictionaries.bytes(prefix));
    }

    @Override
    public void removeDictionaries(String tenantId) {
        gate.enter();
        try {
            dictionaries.removeAll(DictionaryRow.prefix(tenantId));
        } finally {
            gate.leave();
        }
    }

    @Override
    public void removeTenant(String tenantId) {
        byte[] prefix = Rows.ascii(StoreKey.prefix(tenantId));
        byte[] end = Rows.after(prefix);
        byte[] rows = Rows.ofTenant(tenantId);
        byte[] removals = Rows.removals(tenantId);
        gate.enter();
        try {
            var unused = horizon.alone(() -> {
                try (Batch batch = new Batch(rocks, ledger)) {
                    batch.deleteRange(Column.ENTRY, prefix, end);
                    batch.deleteRange(Column.HEAD, prefix, end);
                    batch.deleteRange(Column.USAGE, rows, Rows.after(rows));
                    batch.deleteRange(Column.TAG, rows, Rows.after(rows));
                    batch.deleteRange(Column.META, removals, Rows.after(removals));
                    batch.delete(Column.META, Rows.sequence(tenantId));
                    batch.commit();
                }
                ledger.forget(tenantId);
                book.forget(tenantId);
                return 0;
            });
            dictionaries.removeAll(DictionaryRow.prefix(tenantId));
            // Gives the space back now. Whole files could be dropped faster, but that may bring older versions of rows
            // back that the range deletion covered.
            rocks.compact(Column.ENTRY, prefix, end);
            rocks.compact(Column.HEAD, prefix, end);
            rocks.compact(Column.TAG, rows, Rows.after(rows));
        } finally {
            gate.leave();
        }
        Erasure erasure = new Erasure(rocks, tenantId);
        boolean more = true;
        while (more) {
            more = inside(erasure::round);
        }
    }

    @Override
    public StoreUsage usage(String tenantId) {
        return inside(() -> ledger.usage(tenantId));
    }

    @Override
    public long sweep(long nowMillis, Departures departures) {
        long until = Math.min(nowMillis, Long.MAX_VALUE - 1);
        long before = sweep.removed();
        horizon.raise(until);
        boolean more = true;
        while (more) {
            more = inside(() -> sweep.round(until, departures));
        }
        gate.enter();
        try {
            dictionaries.sweep(until);
        } finally {
            gate.leave();
        }
        return sweep.removed() - before;
    }

    @Override
    public long evict(String tenantId, long bytes, long nowMillis, Departures departures) {
        return inside(() -> eviction.free(tenantId, bytes, nowMillis, departures));
    }

    @Override
    public boolean takesWrites() {
        return inside(() -> !rocks.refusing() || sweep.rewritePosition());
    }

    @Override
    public String durability() {
        return inside(() -> rocks.synced()
                ? "synced: an acknowledged write outlives the machine's end."
                : "buffered: an acknowledged write outlives the process's end, not the machine's.");
    }

    @Override
    public Map<String, Long> report() {
        return inside(() -> {
            Map<String, Long> report = rocks.report();
            report.put("damaged_reads", damagedReads.sum());
            report.put("expired_swept", sweep.removed());
            report.put("removed_reclaimed", reclaim.removed());
            report.put("tenants_in_memory", (long) ledger.size());
            return report;
        });
    }

    @Override
    public void close() {
        gate.close(rocks::stopBackground, rocks::close);
    }

    private <T extends @Nullable Object> T inside(Supplier<T> operation) {
        gate.enter();
        try {
            return operation.get();
        } finally {
            gate.leave();
        }
    }
}
