package io.riptide.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import io.riptide.spi.ControlStore;
import io.riptide.spi.ControlStore.CreateOutcome;
import io.riptide.spi.TenantRecord.Status;
import io.riptide.testkit.Await;
import io.riptide.testkit.ControlStoreContract;
import io.riptide.testkit.PostgresServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Several processes' stores over one real server, which dies and hangs. */
class PostgresTest {
    private static final Duration SOON = Duration.ofSeconds(2);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static PostgresServer server;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<SqlControlStore> stores = new ArrayList<>();

    @BeforeAll
    static void startServer() {
        server = PostgresServer.start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void empty() {
        server.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
    }

    @AfterEach
    void close() {
        stores.forEach(SqlControlStore::close);
        threads.close();
    }

    private SqlControlStore open() {
        SqlControlStore store = SqlControlStore.postgres(server.url(), threads);
        stores.add(store);
        return store;
    }

    private static CreateOutcome create(ControlStore store, String id, long max) {
        return store.createTenant(ControlStoreContract.tenant(id), ControlStoreContract.key("key-" + id, id), max);
    }

    /** What one store is told, in words. */
    private static Queue<String> heard(ControlStore store) {
        Queue<String> heard = new ConcurrentLinkedQueue<>();
        store.listen(new ControlStore.Changes() {
            @Override
            public void tenant(String id) {
                heard.add("tenant " + id);
            }

            @Override
            public void key(String keyId) {
                heard.add("key " + keyId);
            }

            @Override
            public void anything() {
                heard.add("anything");
            }
        });
        Await.until(PATIENCE, "the listener to begin", () -> !heard.isEmpty());
        assertThat(heard.poll()).isEqualTo("anything");
        return heard;
    }

    private <T> List<T> together(int count, Callable<T> task) throws Exception {
        List<Future<T>> running = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            running.add(threads.submit(task));
        }
        List<T> done = new ArrayList<>();
        for (Future<T> one : running) {
            done.add(one.get());
        }
        return done;
    }

    @Test
    void several_that_start_at_once_over_an_empty_database_all_start() throws Exception {
        List<SqlControlStore> started = together(6, () -> SqlControlStore.postgres(server.url(), threads));
        stores.addAll(started);
        assertThat(started).allMatch(SqlControlStore::healthy);
    }

    @Test
    void the_number_of_tenants_is_met_exactly_by_two_that_create_at_once() throws Exception {
        SqlControlStore one = open();
        SqlControlStore two = open();
        List<CreateOutcome> outcomes = new ArrayList<>();
        for (int round = 0; round < 5; round++) {
            String id = "r" + round + "-";
            AtomicInteger next = new AtomicInteger();
            outcomes.addAll(together(8, () -> {
                int i = next.getAndIncrement();
                return create(i % 2 == 0 ? one : two, id + i, 17);
            }));
        }
        assertThat(outcomes.stream().filter(CreateOutcome.CREATED::equals)).hasSize(17);
        assertThat(outcomes.stream().filter(CreateOutcome.LIMIT::equals)).hasSize(23);
        assertThat(one.tenants(null, 100, null, null)).hasSize(17);
    }

    @Test
    void what_one_changes_the_other_is_told_within_a_second() {
        SqlControlStore one = open();
        Queue<String> heard = heard(open());
        create(one, "acme", 10);
        Await.until(SOON, "the new ones", () -> heard.containsAll(List.of("tenant acme", "key key-acme")));
        heard.clear();
        one.updateTenant(ControlStoreContract.next(ControlStoreContract.tenant("acme"), Status.SUSPENDED, "r"));
        Await.until(SOON, "the suspension", () -> heard.contains("tenant acme"));
        one.touchKeys(Map.of("key-acme", 5_000L));
        one.removeKey("acme", "key-acme");
        Await.until(SOON, "the revocation", () -> heard.contains("key key-acme"));
        assertThat(heard).as("a use is no change").containsExactly("tenant acme", "key key-acme");
    }

    @Test
    void a_lost_notification_only_delays() {
        SqlControlStore one = open();
        Queue<String> heard = heard(open());
        server.execute("ALTER TABLE tenants DISABLE TRIGGER tenants_changed");
        create(one, "acme", 10);
        server.execute("INSERT INTO control_changes (kind, id) VALUES ('tenant', 'acme')");
        Await.until(SOON, "the change, by polling", () -> heard.contains("tenant acme"));
    }

    @Test
    void who_could_not_take_a_change_over_is_told_again() {
        SqlControlStore one = open();
        Queue<String> heard = new ConcurrentLinkedQueue<>();
        AtomicInteger failures = new AtomicInteger(2);
        open().listen(new ControlStore.Changes() {
            private void hear(String what) {
                if (failures.getAndDecrement() > 0) {
                    throw new IllegalStateException("cannot take over: " + what);
                }
                heard.add(what);
            }

            @Override
            public void tenant(String id) {
                hear("tenant " + id);
            }

            @Override
            public void key(String keyId) {
                hear("key " + keyId);
            }

            @Override
            public void anything() {
                hear("anything");
            }
        });
        Await.until(PATIENCE, "the listener to begin", () -> heard.contains("anything"));
        heard.clear();
        // The first fails for the change itself, the second for the doubt of everything that follows.
        failures.set(2);
        create(one, "acme", 10);
        Await.until(PATIENCE, "the change", () -> heard.contains("tenant acme") && heard.contains("key key-acme"));
        one.removeKey("acme", "key-acme");
        Await.until(PATIENCE, "the next one", () -> heard.size() >= 3);
    }

    @Test
    void a_job_is_one_holders_at_a_time_and_the_next_ones_when_that_is_silent() {
        SqlControlStore one = open();
        SqlControlStore two = open();
        assertThat(one.lease("job", "a", 700)).isTrue();
        assertThat(two.lease("job", "b", 700)).isFalse();
        assertThat(one.lease("job", "a", 700)).isTrue();
        Await.until(PATIENCE, "the lease to end", () -> two.lease("job", "b", 60_000));
        assertThat(one.lease("job", "a", 700)).isFalse();
        two.release("job", "b");
        assertThat(one.lease("job", "a", 700)).isTrue();
    }

    @Test
    void killed_and_frozen_it_refuses_in_time_and_all_goes_on_by_itself() {
        SqlControlStore one = open();
        SqlControlStore two = open();
        Queue<String> heard = heard(two);
        create(one, "before", 10);
        server.kill();
        assertThatThrownBy(() -> one.tenant("before"))
                .isInstanceOfSatisfying(
                        RipTideException.class,
                        e -> assertThat(e.problem().code()).isEqualTo(ProblemCode.STORE_UNAVAILABLE));
        assertThat(one.healthy()).isFalse();
        server.restart();
        Await.until(PATIENCE, "an answer", one::healthy);
        assertThat(one.tenant("before")).as("what was acknowledged").isNotNull();
        create(one, "after", 10);
        Await.until(PATIENCE, "news", () -> heard.contains("tenant after"));
        server.freeze();
        long begun = System.nanoTime();
        assertThatThrownBy(() -> one.tenant("before")).isInstanceOf(RipTideException.class);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(10));
        server.thaw();
        Await.until(PATIENCE, "an answer", one::healthy);
        create(one, "later", 10);
        Await.until(PATIENCE, "news", () -> heard.contains("tenant later"));
    }

    @Test
    void one_that_does_not_answer_at_the_start_is_named_without_its_password() {
        String url = "jdbc:postgresql://127.0.0.1:1/none?user=someone&password=secret-word";
        assertThatThrownBy(() -> SqlControlStore.postgres(url, threads))
                .isInstanceOf(RipTideException.class)
                .hasMessageContaining("persistence.control.url")
                .hasMessageNotContaining("secret-word");
    }
}
