package io.riptide.store.rocksdb;

import io.riptide.config.StoreConfig;
import java.util.ArrayDeque;
import java.util.Deque;
import org.rocksdb.AbstractNativeReference;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.Env;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.Priority;
import org.rocksdb.UInt64AddOperator;
import org.rocksdb.WriteBufferManager;

/**
 * RocksDB's options and the memory they share. One cache holds data, index and filter blocks and is charged for the
 * memory tables, so that its capacity (both settings together) bounds all of it.
 */
final class NativeOptions implements AutoCloseable {
    private static final long MIB = 1L << 20;
    private static final long MAX_WAL_BYTES = 64 * MIB;
    private static final long MIN_BLOB_BYTES = 4096;
    private static final int MAX_OPEN_FILES = 512;
    private static final int BACKGROUND_JOBS = 2;
    private static final double INDEX_SHARE = 0.5;
    private static final double BLOOM_BITS = 10;

    private final Deque<AbstractNativeReference> owned = new ArrayDeque<>();
    private final StoreConfig config;
    private final Cache cache;
    private final BloomFilter bloom;
    private final UInt64AddOperator sum;
    private final DBOptions database;

    NativeOptions(StoreConfig config) {
        this.config = config;
        // Compaction yields to requests (decision 0012). The threads are the process's, as is the environment.
        Env.getDefault().lowerThreadPoolCPUPriority(Priority.LOW);
        cache = own(new LRUCache(config.blockCacheBytes() + config.writeBufferBytes(), -1, false, INDEX_SHARE));
        bloom = own(new BloomFilter(BLOOM_BITS));
        sum = own(new UInt64AddOperator());
        WriteBufferManager buffers = own(new WriteBufferManager(config.writeBufferBytes(), cache));
        database = own(new DBOptions())
                .setCreateIfMissing(true)
                .setCreateMissingColumnFamilies(true)
                .setWriteBufferManager(buffers)
                .setMaxTotalWalSize(MAX_WAL_BYTES)
                .setMaxOpenFiles(MAX_OPEN_FILES)
                .setMaxBackgroundJobs(BACKGROUND_JOBS)
                .setBytesPerSync(MIB)
                .setMaxManifestFileSize(16 * MIB)
                .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
                .setMaxLogFileSize(8 * MIB)
                .setKeepLogFileNum(3)
                .setStatsDumpPeriodSec(0)
                .setStatsPersistPeriodSec(0)
                .setSkipStatsUpdateOnDbOpen(true)
                .setParanoidChecks(true);
    }

    DBOptions database() {
        return database;
    }

    Cache cache() {
        return cache;
    }

    /**
     * Options of a column family. A memory table of small rows holds many and its skip list is deep: kept within the
     * processor's cache it takes a row in half the time, while that of the entries is large for the sake of what
     * compaction rewrites (decision 0011).
     */
    ColumnFamilyOptions of(Column column) {
        ColumnFamilyOptions options = own(new ColumnFamilyOptions())
                .setCompressionType(CompressionType.NO_COMPRESSION)
                .setWriteBufferSize(Math.max(MIB, config.writeBufferBytes() / (column == Column.ENTRY ? 4 : 16)))
                .setMaxWriteBufferNumber(3)
                .setLevelCompactionDynamicLevelBytes(true)
                .setTableFormatConfig(new BlockBasedTableConfig()
                        .setBlockCache(cache)
                        .setFilterPolicy(bloom)
                        .setOptimizeFiltersForMemory(true)
                        .setCacheIndexAndFilterBlocks(true)
                        .setCacheIndexAndFilterBlocksWithHighPriority(true)
                        .setPinL0FilterAndIndexBlocksInCache(true));
        if (column == Column.ENTRY) {
            // Compression of blobs is off by default, as it is for the tables: envelopes are compressed already.
            options.setEnableBlobFiles(true)
                    .setMinBlobSize(MIN_BLOB_BYTES)
                    .setBlobFileSize(64 * MIB)
                    .setEnableBlobGarbageCollection(true)
                    .setBlobGarbageCollectionAgeCutoff(0.5)
                    .setBlobGarbageCollectionForceThreshold(0.5);
        } else if (column == Column.USAGE) {
            options.setMergeOperator(sum);
        }
        return options;
    }

    private <T extends AbstractNativeReference> T own(T reference) {
        owned.push(reference);
        return reference;
    }

    /** After the database is closed. */
    @Override
    public void close() {
        while (!owned.isEmpty()) {
            owned.pop().close();
        }
    }
}
