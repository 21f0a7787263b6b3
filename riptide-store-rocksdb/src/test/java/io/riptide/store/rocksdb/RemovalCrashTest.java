package io.riptide.store.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.entry.Head;
import io.riptide.entry.Scope;
import io.riptide.entry.StoreKey;
import io.riptide.spi.HeadPage;
import io.riptide.spi.Removal;
import io.riptide.spi.StoreUsage;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real process is killed while it writes, removes many, works removals off and sweeps: what was acknowledged holds,
 * and accounts are exact, before the rest is worked off and after.
 */
class RemovalCrashTest {
    @TempDir
    private Path directory;

    /** By namespace and key, the version of its last acknowledged write since it was last removed. */
    private final Map<String, Long> there = new HashMap<>();
    /** What else may be: the step that was under way. */
    private String doubtful = "";

    @Test
    void removals_hold_through_kills() throws Exception {
        for (int round = 0; round < 3; round++) {
            killAfter(40, round);
            verify();
        }
    }

    @Tag("proof")
    @RepeatedTest(10)
    void removals_hold_through_each_of_many_kills(RepetitionInfo repetition) throws Exception {
        SplittableRandom random = new SplittableRandom(repetition.getCurrentRepetition());
        int steps = 0;
        for (int kill = 0; kill < 10; kill++) {
            int acknowledged = 1 + random.nextInt(200);
            killAfter(acknowledged, random.nextInt());
            verify();
            steps += acknowledged;
        }
        System.out.printf("seed %d: 10 kills, %d steps%n", repetition.getCurrentRepetition(), steps);
    }

    private void killAfter(int acknowledgements, int seed) throws Exception {
        try (Child child = Child.start(RemovalCrashWriter.class, directory.toString(), Integer.toString(seed))) {
            int acknowledged = 0;
            for (String line = child.readLine(); line != null; line = child.readLine()) {
                String[] words = line.split(" ");
                if (!words[words.length - 1].equals(".")) {
                    continue; // the line that the kill cut
                }
                if (words[0].equals("B")) {
                    doubtful = line;
                    continue;
                }
                doubtful = "";
                apply(words);
                if (++acknowledged == acknowledgements) {
                    child.kill();
                }
            }
            assertThat(acknowledged).isGreaterThanOrEqualTo(acknowledgements);
        }
    }

    private void apply(String[] words) {
        if (words[1].equals("W")) {
            int from = Integer.parseInt(words[3]);
            for (int i = from; i < from + RemovalCrashWriter.BATCH; i++) {
                there.put(words[2] + "/" + i, Long.parseLong(words[4]));
            }
        } else {
            Scope scope = RemovalCrashWriter.scope(words[2]);
            there.keySet().removeIf(name -> covers(scope, name));
        }
    }

    private static boolean covers(Scope scope, String name) {
        String key = name.substring(2);
        return scope.covers(name.substring(0, 1), head(key));
    }

    private static Head head(String key) {
        return new Head(key, "", 0, 1, 1, 1, 1, RemovalCrashWriter.tags(Integer.parseInt(key)), List.of());
    }

    private void verify() {
        try (RocksDbEntryStore store = Stores.open(directory)) {
            Map<String, Long> found = found(store);
            assertAsAcknowledged(found);
            StoreUsage usage = store.usage("acme");
            while (store.reclaim()) {
                assertThat(store.usage("acme"))
                        .as("hidden entries are off the sums")
                        .isEqualTo(usage);
            }
            assertThat(found(store)).isEqualTo(found);
            there.clear();
            there.putAll(found);
            doubtful = "";
        }
        try (RocksDbEntryStore store = Stores.open(directory)) {
            assertThat(store.removals("acme").now().marks())
                    .as("nothing is left to do")
                    .isEmpty();
            store.removeAll(new Removal("acme", new Scope.InNamespace("b"), Removal.Mode.REMOVE, Stores.NOW));
            there.keySet().removeIf(name -> name.startsWith("b/"));
            assertThat(found(store))
                    .as("the sums of a namespace agree with its entries")
                    .isEqualTo(there);
        }
    }

    private void assertAsAcknowledged(Map<String, Long> found) {
        String[] words = doubtful.split(" ");
        Set<String> names = new HashSet<>(there.keySet());
        names.addAll(found.keySet());
        for (String name : names) {
            Long version = found.get(name);
            boolean asBefore = Objects.equals(version, there.get(name));
            boolean asUnderWay = words.length > 2
                    && (words[1].equals("R")
                            ? version == null && covers(RemovalCrashWriter.scope(words[2]), name)
                            : version != null && version == Long.parseLong(words[4]));
            assertThat(asBefore || asUnderWay)
                    .as("%s: %s, under way %s", name, version, doubtful)
                    .isTrue();
        }
    }

    /** All that is visible, with its version; its bytes are there, and the sums are theirs. */
    private static Map<String, Long> found(RocksDbEntryStore store) {
        Map<String, Long> found = new HashMap<>();
        long bytes = 0;
        for (String namespace : RemovalCrashWriter.NAMESPACES) {
            StoreKey after = null;
            do {
                HeadPage page = store.list("acme", namespace, after, 1000, Stores.NOW);
                for (Head head : page.heads()) {
                    found.put(namespace + "/" + head.key(), head.version());
                    bytes += head.storedBytes();
                    assertThat(store.get(StoreKey.of("acme", namespace, head.key())))
                            .isEqualTo(Stores.envelope(head.key(), head.version(), head.storedBytes()));
                }
                after = page.next();
            } while (after != null);
        }
        assertThat(store.usage("acme")).isEqualTo(new StoreUsage(bytes, found.size()));
        return found;
    }
}
