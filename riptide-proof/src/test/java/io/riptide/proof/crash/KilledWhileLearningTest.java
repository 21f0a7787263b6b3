package io.riptide.proof.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.cache.Lookup;
import io.riptide.cache.Namespace;
import io.riptide.cache.PersistentCacheManager;
import io.riptide.cache.PutOptions;
import io.riptide.store.rocksdb.RocksDbEntryStore;
import io.riptide.testkit.ManualTime;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A process that learns a dictionary, killed at each step of that: every entry that it acknowledged is read. */
class KilledWhileLearningTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource
    void everyAcknowledgedEntryIsReadAndTheNamespaceGoesOn(LearningProcess.Step step) throws Exception {
        Map<Integer, Long> acknowledged = runAndKill(step);
        assertThat(acknowledged).isNotEmpty();
        long now =
                acknowledged.values().stream().mapToLong(Long::longValue).max().orElseThrow();
        ManualTime time = new ManualTime(now);
        try (RocksDbEntryStore store = LearningProcess.open(folder)) {
            PersistentCacheManager manager = LearningProcess.manager(store, time);
            Namespace orders = LearningProcess.namespace(manager, time);
            acknowledged.forEach((n, at) -> {
                if (now - at < LearningProcess.LIFE.toMillis()) {
                    assertRead(orders, n);
                }
            });
            assertThat(store.dictionaries("acme", "orders")).hasSize(dictionariesAfter(step));
            goesOn(manager, orders);
            assertThat(store.dictionaries("acme", "orders")).isNotEmpty();
        }
    }

    private static void assertRead(Namespace orders, int n) {
        assertThat(orders.get("k" + n))
                .as("k%d", n)
                .isInstanceOfSatisfying(
                        Lookup.Hit.class,
                        hit -> assertThat(hit.entry().toByteArray()).isEqualTo(LearningProcess.value(n)));
    }

    private static void goesOn(PersistentCacheManager manager, Namespace orders) {
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < 200; i++) {
                orders.put("k" + i, LearningProcess.value(i), PutOptions.ttl(LearningProcess.LIFE));
            }
            manager.tick();
            manager.sweep();
        }
        for (int i = 0; i < 200; i++) {
            assertRead(orders, i);
        }
    }

    private static int dictionariesAfter(LearningProcess.Step step) {
        return switch (step) {
            case BEFORE_THE_FIRST_IS_KEPT -> 0;
            case BEFORE_ANOTHER_IS_USED, WHILE_BOTH_ARE_NEEDED, BEFORE_THE_FIRST_GOES -> 2;
            default -> 1;
        };
    }

    /** What it had acknowledged when it was killed: the number of each entry, and when it was written. */
    private Map<Integer, Long> runAndKill(LearningProcess.Step step) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(List.of(
                        ProcessHandle.current().info().command().orElse("java"),
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        LearningProcess.class.getName(),
                        folder.toString(),
                        step.name()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        Map<Integer, Long> acknowledged = new TreeMap<>();
        try (BufferedReader said =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            String line = said.readLine();
            while (line != null && !line.equals(LearningProcess.HERE)) {
                if (line.endsWith(".")) {
                    String[] parts = line.substring(0, line.length() - 1).split(" ");
                    acknowledged.put(Integer.valueOf(parts[0]), Long.valueOf(parts[1]));
                }
                line = said.readLine();
            }
            assertThat(line).as("it came to the step").isEqualTo(LearningProcess.HERE);
        } finally {
            process.toHandle().destroyForcibly();
            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        }
        return acknowledged;
    }
}
