package io.riptide.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.server.TestServer;
import io.riptide.server.TimedServer;
import io.riptide.testkit.ManualTime;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code riptide billing} where a month has ended. */
class ClosedBillCommandTest {
    private static final String[] PLANS = {
        "billing.plans.free.base_fee=12.50", "billing.plans.pro.base_fee=99", "billing.plans.pro.prices.write_1000=3"
    };

    @TempDir
    Path data;

    private final ManualTime time = TimedServer.at("2026-10-01T00:00:00Z");
    private TimedServer server;

    private void open(String... plans) {
        server = new TimedServer(data, time, plans);
    }

    private void openWithTenants() throws IOException {
        open(PLANS);
        server.tenant("acme");
        Ran made = run(
                "tenants",
                "create",
                "globex",
                "--name",
                "N",
                "--owner-name",
                "O",
                "--owner-email",
                "o@example.com",
                "--plan",
                "pro");
        assertThat(made.code()).as(made.err()).isZero();
        server.until("2026-11-02T00:00:00Z");
    }

    @AfterEach
    void close() {
        server.close();
    }

    private Ran run(String... arguments) {
        return Ran.with(
                Map.of(
                        "RIPTIDE_URL",
                        "http://127.0.0.1:" + server.port(),
                        "RIPTIDE_ADMIN_API_KEY",
                        TestServer.ADMIN_KEY),
                arguments);
    }

    @Test
    void aMonthIsClosedOnceShownAndListed() throws IOException {
        openWithTenants();
        Ran closed = run("billing", "close", "--period", "2026-10");
        assertThat(closed.err()).isEmpty();
        assertThat(closed.out()).isEqualTo("2026-10: 2 invoices made.\n");
        assertThat(closed.code()).isZero();
        Ran again = run("billing", "close", "--json");
        assertThat(again.out()).isEqualTo("{\"period\":\"2026-10\",\"invoices_made\":0,\"failed\":[]}\n");
        assertThat(again.code()).isZero();

        assertThat(run("billing", "show", "globex", "--period", "2026-10").out())
                .startsWith("globex, 2026-10, invoice 2\n")
                .containsPattern("base_fee +pro +1 +month +0 +99 +99\\.00")
                .endsWith("Caching answered 0 reads without a load, and saved 0.00 EUR at these prices.\n");
        assertThat(run("billing", "list").out().lines())
                .hasSize(3)
                .anyMatch(line -> line.matches("1 +acme +2026-10 +2026-11-02T00:00:00Z +12\\.50 +EUR"))
                .anyMatch(line -> line.matches("2 +globex +2026-10 +2026-11-02T00:00:00Z +99\\.00 +EUR"));
        Ran first = run("billing", "list", "--limit", "1");
        assertThat(first.out().lines()).hasSize(2);
        assertThat(first.err()).startsWith("There are more: --cursor ");
        String cursor = first.err().strip().replace("There are more: --cursor ", "");
        assertThat(run("billing", "list", "--cursor", cursor).out().lines())
                .hasSize(2)
                .anyMatch(line -> line.startsWith("2 "));
    }

    @Test
    void aMonthThatCannotBeClosedYetOrEverExitsWithOne() throws IOException {
        openWithTenants();
        for (String period : new String[] {"2026-11", "2026-13", "x", "9999-12"}) {
            Ran refused = run("billing", "close", "--period", period);
            assertThat(refused.code()).as(period).isEqualTo(1);
            assertThat(refused.err())
                    .as(period)
                    .startsWith("riptide: invalid-request: ")
                    .contains("period");
            assertThat(refused.out()).isEmpty();
        }
        assertThat(run("billing", "close", "--month", "2026-10").code()).isEqualTo(2);
        assertThat(run("billing", "list", "--json").out()).isEqualTo("{\"invoices\":[]}\n");
    }

    @Test
    void aTenantWhosePlanIsGoneIsNamedAndTheExitIsOneUntilItIsBack() throws IOException {
        openWithTenants();
        server.close();
        open("billing.plans.free.base_fee=12.50");
        Ran closed = run("billing", "close");
        assertThat(closed.code()).isEqualTo(1);
        assertThat(closed.out())
                .isEqualTo("2026-10: 1 invoices made.\nNot closed, for its plan is not configured: globex\n");
        assertThat(run("billing", "show", "globex", "--period", "2026-10").err())
                .contains("billing.plans.pro is not configured");
        server.close();
        open(PLANS);
        Ran again = run("billing", "close");
        assertThat(again.out()).isEqualTo("2026-10: 1 invoices made.\n");
        assertThat(again.code()).isZero();
    }
}
