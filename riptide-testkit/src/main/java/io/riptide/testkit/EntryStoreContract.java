package io.riptide.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.riptide.entry.Scope;
import io.riptide.entry.StoreKey;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import io.riptide.spi.Condition;
import io.riptide.spi.EntryStore;
import io.riptide.spi.StoreUsage;
import io.riptide.spi.WriteOutcome;
import io.riptide.spi.WriteOutcome.Kind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;

/**
 * What every {@link EntryStore} promises, as tests. A store's module extends it over the real thing: its one method
 * opens the store in a directory, and opened once more over that directory, after it was closed, it finds what was
 * there.
 */
public abstract class EntryStoreContract extends EntryStoreDictionaries {
    private static final int THREADS = 8;

    @Test
    void many_writers_meet_the_limit_exactly() {
        AtomicInteger created = new AtomicInteger();
        together(thread -> {
            for (int i = 0; i < 50; i++) {
                String key = thread + "-" + i;
                WriteOutcome outcome =
                        store.put(write(key("acme", "ns", key), key, bytes(10, 1), NOW + TTL, 1, Condition.NONE, 1995));
                assertThat(outcome.used()).isLessThanOrEqualTo(1995);
                created.addAndGet(outcome.kind() == Kind.CREATED ? 1 : 0);
            }
        });
        assertThat(created).hasValue(199);
        assertThat(store.usage("acme")).isEqualTo(new StoreUsage(1990, 199));
        assertThat(recount("acme", "ns")).isEqualTo(new StoreUsage(1990, 199));
    }

    @Test
    void accounts_agree_with_a_recount_after_writers_sweeps_and_removals_met() {
        together(thread -> {
            Random random = new Random(thread);
            for (int i = 0; i < 300; i++) {
                String key = "k" + random.nextInt(40);
                StoreKey at = key("acme", "ns", key);
                long expires = NOW + random.nextInt(-50, 50);
                switch (random.nextInt(6)) {
                    case 0 -> store.remove(at, Condition.NONE, NOW);
                    case 1 -> store.sweep(NOW + random.nextInt(-40, 40));
                    case 2 ->
                        store.putAll(List.of(
                                write(at, key, bytes(random.nextInt(50), 1), expires, i, Condition.NONE, 700),
                                write(
                                        key("acme", "ns", "k0"),
                                        "k0",
                                        bytes(random.nextInt(50), 1),
                                        expires,
                                        i,
                                        Condition.ABSENT,
                                        700)));
                    default ->
                        store.put(write(at, key, bytes(random.nextInt(6000), 1), expires, i, Condition.NONE, 60_000));
                }
                assertThat(store.usage("acme").bytes()).isBetween(0L, 60_000L + 6_000L * replacedTwice() * THREADS);
            }
        });
        StoreUsage counted = recount("acme", "ns");
        assertThat(store.usage("acme")).isEqualTo(counted);
        reopen();
        assertThat(store.usage("acme")).isEqualTo(counted);
        store.sweep(NOW + 50);
        assertThat(recount("acme", "ns")).as("nothing lost its expiry").isEqualTo(new StoreUsage(0, 0));
        assertThat(store.usage("acme")).isEqualTo(new StoreUsage(0, 0));
    }

    /** When a call began and ended, in ticks of one counter. */
    private record Span(long begun, long ended) {}

    @Test
    void nothing_written_before_a_removal_survives_and_nothing_written_after_is_lost() {
        AtomicLong clock = new AtomicLong();
        Map<String, Span> lastWrite = new ConcurrentHashMap<>();
        Queue<Span> byNamespace = new ConcurrentLinkedQueue<>();
        Queue<Span> byTag = new ConcurrentLinkedQueue<>();
        together(thread -> {
            Random random = new Random(thread);
            for (int i = 0; i < 400; i++) {
                int dice = random.nextInt(40);
                long begun = clock.incrementAndGet();
                switch (dice) {
                    case 0 -> {
                        remove("acme", new Scope.InNamespace("ns"));
                        byNamespace.add(new Span(begun, clock.incrementAndGet()));
                    }
                    case 1 -> {
                        remove("acme", new Scope.Tagged(null, "odd"));
                        byTag.add(new Span(begun, clock.incrementAndGet()));
                    }
                    case 2 -> store.reclaim();
                    case 3 -> store.sweep(NOW);
                    default -> {
                        int n = random.nextInt(60);
                        String key = thread + "/" + n;
                        String[] tags = n % 2 == 0 ? new String[0] : new String[] {"odd"};
                        if (tag("acme", "ns", key, tags) != Kind.OUTDATED) {
                            lastWrite.put(key, new Span(begun, clock.incrementAndGet()));
                        }
                    }
                }
            }
        });
        Set<String> there = new HashSet<>(listAll("acme", "ns", 100));
        lastWrite.forEach((key, write) -> {
            List<Span> removals = new ArrayList<>(byNamespace);
            if (Integer.parseInt(key.substring(key.indexOf('/') + 1)) % 2 != 0) {
                removals.addAll(byTag);
            }
            if (removals.stream().anyMatch(removal -> removal.begun() > write.ended())) {
                assertThat(there).as("removed after it was written").doesNotContain(key);
            } else if (removals.stream().allMatch(removal -> removal.ended() < write.begun())) {
                assertThat(there).as("written after it was removed").contains(key);
            }
        });
        assertThat(byNamespace).isNotEmpty();
        StoreUsage counted = recount("acme", "ns");
        assertThat(store.usage("acme")).isEqualTo(counted);
        reopen();
        reclaimAll();
        assertThat(recount("acme", "ns")).isEqualTo(counted);
        assertThat(store.usage("acme")).isEqualTo(counted);
        remove("acme", new Scope.InNamespace("ns"));
        assertThat(store.usage("acme")).as("the namespace's own sums agree").isEqualTo(new StoreUsage(0, 0));
    }

    @Test
    void of_many_who_compare_and_set_one_version_one_wins() {
        StoreKey key = key("acme", "ns", "k");
        store.put(write(key, "k", bytes(1, 0), NOW + TTL, 0, Condition.NONE, NO_LIMIT));
        AtomicInteger won = new AtomicInteger();
        together(thread -> {
            for (int version = 0; version < 100; version++) {
                WriteOutcome outcome = store.put(write(
                        key, "k", bytes(1, thread), NOW + TTL, version + 1L, Condition.version(version), NO_LIMIT));
                won.addAndGet(outcome.kind() == Kind.REPLACED ? 1 : 0);
            }
        });
        assertThat(store.list("acme", "ns", null, 1, NOW).heads().getFirst().version())
                .isEqualTo(won.get());
        assertThat(won.get()).isBetween(1, 100);
    }

    @Test
    void of_many_who_write_where_nothing_is_one_wins() {
        AtomicInteger created = new AtomicInteger();
        together(thread -> {
            for (int i = 0; i < 100; i++) {
                WriteOutcome outcome = store.put(write(
                        key("acme", "ns", "k" + i), "k" + i, bytes(1, 1), NOW + TTL, 1, Condition.ABSENT, NO_LIMIT));
                created.addAndGet(outcome.kind() == Kind.CREATED ? 1 : 0);
            }
        });
        assertThat(created).hasValue(100);
        assertThat(store.usage("acme")).isEqualTo(new StoreUsage(100, 100));
    }

    @Test
    void removing_a_tenant_meets_the_sweep_without_harm_to_either() {
        for (int round = 0; round < 20; round++) {
            for (int i = 0; i < 40; i++) {
                put("acme", "ns", "k" + i, bytes(10, 1), NOW + round);
                put("other", "ns", "k" + i, bytes(10, 1), NOW + TTL);
            }
            long instant = NOW + round;
            together(thread -> {
                if (thread == 0) {
                    store.removeTenant("acme");
                } else if (thread == 1) {
                    store.sweep(instant);
                }
            });
            assertThat(store.usage("acme")).isEqualTo(new StoreUsage(0, 0));
            assertThat(store.usage("other")).isEqualTo(new StoreUsage(400, 40));
        }
    }

    @Test
    void closing_while_others_read_and_write_ends_them_in_order() {
        AtomicInteger refused = new AtomicInteger();
        together(thread -> {
            try {
                for (int i = 0; i < 100_000; i++) {
                    put("acme", "ns", "k" + i % 10, bytes(100, 1), NOW + TTL);
                    store.get(key("acme", "ns", "k" + i % 10));
                    store.list("acme", "ns", null, 5, NOW);
                    if (thread == 0 && i == 20) {
                        store.close();
                    }
                }
            } catch (RipTideException e) {
                assertThat(e.problem().code()).isEqualTo(ProblemCode.STORE_UNAVAILABLE);
                refused.incrementAndGet();
            }
        });
        assertThat(refused).hasValue(THREADS);
        reopen();
        assertThat(store.usage("acme")).isEqualTo(recount("acme", "ns"));
    }

    @Test
    void a_closed_store_says_so_and_closing_again_is_nothing() {
        store.close();
        store.close();
        assertThatThrownBy(() -> store.get(key("acme", "ns", "k")))
                .isInstanceOfSatisfying(
                        RipTideException.class,
                        e -> assertThat(e.problem().code()).isEqualTo(ProblemCode.STORE_UNAVAILABLE));
        assertThatThrownBy(() -> put("acme", "ns", "k", bytes(1, 1), NOW + TTL)).isInstanceOf(RipTideException.class);
        assertThatThrownBy(() -> store.sweep(NOW)).isInstanceOf(RipTideException.class);
        assertThatThrownBy(() -> store.usage("acme")).isInstanceOf(RipTideException.class);
        assertThatThrownBy(() -> store.dictionary("acme", "ns", 1)).isInstanceOf(RipTideException.class);
        assertThatThrownBy(() -> store.takesWrites()).isInstanceOf(RipTideException.class);
    }

    @Test
    void a_store_that_works_takes_writes_and_asking_changes_nothing() {
        assertThat(store.takesWrites()).isTrue();
        put("acme", "ns", "k", bytes(100, 1), NOW + TTL);
        assertThat(store.takesWrites()).isTrue();
        assertThat(store.usage("acme")).isEqualTo(new StoreUsage(100, 1));
        assertThat(store.sweep(NOW + TTL)).isEqualTo(1);
    }

    /** Runs a task in several threads that begin at once, and hands on what one of them throws. */
    private static void together(IntConsumer task) {
        CyclicBarrier start = new CyclicBarrier(THREADS);
        List<Future<?>> running = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            for (int i = 0; i < THREADS; i++) {
                int thread = i;
                running.add(threads.submit(() -> {
                    start.await();
                    task.accept(thread);
                    return null;
                }));
            }
            for (Future<?> one : running) {
                one.get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        } catch (ExecutionException e) {
            throw new AssertionError("a thread failed", e.getCause());
        }
    }
}
