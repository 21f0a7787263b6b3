package io.riptide.proof.erasure;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/** Counts what names a word in the stores themselves, past all of RipTide. */
final class Raw {
    private Raw() {}

    /** Rows of RocksDB whose key or value has the word in it, by column family; the store is closed. */
    static SortedMap<String, Integer> rocksDb(Path folder, String word) {
        SortedMap<String, Integer> counts = new TreeMap<>();
        List<ColumnFamilyHandle> handles = new ArrayList<>();
        try (Options plain = new Options();
                DBOptions options = new DBOptions();
                ColumnFamilyOptions columns = new ColumnFamilyOptions().setMergeOperatorName("uint64add")) {
            List<ColumnFamilyDescriptor> descriptors = RocksDB.listColumnFamilies(plain, folder.toString()).stream()
                    .map(name -> new ColumnFamilyDescriptor(name, columns))
                    .toList();
            try (RocksDB db = RocksDB.openReadOnly(options, folder.toString(), descriptors, handles)) {
                for (ColumnFamilyHandle handle : handles) {
                    count(db, handle, word, counts);
                    handle.close();
                }
            }
        } catch (RocksDBException e) {
            throw new IllegalStateException(e);
        }
        return counts;
    }

    private static void count(RocksDB db, ColumnFamilyHandle handle, String word, SortedMap<String, Integer> counts)
            throws RocksDBException {
        try (RocksIterator rows = db.newIterator(handle)) {
            for (rows.seekToFirst(); rows.isValid(); rows.next()) {
                if (text(rows.key()).contains(word) || text(rows.value()).contains(word)) {
                    counts.merge(text(handle.getName()), 1, Integer::sum);
                }
            }
            rows.status();
        }
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /** Rows of a database that have the word in one of their columns, by table. */
    static SortedMap<String, Integer> sql(String url, String word) {
        String tables = url.startsWith("jdbc:sqlite:")
                ? "SELECT name FROM sqlite_master WHERE type = 'table'"
                : "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'";
        SortedMap<String, Integer> counts = new TreeMap<>();
        try (Connection connection = DriverManager.getConnection(url)) {
            for (String table : strings(connection, tables)) {
                count(connection, table, word, counts);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return counts;
    }

    private static List<String> strings(Connection connection, String query) throws SQLException {
        List<String> found = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                found.add(rows.getString(1));
            }
        }
        return found;
    }

    private static void count(Connection connection, String table, String word, SortedMap<String, Integer> counts)
            throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT * FROM " + table)) {
            int columns = rows.getMetaData().getColumnCount();
            while (rows.next()) {
                boolean names = false;
                for (int i = 1; i <= columns; i++) {
                    String value = rows.getString(i);
                    names |= value != null && value.contains(word);
                }
                if (names) {
                    counts.merge(table, 1, Integer::sum);
                }
            }
        }
    }
}
