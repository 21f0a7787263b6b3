package io.riptide.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.spi.ControlStore.CreateOutcome;
import io.riptide.spi.KeyRecord;
import io.riptide.spi.TenantRecord.Status;
import io.riptide.testkit.ControlStoreContract;
import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.io.TempDir;

/** A real process that is killed while it writes: what it had said to be done is there. */
class KilledTest {
    @TempDir
    Path folder;

    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void endThreads() {
        threads.close();
    }

    @RepeatedTest(3)
    void whatWasAcknowledgedIsThereAfterTheProcessWasKilled(RepetitionInfo round) throws Exception {
        Path file = folder.resolve("control.db");
        int acknowledgements = 40 * round.getCurrentRepetition();
        List<String> created = new ArrayList<>();
        List<String> suspended = new ArrayList<>();
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Writes.class.getName(),
                        file.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader lines = process.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("created ")) {
                    created.add(line.substring(8));
                } else if (line.startsWith("suspended ")) {
                    suspended.add(line.substring(10));
                }
                if (created.size() >= acknowledgements && process.isAlive()) {
                    // The signal that nobody can catch; what the pipe still holds was acknowledged and is read on.
                    process.toHandle().destroyForcibly();
                }
            }
        }
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(created).hasSizeGreaterThanOrEqualTo(acknowledgements);
        assertThat(suspended).isNotEmpty();
        try (SqlControlStore store = SqlControlStore.sqlite(file, threads)) {
            for (String id : created) {
                assertThat(store.tenant(id)).as(id).isNotNull();
                KeyRecord key = Objects.requireNonNull(store.key("key-" + id));
                assertThat(key.tenantId()).isEqualTo(id);
            }
            for (String id : suspended) {
                assertThat(Objects.requireNonNull(store.tenant(id)).status())
                        .as(id)
                        .isEqualTo(Status.SUSPENDED);
            }
            int there = 0;
            String after = null;
            for (var page = store.tenants(null, 100, null, null);
                    !page.isEmpty();
                    page = store.tenants(after, 100, null, null)) {
                there += page.size();
                after = page.getLast().id();
            }
            assertThat(store.createTenant(ControlStoreContract.tenant("z"), ControlStoreContract.key("z", "z"), there))
                    .as("the count agrees with the rows")
                    .isEqualTo(CreateOutcome.LIMIT);
            assertThat(store.createTenant(
                            ControlStoreContract.tenant("z"), ControlStoreContract.key("z", "z"), there + 1))
                    .isEqualTo(CreateOutcome.CREATED);
        }
    }

    /** Creates and suspends from several threads, and says what is done once it is. */
    static final class Writes {
        private Writes() {}

        public static void main(String[] args) {
            ExecutorService threads = Executors.newCachedThreadPool();
            SqlControlStore store = SqlControlStore.sqlite(Path.of(args[0]), threads);
            for (int t = 0; t < 4; t++) {
                String prefix = "w" + t + "-";
                threads.execute(() -> {
                    for (int i = 0; i < 1_000_000; i++) {
                        write(store, prefix + i, i % 3 == 0);
                    }
                });
            }
        }

        private static void write(SqlControlStore store, String id, boolean suspend) {
            var tenant = ControlStoreContract.tenant(id);
            if (store.createTenant(tenant, ControlStoreContract.key("key-" + id, id), 1_000_000)
                    == CreateOutcome.CREATED) {
                say("created " + id);
            }
            if (suspend && store.updateTenant(ControlStoreContract.next(tenant, Status.SUSPENDED, "r"))) {
                say("suspended " + id);
            }
        }

        private static void say(String line) {
            synchronized (System.out) {
                System.out.println(line);
                System.out.flush();
            }
        }
    }
}
