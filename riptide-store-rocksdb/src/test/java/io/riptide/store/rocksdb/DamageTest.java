package io.riptide.store.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.riptide.entry.StoreKey;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import io.riptide.spi.Condition;
import io.riptide.spi.StoreUsage;
import io.riptide.spi.WriteOutcome.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/** What lies on the disk is not what was written. */
class DamageTest {
    private static final int ENTRIES = 200;

    @TempDir
    private Path directory;

    @BeforeEach
    void fill() {
        try (RocksDbEntryStore store = Stores.open(directory)) {
            for (int i = 0; i < ENTRIES; i++) {
                store.put(Stores.write("small" + i, 2000));
                store.put(Stores.write("large" + i, 8000));
            }
        }
        // Opening once more moves what the log holds into tables.
        Stores.open(directory).close();
    }

    @Test
    void a_damaged_current_is_named_with_what_to_do() throws IOException {
        Files.writeString(directory.resolve("CURRENT"), "garbage");
        refused("CURRENT");
    }

    @Test
    void a_missing_current_is_named_and_nothing_begins_anew() throws IOException {
        Files.delete(directory.resolve("CURRENT"));
        refused("CURRENT is missing");
        assertThat(Files.exists(directory.resolve("CURRENT"))).isFalse();
    }

    @Test
    void a_damaged_manifest_is_named() throws IOException {
        Path manifest = manifest();
        flip(manifest, 20, 200);
        refused(manifest.getFileName().toString());
    }

    @Test
    void a_missing_manifest_is_named() throws IOException {
        Path manifest = manifest();
        Files.delete(manifest);
        refused(manifest.getFileName().toString());
    }

    @Test
    void a_manifest_that_was_cut_does_not_pass_for_an_empty_store() throws IOException {
        Path manifest = manifest();
        Files.write(manifest, Arrays.copyOf(Files.readAllBytes(manifest), 60));
        refused("MANIFEST");
    }

    @Test
    void a_missing_table_is_named() throws IOException {
        Path table = Stores.largest(directory, ".sst");
        Files.delete(table);
        refused(table.getFileName().toString());
    }

    @Test
    void a_cut_table_is_named() throws IOException {
        Path table = Stores.largest(directory, ".sst");
        byte[] bytes = Files.readAllBytes(table);
        Files.write(table, Arrays.copyOf(bytes, bytes.length / 2));
        refused(table.getFileName().toString());
    }

    @Test
    void a_folder_that_is_a_file_is_refused_in_words(@TempDir Path other) throws IOException {
        Path file = Files.writeString(other.resolve("file"), "x");
        assertThatThrownBy(() -> Stores.open(file))
                .isInstanceOfSatisfying(
                        RipTideException.class,
                        e -> assertThat(e.problem().detail()).contains("folder").doesNotContain(other.toString()));
    }

    @Test
    void a_store_of_another_format_is_refused_and_not_touched() throws Exception {
        raw((db, handles) -> db.put(Rows.formatKey(), Rows.big(99)));
        assertThatThrownBy(() -> Stores.open(directory)).hasMessageContaining("format 99 (expected: 2)");
    }

    @Test
    void an_entry_whose_head_is_damaged_counts_as_absent_and_keeps_the_accounts_exact() throws Exception {
        StoreKey overwritten = StoreKey.of("acme", "ns", "small1");
        StoreKey removed = StoreKey.of("acme", "ns", "large1");
        StoreKey left = StoreKey.of("acme", "ns", "small2");
        raw((db, handles) -> {
            for (StoreKey key : List.of(overwritten, removed, left)) {
                db.put(handles.get(Column.HEAD.ordinal()), key.bytes(), new byte[] {1, 2, 3});
            }
        });
        try (RocksDbEntryStore store = Stores.open(directory)) {
            assertThat(store.list("acme", "ns", null, 1000, Stores.NOW).heads()).hasSize(ENTRIES * 2 - 3);
            assertThat(store.remove(removed, Condition.PRESENT, Stores.NOW).kind())
                    .isEqualTo(Kind.CONDITION_FAILED);
            assertThat(store.remove(removed, Condition.NONE, Stores.NOW).kind()).isEqualTo(Kind.ABSENT);
            assertThat(store.put(Stores.write("small1", 1000)).kind()).isEqualTo(Kind.CREATED);
            assertThat(store.usage("acme")).isEqualTo(new StoreUsage(ENTRIES * 10_000L - 8000 - 1000, ENTRIES * 2 - 1));
            store.sweep(Stores.NOW + 60_000);
            assertThat(store.get(left)).isNull();
            assertThat(store.usage("acme")).isEqualTo(new StoreUsage(0, 0));
        }
    }

    @Test
    void a_store_that_is_open_is_not_opened_twice() {
        try (RocksDbEntryStore store = Stores.open(directory)) {
            assertThatThrownBy(() -> Stores.open(directory)).hasMessageContaining("open already");
            assertThat(store.get(StoreKey.of("acme", "ns", "small1"))).isNotNull();
        }
    }

    @Test
    void damaged_bytes_in_a_table_are_counted_misses_and_may_be_written_again() throws IOException {
        Path table = Stores.largest(directory, ".sst");
        flip(table, table.toFile().length() / 4, 3000);
        missesAndHeals("small", 2000);
    }

    @Test
    void damaged_bytes_of_a_large_entry_are_counted_misses_and_may_be_written_again() throws IOException {
        Path blobs = Stores.largest(directory, ".blob");
        flip(blobs, blobs.toFile().length() / 2, 3);
        missesAndHeals("large", 8000);
    }

    private void missesAndHeals(String name, int length) {
        try (RocksDbEntryStore store = Stores.open(directory)) {
            List<StoreKey> keys = new ArrayList<>();
            for (int i = 0; i < ENTRIES; i++) {
                keys.add(StoreKey.of("acme", "ns", name + i));
            }
            List<byte[]> together = store.getAll(keys);
            long missing = together.stream().filter(Objects::isNull).count();
            assertThat(missing).isBetween(1L, 10L);
            assertThat(store.report()).containsEntry("damaged_reads", missing);
            for (int i = 0; i < ENTRIES; i++) {
                byte[] alone = store.get(keys.get(i));
                assertThat(alone).isEqualTo(together.get(i));
                assertThat(alone).isIn(null, Stores.envelope(name + i, 1, length));
                if (alone == null) {
                    assertThat(store.put(Stores.write(name + i, length)).kind()).isEqualTo(Kind.REPLACED);
                    assertThat(store.get(keys.get(i))).isEqualTo(Stores.envelope(name + i, 1, length));
                }
            }
            assertThat(store.usage("acme")).isEqualTo(new StoreUsage(ENTRIES * 10_000L, ENTRIES * 2));
        }
    }

    private void refused(String what) {
        assertThatThrownBy(() -> Stores.open(directory)).isInstanceOfSatisfying(RipTideException.class, e -> {
            assertThat(e.problem().code()).isEqualTo(ProblemCode.STORE_UNAVAILABLE);
            assertThat(e.problem().detail())
                    .contains(what, "backup", "move the folder aside")
                    .doesNotContain(directory.toString());
        });
    }

    private interface Edit {
        void apply(RocksDB db, List<ColumnFamilyHandle> handles) throws RocksDBException;
    }

    /** Changes rows behind the store's back. */
    private void raw(Edit edit) throws RocksDBException {
        List<ColumnFamilyHandle> handles = new ArrayList<>();
        try (NativeOptions options = new NativeOptions(Stores.SMALL)) {
            List<ColumnFamilyDescriptor> columns = Arrays.stream(Column.values())
                    .map(column -> new ColumnFamilyDescriptor(Rows.ascii(column.label()), options.of(column)))
                    .toList();
            try (RocksDB db = RocksDB.open(options.database(), directory.toString(), columns, handles)) {
                edit.apply(db, handles);
                handles.forEach(ColumnFamilyHandle::close);
            }
        }
    }

    private Path manifest() throws IOException {
        return directory.resolve(Files.readString(directory.resolve("CURRENT")).strip());
    }

    private static void flip(Path file, long from, int count) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        for (int i = (int) from; i < from + count && i < bytes.length; i++) {
            bytes[i] ^= 0x55;
        }
        Files.write(file, bytes);
    }
}
