package io.riptide.store.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.config.CacheConfig.Durability;
import io.riptide.config.StoreConfig;
import io.riptide.entry.StoreKey;
import io.riptide.spi.StoreUsage;
import io.riptide.spi.StoreWrite;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How long a store that was killed takes to answer: what lies in the log is bounded, whatever lies in the tables. */
class RecoveryTest {
    private static final StoreConfig CONFIG = new StoreConfig(64L << 20, 64L << 20);
    private static final int BATCH = 100;

    @TempDir
    private Path directory;

    @Test
    void a_killed_store_answers_with_all_that_was_acknowledged() throws Exception {
        killAfter(20_000, 5000);
    }

    @Tag("proof")
    @Test
    void a_killed_store_of_two_gigabytes_answers_soon() throws Exception {
        killAfter(250_000, 8500);
    }

    private void killAfter(int entries, int length) throws Exception {
        try (Child writer =
                Child.start(Filler.class, directory.toString(), Integer.toString(entries), Integer.toString(length))) {
            assertThat(writer.readLine()).isEqualTo("written");
            writer.kill();
        }
        long began = System.nanoTime();
        try (RocksDbEntryStore store = open(directory)) {
            byte[] last = store.get(StoreKey.of("acme", "ns", "k" + (entries - 1)));
            long millis = (System.nanoTime() - began) / 1_000_000;
            System.out.printf("%d MB: opened and answered in %d ms%n", (long) entries * length / 1_000_000, millis);
            assertThat(last).isEqualTo(Stores.envelope("k" + (entries - 1), 1, length));
            assertThat(store.usage("acme")).isEqualTo(new StoreUsage((long) entries * length, entries));
        }
    }

    private static RocksDbEntryStore open(Path directory) {
        return RocksDbEntryStore.open(directory, CONFIG, Durability.BUFFERED, Runnable::run);
    }

    /** Writes so many entries, says so and waits to be killed. */
    static final class Filler {
        public static void main(String[] arguments) throws Exception {
            try (RocksDbEntryStore store = open(Path.of(arguments[0]))) {
                int entries = Integer.parseInt(arguments[1]);
                int length = Integer.parseInt(arguments[2]);
                for (int i = 0; i < entries; i += BATCH) {
                    List<StoreWrite> writes = new ArrayList<>(BATCH);
                    for (int j = i; j < i + BATCH; j++) {
                        writes.add(Stores.write("k" + j, length));
                    }
                    store.putAll(writes);
                }
                System.out.println("written");
                while (System.in.read() >= 0) {
                    // The parent kills.
                }
            }
        }
    }
}
