package io.riptide.store.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.DBOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.WriteBatch;

/** What is built here is byte for byte what RocksDB's own binding builds. */
class BatchBytesTest {
    @TempDir
    Path directory;

    @BeforeAll
    static void load() {
        RocksDB.loadLibrary();
    }

    @Test
    void everyKindOfRecordOfEveryLengthIsAsTheBindingWritesIt() throws Exception {
        List<ColumnFamilyHandle> columns = new ArrayList<>();
        List<ColumnFamilyDescriptor> names = List.of(
                new ColumnFamilyDescriptor(RocksDB.DEFAULT_COLUMN_FAMILY),
                new ColumnFamilyDescriptor(Rows.ascii("one")),
                new ColumnFamilyDescriptor(Rows.ascii("two")));
        try (DBOptions options = new DBOptions().setCreateIfMissing(true).setCreateMissingColumnFamilies(true);
                RocksDB db = RocksDB.open(options, directory.toString(), names, columns);
                WriteBatch theirs = new WriteBatch()) {
            assertThat(db.getName()).isNotEmpty();
            BatchBytes ours = new BatchBytes();
            for (int length : List.of(0, 1, 127, 128, 300, 16_383, 16_384, 3_000_000)) {
                for (ColumnFamilyHandle column : columns.subList(1, columns.size())) {
                    byte[] key = bytes(length % 1000 + 1, length);
                    byte[] value = bytes(length, 7);
                    theirs.put(column, key, value);
                    ours.put(column.getID(), key, value);
                    theirs.merge(column, key, value);
                    ours.merge(column.getID(), key, value);
                    theirs.delete(column, key);
                    ours.delete(column.getID(), key);
                    theirs.deleteRange(column, key, Rows.next(key));
                    ours.deleteRange(column.getID(), key, Rows.next(key));
                }
            }
            assertThat(ours.count()).isEqualTo(theirs.count());
            assertThat(ours.size()).isEqualTo((int) theirs.getDataSize());
            assertThat(ours.serialized()).isEqualTo(theirs.data());
            columns.forEach(ColumnFamilyHandle::close);
        }
    }

    private static byte[] bytes(int length, int seed) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i * 31 + seed);
        }
        return bytes;
    }
}
