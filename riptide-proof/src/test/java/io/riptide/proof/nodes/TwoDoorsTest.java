package io.riptide.proof.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.RipTide;
import io.riptide.config.PersistenceConfig;
import io.riptide.grant.Action;
import io.riptide.grant.TenantGrant;
import io.riptide.problem.RipTideException;
import io.riptide.spi.ControlStore;
import io.riptide.spi.TenantRecord.Status;
import io.riptide.store.jdbc.SqlControlStore;
import io.riptide.store.rocksdb.RocksDbEntryStore;
import io.riptide.tenant.TenantManager.Created;
import io.riptide.tenant.TenantManager.NewKey;
import io.riptide.tenant.TenantManager.NewTenant;
import io.riptide.tenant.TenantManager.QuotaPatch;
import io.riptide.testkit.Await;
import io.riptide.testkit.PostgresServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes over one real PostgreSQL: who is let in at one follows what was changed at the other. */
class TwoDoorsTest {
    private static final PersistenceConfig CONFIG = PersistenceConfig.defaults();
    private static final Duration SOON = Duration.ofSeconds(2);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static PostgresServer server;

    @TempDir
    private Path folder;

    private ExecutorService threads;
    private RipTide one;
    private RipTide two;

    @BeforeAll
    static void startServer() {
        server = PostgresServer.start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void open() {
        server.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
        threads = Executors.newCachedThreadPool();
        one = node("one");
        two = node("two");
    }

    @AfterEach
    void close() {
        one.close();
        two.close();
        threads.close();
    }

    private RipTide node(String name) {
        return RipTide.open(
                CONFIG,
                RocksDbEntryStore.open(
                        folder.resolve(name), CONFIG.rocksdb(), CONFIG.cache().durability(), Runnable::run),
                SqlControlStore.postgres(server.url(), threads),
                null);
    }

    private Created create(String id) {
        return one.tenants().create(new NewTenant(id, "T", "O", "o@example.com", "free", QuotaPatch.NONE, null));
    }

    private static boolean letsIn(RipTide node, String apiKey) {
        return node.door().caller(apiKey) != null;
    }

    private void holdsAtTwo() {
        Created acme = create("acme");
        String apiKey = acme.key().apiKey();
        TenantGrant grant = two.door().tenant(apiKey, null).grant();
        NewKey second = one.tenants().createKey("acme", "second", Set.of(Action.values()), null);
        assertThat(letsIn(two, second.apiKey())).isTrue();
        one.tenants().suspend("acme", "unpaid");
        Await.until(SOON, "the suspension", () -> grant.status() == Status.SUSPENDED);
        one.tenants().resume("acme");
        Await.until(SOON, "its end", () -> grant.status() == Status.ACTIVE);
        one.tenants().revokeKey("acme", second.key().keyId());
        Await.until(SOON, "the revocation", () -> !letsIn(two, second.apiKey()));
        assertThat(letsIn(two, apiKey)).as("the other key").isTrue();
        one.tenants().delete("acme");
        Await.until(SOON, "the grant to end", () -> grant.status() == Status.DELETING);
        assertThat(letsIn(two, apiKey)).isFalse();
        Await.until(
                PATIENCE,
                "the erasure",
                () -> one.tenants().list(null, 10, null, null).isEmpty());
        String again = create("acme").key().apiKey();
        assertThat(two.door().tenant(again, null).grant()).isNotSameAs(grant);
        assertThat(letsIn(two, apiKey)).as("a key of the erased one").isFalse();
    }

    @Test
    void what_is_changed_at_one_holds_at_the_other_for_keys_and_grants_in_use_too() {
        holdsAtTwo();
    }

    @Test
    void it_does_so_without_any_notification() {
        // Found before the real one by what connects from now on.
        server.execute("""
                CREATE FUNCTION public.pg_notify(text, text) RETURNS void LANGUAGE sql AS '';
                ALTER DATABASE postgres SET search_path = public, pg_catalog""");
        try {
            reopen();
            holdsAtTwo();
        } finally {
            server.execute("ALTER DATABASE postgres RESET search_path");
        }
    }

    private void reopen() {
        one.close();
        two.close();
        one = node("one");
        two = node("two");
    }

    @Test
    void an_erasure_that_a_node_died_over_is_taken_up() {
        String apiKey = create("acme").key().apiKey();
        try (ControlStore dead = SqlControlStore.postgres(server.url(), threads)) {
            one.close();
            two.close();
            Await.until(PATIENCE, "its turn", () -> dead.lease("erasures", "dead", 3_000));
            one = node("one");
            one.tenants().delete("acme");
            assertThat(letsIn(one, apiKey)).isFalse();
            assertThat(one.tenants().tenant("acme").status()).isEqualTo(Status.DELETING);
            Await.until(
                    PATIENCE,
                    "the erasure",
                    () -> one.tenants().list(null, 10, null, null).isEmpty());
        }
    }

    @Test
    void known_callers_are_served_while_the_database_is_away_and_what_was_changed_then_holds() {
        String apiKey = create("acme").key().apiKey();
        TenantGrant grant = two.door().tenant(apiKey, null).grant();
        // Changes are heard in their order: the news of the new key, which has its row read once more, comes before.
        one.tenants().suspend("acme", "unpaid");
        Await.until(SOON, "the suspension", () -> grant.status() == Status.SUSPENDED);
        one.tenants().resume("acme");
        Await.until(SOON, "its end", () -> grant.status() == Status.ACTIVE);
        assertThat(letsIn(two, apiKey)).isTrue();
        server.kill();
        assertThat(letsIn(two, apiKey)).isTrue();
        server.restart();
        Await.until(PATIENCE, "the database", () -> {
            try {
                return one.tenants().suspend("acme", "unpaid").status() == Status.SUSPENDED;
            } catch (RipTideException e) {
                return false;
            }
        });
        Await.until(PATIENCE, "the suspension", () -> grant.status() == Status.SUSPENDED);
    }
}
