package io.riptide.proof.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.config.PersistenceConfig;
import io.riptide.spi.InvoiceRecord;
import io.riptide.spi.UsageColumn;
import io.riptide.spi.UsageStore;
import io.riptide.store.jdbc.SqlControlStore;
import io.riptide.store.jdbc.SqlUsageStore;
import io.riptide.tenant.TenantManager;
import io.riptide.tenant.TenantManager.NewTenant;
import io.riptide.tenant.TenantManager.QuotaPatch;
import io.riptide.testkit.ManualTime;
import io.riptide.testkit.PostgresServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes that are killed while they close a month: each tenant has one invoice, which never changes. */
class KilledWhileClosingTest {
    private static final int TENANTS = 60;
    private static final long USED_LOADS = 1_000_000;
    private static final long AN_INVOICE_NANOS = 3_000_000;
    private static final int NEVER = Integer.MAX_VALUE;
    /** How a process ends that SIGKILL ended. */
    private static final int KILLED = 128 + 9;

    private static final long NOVEMBER = Instant.parse("2026-11-05T00:00:00Z").toEpochMilli();

    @TempDir
    private Path folder;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Random random = new Random(6);
    /** What any process said of an invoice, by its number. */
    private final Map<String, String> said = new ConcurrentHashMap<>();

    @AfterEach
    void end() {
        threads.close();
    }

    @Test
    void threeKillsOfAProcessAlone() {
        alone(3);
    }

    @Tag("proof")
    @Test
    void fiftyKillsOfAProcessAlone() {
        alone(50);
    }

    /** In months of their own, so that each kill may fall anywhere between the first invoice and the last. */
    private void alone(int kills) {
        int killed = 0;
        for (int month = 0; killed < kills; month++) {
            Path own = folder.resolve("month-" + month);
            assertThat(own.toFile().mkdir()).isTrue();
            said.clear();
            try (SqlControlStore control = SqlControlStore.sqlite(own.resolve("control.db"), threads);
                    UsageStore usage = SqlUsageStore.sqlite(own.resolve("usage.db"), threads)) {
                fill(control, usage);
            }
            int more = kills - killed;
            while (more > 0 && killedWhileClosing(own.toString(), random.nextInt(TENANTS + 1 - said.size()))) {
                killed++;
                more--;
            }
            if (more == 0) {
                assertThat(killedWhileClosing(own.toString(), NEVER)).isFalse();
            }
            try (SqlControlStore control = SqlControlStore.sqlite(own.resolve("control.db"), threads)) {
                check(control);
            }
        }
    }

    @Test
    void threeNodesAtOnceOfWhichTwoAreKilled() {
        nodes(2);
    }

    @Tag("proof")
    @Test
    void threeNodesAtOnceWithFiftyKills() {
        nodes(50);
    }

    /** Of three nodes one closes to the end, and the others are killed, or were done before. */
    private void nodes(int kills) {
        AtomicInteger killed = new AtomicInteger();
        try (PostgresServer postgres = PostgresServer.start()) {
            while (killed.get() < kills) {
                postgres.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
                said.clear();
                try (SqlControlStore control = SqlControlStore.postgres(postgres.url(), threads)) {
                    fill(control, control.usage());
                    List<CompletableFuture<Void>> nodes = new ArrayList<>();
                    for (int node = 0; node < 3; node++) {
                        int after = node == 0 ? NEVER : random.nextInt(TENANTS);
                        nodes.add(CompletableFuture.runAsync(
                                () -> killed.addAndGet(killedWhileClosing(postgres.url(), after) ? 1 : 0), threads));
                    }
                    nodes.forEach(CompletableFuture::join);
                    check(control);
                }
            }
        }
    }

    private static void fill(SqlControlStore control, UsageStore usage) {
        ManualTime time = new ManualTime(Instant.parse("2026-10-01T00:00:00Z").toEpochMilli());
        PersistenceConfig config = PersistenceConfig.defaults();
        TenantManager tenants = new TenantManager(config.tenant(), config.billing(), control, time, new SecureRandom());
        List<UsageStore.Row> rows = new ArrayList<>();
        for (int i = 0; i < TENANTS; i++) {
            tenants.create(new NewTenant("t" + i, "N", "O", "o@example.com", "basic", QuotaPatch.NONE, null));
            long[] counts = new long[UsageColumn.count()];
            counts[UsageColumn.LOAD.ordinal()] = USED_LOADS;
            rows.add(new UsageStore.Row("one", "t" + i, time.wallMillis(), time.wallMillis() / 3_600_000 + i, counts));
        }
        usage.keep(rows);
    }

    /**
     * Closes in a process of its own, which is killed at some moment after it has said so many invoices; whether the
     * kill came before it was done.
     */
    private boolean killedWhileClosing(String store, int killAfter) {
        try {
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx128m",
                            "--enable-native-access=ALL-UNNAMED",
                            "-cp",
                            System.getProperty("java.class.path"),
                            ClosingProcess.class.getName(),
                            store,
                            Long.toString(NOVEMBER))
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            boolean done = false;
            int invoices = 0;
            try (BufferedReader lines = process.inputReader()) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    done |= line.equals("done");
                    if (line.startsWith("invoice ")) {
                        String[] parts = line.split(" ", 3);
                        String before = said.putIfAbsent(parts[1], parts[2]);
                        assertThat(before).isIn(null, parts[2]);
                        invoices++;
                    }
                    if (invoices == killAfter && process.isAlive()) {
                        killSoon(process);
                    }
                }
            }
            int exit = process.onExit().join().exitValue();
            boolean killed = exit == KILLED && !done;
            assertThat(killed || done)
                    .as("it was killed or closed all: " + exit)
                    .isTrue();
            return killed;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** By the signal that nobody can catch, within about the time of an invoice; what the pipe holds is read on. */
    private void killSoon(Process process) {
        long at = System.nanoTime() + random.nextLong(AN_INVOICE_NANOS);
        while (System.nanoTime() - at < 0) {
            LockSupport.parkNanos(at - System.nanoTime());
        }
        process.toHandle().destroyForcibly();
    }

    private void check(SqlControlStore control) {
        List<InvoiceRecord> invoices = control.invoices().invoices(0, 1_000, null, null);
        assertThat(invoices)
                .extracting(InvoiceRecord::number)
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, TENANTS).boxed().toList());
        assertThat(invoices).extracting(invoice -> invoice.tenant().id()).doesNotHaveDuplicates();
        assertThat(invoices).allMatch(invoice -> invoice.total().equals("39.00"));
        Map<String, String> kept = new HashMap<>();
        invoices.forEach(invoice -> kept.put(Long.toString(invoice.number()), invoice.document()));
        assertThat(kept).as("what was said of an invoice is what it says").containsAllEntriesOf(said);
        assertThat(control.invoices().lastClosed()).isEqualTo("2026-10");
    }
}
