package io.riptide.store.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.riptide.entry.StoreKey;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import io.riptide.spi.StoreUsage;
import io.riptide.spi.WriteOutcome.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that fills: a small file system in memory, which needs the right to mount one. */
class FullDiskTest {
    private static final int SIZE_MIB = 48;
    private static final int BALLAST_MIB = 30;

    @TempDir
    private Path mount;

    private boolean mounted;

    @BeforeEach
    void mountSmall() throws Exception {
        mounted = run("mount", "-t", "tmpfs", "-o", "size=" + SIZE_MIB + "m", "tmpfs", mount.toString());
        assumeTrue(mounted, "SKIPPED, needs: the right to mount a tmpfs (root)");
    }

    @AfterEach
    void unmount() throws Exception {
        if (mounted) {
            assertThat(run("umount", mount.toString())).isTrue();
        }
    }

    @Test
    void writes_are_refused_reads_go_on_and_writing_resumes_by_itself() throws IOException {
        Path directory = mount.resolve("entries");
        Path ballast = mount.resolve("ballast");
        StoreUsage atTheEnd;
        try (RocksDbEntryStore store = Stores.open(directory)) {
            assertThat(store.takesWrites()).isTrue();
            for (int i = 0; i < 200; i++) {
                store.put(Stores.write("before" + i, i % 2 == 0 ? 1000 : 20_000));
            }
            Files.write(ballast, new byte[BALLAST_MIB << 20]);
            assertThat(fillUntilRefused(store)).isEqualTo(ProblemCode.STORE_UNAVAILABLE);
            assertThat(store.takesWrites()).as("while it is full").isFalse();
            StoreUsage full = store.usage("acme");
            assertThat(full).as("a refused write is not counted").isEqualTo(Stores.recount(store, "acme"));
            assertThat(store.get(StoreKey.of("acme", "ns", "before7")))
                    .isEqualTo(Stores.envelope("before7", 1, 20_000));
            assertThat(store.get(StoreKey.of("acme", "ns", "before8"))).isEqualTo(Stores.envelope("before8", 1, 1000));

            Files.delete(ballast);
            assertThat(Stores.within(30, store::takesWrites))
                    .as("it is seen without a write of a tenant's")
                    .isTrue();
            assertThat(written(store)).as("writing resumed").isTrue();
            assertThat(store.put(Stores.write("after", 1000)).kind()).isEqualTo(Kind.CREATED);
            atTheEnd = store.usage("acme");
            assertThat(atTheEnd).isEqualTo(new StoreUsage(full.bytes() + 2000, full.entries() + 2));
            assertThat(atTheEnd).isEqualTo(Stores.recount(store, "acme"));
        }
        try (RocksDbEntryStore store = Stores.open(directory)) {
            assertThat(store.usage("acme")).isEqualTo(atTheEnd);
            assertThat(Stores.recount(store, "acme")).isEqualTo(atTheEnd);
            assertThat(store.get(StoreKey.of("acme", "ns", "after"))).isEqualTo(Stores.envelope("after", 1, 1000));
        }
    }

    private static ProblemCode fillUntilRefused(RocksDbEntryStore store) {
        for (int i = 0; i < 100_000; i++) {
            try {
                store.put(Stores.write("fill" + i, 10_000));
            } catch (RipTideException e) {
                return e.problem().code();
            }
        }
        throw new AssertionError("the disk never filled");
    }

    private static boolean written(RocksDbEntryStore store) {
        try {
            store.put(Stores.write("resumed", 1000));
            return true;
        } catch (RipTideException e) {
            return false;
        }
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        }
    }
}
