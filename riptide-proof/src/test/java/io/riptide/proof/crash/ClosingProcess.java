package io.riptide.proof.crash;

import io.riptide.billing.Biller;
import io.riptide.config.PersistenceConfig;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import io.riptide.spi.InvoiceRecord;
import io.riptide.spi.InvoiceStore;
import io.riptide.spi.PlanHeld;
import io.riptide.spi.TenantKey;
import io.riptide.spi.UsageStore;
import io.riptide.store.jdbc.SqlControlStore;
import io.riptide.store.jdbc.SqlUsageStore;
import io.riptide.testkit.ManualTime;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** A process that closes the last month and says each invoice that it added, or found, until it is killed. */
final class ClosingProcess {
    private static final int MOST_ROUNDS = 10;

    private ClosingProcess() {}

    /** The folder of the embedded stores, or the URL of a PostgreSQL; and what time it is. */
    public static void main(String[] args) {
        ExecutorService threads = Executors.newCachedThreadPool();
        boolean shared = args[0].startsWith("jdbc:");
        SqlControlStore control = shared
                ? SqlControlStore.postgres(args[0], threads)
                : SqlControlStore.sqlite(Path.of(args[0], "control.db"), threads);
        UsageStore usage = shared ? control.usage() : SqlUsageStore.sqlite(Path.of(args[0], "usage.db"), threads);
        ManualTime time = new ManualTime(Long.parseLong(args[1]));
        say("begun");
        new Biller(PersistenceConfig.defaults().billing(), new Saying(control.invoices()), usage, null, time)
                .close(null);
        say("done");
        usage.close();
        control.close();
        threads.close();
    }

    /** As a server does in its next round where its store did not answer in time. */
    private static void close(Biller biller) {
        for (int round = 1; ; round++) {
            try {
                biller.close(null);
                return;
            } catch (RipTideException e) {
                if (e.problem().code() != ProblemCode.STORE_UNAVAILABLE || round == MOST_ROUNDS) {
                    throw e;
                }
                System.err.println("closed in another round: " + e);
            }
        }
    }

    private static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }

    private record Saying(InvoiceStore real) implements InvoiceStore {
        @Override
        public List<PlanHeld> plans(String tenantId) {
            return real.plans(tenantId);
        }

        @Override
        public List<TenantKey> unbilled(
                String period, long fromMillis, long untilMillis, @Nullable TenantKey after, int limit) {
            return real.unbilled(period, fromMillis, untilMillis, after, limit);
        }

        @Override
        public @Nullable Long firstHeldMillis() {
            return real.firstHeldMillis();
        }

        @Override
        public InvoiceRecord add(TenantKey tenant, String period, long nowMillis, LongFunction<Draft> document) {
            InvoiceRecord invoice = real.add(tenant, period, nowMillis, document);
            say("invoice " + invoice.number() + " " + invoice.document());
            return invoice;
        }

        @Override
        public @Nullable InvoiceRecord invoice(TenantKey tenant, String period) {
            return real.invoice(tenant, period);
        }

        @Override
        public List<InvoiceRecord> invoices(long after, int limit, @Nullable String tenantId, @Nullable String period) {
            return real.invoices(after, limit, tenantId, period);
        }

        @Override
        public void closed(String period, long nowMillis) {
            real.closed(period, nowMillis);
        }

        @Override
        public @Nullable String lastClosed() {
            return real.lastClosed();
        }
    }
}
