package io.riptide.store.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.riptide.config.CacheConfig.Durability;
import io.riptide.entry.StoreKey;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import io.riptide.spi.Condition;
import io.riptide.spi.StoreUsage;
import io.riptide.spi.WriteOutcome.Kind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store whose commits are synced to disk on threads that it was given. */
class SyncedTest {
    @TempDir
    private Path directory;

    private final AtomicBoolean refusing = new AtomicBoolean();
    private ExecutorService commits;
    private RocksDbEntryStore store;

    @BeforeEach
    void open() {
        commits = Executors.newFixedThreadPool(4);
        store = RocksDbEntryStore.open(directory, Stores.SMALL, Durability.SYNCED, commit -> {
            if (refusing.get()) {
                throw new RejectedExecutionException("closed");
            }
            commits.execute(commit);
        });
    }

    @AfterEach
    void close() {
        store.close();
        commits.close();
    }

    @Test
    void many_virtual_threads_write_and_every_write_is_there() throws Exception {
        List<Future<Kind>> writes = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 200; i++) {
                int key = i;
                writes.add(threads.submit(
                        () -> store.put(Stores.write("k" + key, 100)).kind()));
            }
        }
        for (Future<Kind> write : writes) {
            assertThat(write.get()).isEqualTo(Kind.CREATED);
        }
        assertThat(store.usage("acme")).isEqualTo(new StoreUsage(20_000, 200));
        assertThat(Stores.recount(store, "acme")).isEqualTo(new StoreUsage(20_000, 200));
    }

    @Test
    void a_commit_that_fails_is_refused_and_leaves_the_accounts_as_they_were() {
        store.put(Stores.write("there", 100));
        refusing.set(true);
        for (Runnable write : List.<Runnable>of(
                () -> store.put(Stores.write("there", 150)),
                () -> store.put(Stores.write("there", 50)),
                () -> store.putAll(List.of(Stores.write("a", 10), Stores.write("there", 5), Stores.write("b", 200))),
                () -> store.remove(StoreKey.of("acme", "ns", "there"), Condition.NONE, Stores.NOW),
                () -> store.discard(StoreKey.of("acme", "ns", "there"), Stores.envelope("there", 1, 100)),
                () -> store.sweep(Stores.NOW + 60_000),
                () -> store.removeTenant("acme"))) {
            assertThatThrownBy(write::run)
                    .isInstanceOfSatisfying(
                            RipTideException.class,
                            e -> assertThat(e.problem().code()).isEqualTo(ProblemCode.STORE_UNAVAILABLE));
            assertThat(store.usage("acme")).isEqualTo(new StoreUsage(100, 1));
            assertThat(store.get(StoreKey.of("acme", "ns", "there"))).isEqualTo(Stores.envelope("there", 1, 100));
        }
        refusing.set(false);
        assertThat(store.put(Stores.write("acme", "a", 1, 10, Stores.NOW + 1, 110))
                        .used())
                .isEqualTo(110);
        assertThat(Stores.recount(store, "acme")).isEqualTo(new StoreUsage(110, 2));
        assertThat(store.sweep(Stores.NOW + 60_000)).isEqualTo(2);
    }

    @Test
    void a_write_whose_thread_is_interrupted_is_finished_and_the_interrupt_is_kept() {
        Thread.currentThread().interrupt();
        try {
            assertThat(store.put(Stores.write("k", 100)).kind()).isEqualTo(Kind.CREATED);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(store.usage("acme")).isEqualTo(new StoreUsage(100, 1));
    }
}
