package io.riptide.proof.encryption;

import io.riptide.RipTide;
import io.riptide.entry.StoreKey;
import io.riptide.spi.Backing;
import io.riptide.spi.UsageStore;
import io.riptide.store.jdbc.SqlControlStore;
import io.riptide.store.rocksdb.RocksDbEntryStore;
import io.riptide.tenant.Keyring;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/** Rows of the embedded store, changed by RocksDB itself. */
class RocksDbTamperingTest extends Tampering {
    @TempDir
    private Path folder;

    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void end() {
        threads.close();
    }

    @Override
    RipTide open(Keyring keyring) {
        RocksDbEntryStore entries = RocksDbEntryStore.open(
                folder.resolve("entries"), CONFIG.rocksdb(), CONFIG.cache().durability(), Runnable::run, keyring);
        SqlControlStore control = SqlControlStore.sqlite(folder.resolve("control.db"), threads);
        return RipTide.open(CONFIG, Backing.alone(entries, control, UsageStore.inMemory()), keyring, null);
    }

    @Override
    void tamper(BiConsumer<Raw, Map<StoreKey, Row>> how) {
        String path = folder.resolve("entries").toString();
        List<ColumnFamilyHandle> handles = new ArrayList<>();
        try (Options plain = new Options();
                DBOptions options = new DBOptions();
                ColumnFamilyOptions columns = new ColumnFamilyOptions().setMergeOperatorName("uint64add")) {
            List<ColumnFamilyDescriptor> descriptors = RocksDB.listColumnFamilies(plain, path).stream()
                    .map(name -> new ColumnFamilyDescriptor(name, columns))
                    .toList();
            try (RocksDB db = RocksDB.open(options, path, descriptors, handles)) {
                Columns raw = new Columns(db, named(handles, "head"), named(handles, "entry"));
                how.accept(raw, raw.rows());
                handles.forEach(ColumnFamilyHandle::close);
            }
        } catch (RocksDBException e) {
            throw new IllegalStateException(e);
        }
    }

    private static ColumnFamilyHandle named(List<ColumnFamilyHandle> handles, String name) throws RocksDBException {
        for (ColumnFamilyHandle handle : handles) {
            if (new String(handle.getName(), StandardCharsets.US_ASCII).equals(name)) {
                return handle;
            }
        }
        throw new IllegalStateException(name);
    }

    private record Columns(RocksDB db, ColumnFamilyHandle heads, ColumnFamilyHandle envelopes) implements Raw {
        @Override
        public Map<StoreKey, Row> rows() {
            Map<StoreKey, Row> rows = new HashMap<>();
            try (RocksIterator all = db.newIterator(envelopes)) {
                for (all.seekToFirst(); all.isValid(); all.next()) {
                    Optional<StoreKey> at = StoreKey.parse(new String(all.key(), StandardCharsets.US_ASCII));
                    rows.put(at.orElseThrow(), new Row(new byte[0], db.get(heads, all.key()), all.value()));
                }
            } catch (RocksDBException e) {
                throw new IllegalStateException(e);
            }
            return rows;
        }

        @Override
        public void put(StoreKey at, Row row) {
            try {
                db.put(heads, at.bytes(), row.head());
                db.put(envelopes, at.bytes(), row.envelope());
            } catch (RocksDBException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
