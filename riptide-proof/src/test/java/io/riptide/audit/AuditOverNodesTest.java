package io.riptide.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.spi.AuditStore.Query;
import io.riptide.spi.AuditStore.Row;
import io.riptide.store.jdbc.SqlControlStore;
import io.riptide.testkit.ManualTime;
import io.riptide.testkit.PostgresServer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Three nodes over a real PostgreSQL write one chain. */
class AuditOverNodesTest {
    private static final int NODES = 3;
    private static final int WRITERS = 4;
    private static final int ROWS = 40;

    @Test
    void nodesWriteOneChainWithoutGapOrFork() throws Exception {
        ExecutorService threads = Executors.newCachedThreadPool();
        List<SqlControlStore> stores = new ArrayList<>();
        try (PostgresServer server = PostgresServer.start()) {
            List<AuditLog> logs = new ArrayList<>();
            for (int node = 0; node < NODES; node++) {
                SqlControlStore store = SqlControlStore.postgres(server.url(), threads);
                stores.add(store);
                logs.add(new AuditLog(
                        store.audit(), ChainPropertyTest.keys("the secret that all nodes share"), new ManualTime()));
            }
            List<Future<Boolean>> writing = new ArrayList<>();
            for (int writer = 0; writer < NODES * WRITERS; writer++) {
                AuditLog log = logs.get(writer % NODES);
                String actor = "w" + writer;
                Callable<Boolean> work = () -> {
                    for (int i = 0; i < ROWS; i++) {
                        log.record(AuditEvent.of(actor, "tenant.update").with("n", i));
                    }
                    return true;
                };
                writing.add(threads.submit(work));
            }
            for (Future<Boolean> each : writing) {
                assertThat(each.get()).isTrue();
            }
            AuditCheck check = logs.getFirst().verify(null);
            assertThat(check.valid()).as(check.toString()).isTrue();
            assertThat(check.entries()).isEqualTo(NODES * WRITERS * ROWS);
            assertThat(check.unchecked()).isZero();
            for (int writer = 0; writer < NODES * WRITERS; writer++) {
                String actor = "w" + writer;
                List<Row> own = logs.getLast().after(Query.ALL, 0, 1_000).stream()
                        .filter(row -> row.actor().equals(actor))
                        .toList();
                assertThat(own).as("what one wrote is there once, in its order").hasSize(ROWS);
                for (int i = 0; i < ROWS; i++) {
                    assertThat(own.get(i).detail()).isEqualTo("{\"n\":" + i + "}");
                }
            }
            server.execute("DROP TRIGGER audit_log_is_kept ON audit_log;"
                    + " UPDATE audit_log SET detail = '{\"n\": 0}' WHERE seq = 100");
            assertThat(logs.get(1).verify(null).firstInvalidSeq()).isEqualTo(100);
        } finally {
            stores.forEach(SqlControlStore::close);
            threads.close();
        }
    }
}
