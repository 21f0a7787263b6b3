package io.riptide.store.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.config.CacheConfig.Durability;
import io.riptide.entry.StoreKey;
import io.riptide.spi.StoreUsage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real process is killed while it writes, again and again over one store: what it acknowledged is there. */
class CrashTest {
    private static final int KILLS_OF_ONE_STORE = 10;

    @TempDir
    private Path directory;

    /** Per key the states it may be in: the last acknowledged one, then those that were begun after it. */
    private final Map<String, List<String>> possible = new HashMap<>();

    @Test
    void what_was_acknowledged_survives_kill_and_accounts_are_exact() throws Exception {
        for (int round = 0; round < 3; round++) {
            killWhileWriting(Durability.BUFFERED, round, 4000);
            verify();
        }
    }

    @Test
    void so_it_is_where_writes_are_synced() throws Exception {
        killWhileWriting(Durability.SYNCED, 1, 300);
        verify();
    }

    @Tag("proof")
    @RepeatedTest(10)
    void what_was_acknowledged_survives_each_of_many_kills(RepetitionInfo repetition) throws Exception {
        int seed = repetition.getCurrentRepetition();
        SplittableRandom random = new SplittableRandom(seed);
        long acknowledged = 0;
        for (int kill = 0; kill < KILLS_OF_ONE_STORE; kill++) {
            Durability durability = random.nextInt(5) == 0 ? Durability.SYNCED : Durability.BUFFERED;
            int most = durability == Durability.SYNCED ? 2000 : 60_000;
            acknowledged += killWhileWriting(durability, 100 * seed + kill, 1 + random.nextInt(most));
            verify();
        }
        System.out.printf("seed %d: %d kills, %d acknowledged%n", seed, KILLS_OF_ONE_STORE, acknowledged);
    }

    /**
     * Reads "B key state" where a write begins and "A key state" where it was acknowledged, then kills; how many were
     * acknowledged.
     */
    private int killWhileWriting(Durability durability, int seed, int acknowledgements) throws Exception {
        try (Child writer =
                Child.start(CrashWriter.class, directory.toString(), durability.name(), Integer.toString(seed))) {
            int acknowledged = 0;
            for (String line = writer.readLine(); line != null; line = writer.readLine()) {
                acknowledged += note(line) ? 1 : 0;
                if (acknowledged == acknowledgements) {
                    writer.kill();
                }
            }
            assertThat(acknowledged).isGreaterThanOrEqualTo(acknowledgements);
            return acknowledged;
        }
    }

    private boolean note(String line) {
        String[] words = line.split(" ");
        if (words.length != 3 || !line.endsWith(".")) {
            return false; // the line that the kill cut
        }
        List<String> states = possible.computeIfAbsent(words[1], key -> new ArrayList<>(List.of("-.")));
        if (words[0].equals("A")) {
            states.clear();
        }
        states.add(words[2]);
        return words[0].equals("A");
    }

    private void verify() {
        assertThat(possible).isNotEmpty();
        try (RocksDbEntryStore store = Stores.open(directory)) {
            for (Map.Entry<String, List<String>> key : possible.entrySet()) {
                byte[] value = store.get(StoreKey.of(tenant(key.getKey()), "ns", key.getKey()));
                String found = CrashWriter.state(key.getKey(), value);
                assertThat(found).as("state of %s", key.getKey()).isIn(key.getValue());
                key.setValue(new ArrayList<>(List.of(found)));
            }
            for (int tenant = 0; tenant < CrashWriter.THREADS; tenant++) {
                StoreUsage counted = Stores.recount(store, "t" + tenant);
                assertThat(store.usage("t" + tenant)).isEqualTo(counted);
            }
        }
    }

    private static String tenant(String key) {
        return key.substring(0, key.indexOf('-'));
    }
}
