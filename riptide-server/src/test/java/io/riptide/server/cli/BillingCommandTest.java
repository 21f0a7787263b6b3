package io.riptide.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.server.LiveServer;
import io.riptide.testkit.Await;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class BillingCommandTest {
    @RegisterExtension
    static final LiveServer LIVE = new LiveServer();

    private static Map<String, String> environment;

    @BeforeAll
    static void make() throws IOException {
        LIVE.tenant("acme");
        environment =
                Map.of("RIPTIDE_URL", "http://127.0.0.1:" + LIVE.port(), "RIPTIDE_ADMIN_API_KEY", LiveServer.ADMIN_KEY);
    }

    private static Ran run(String... arguments) {
        return Ran.with(environment, new byte[0], arguments);
    }

    @Test
    void aBillIsATableOrJson() {
        Ran shown = run("billing", "show", "acme");
        assertThat(shown.err()).isEmpty();
        assertThat(shown.out().lines().toList())
                .hasSize(5)
                .anyMatch(line -> line.startsWith("acme, ") && line.endsWith(", open"))
                .anyMatch(line -> line.startsWith("METER "))
                .anyMatch(line -> line.matches("base_fee +free +0\\.\\d+ +month +0 +0 +0\\.00"))
                .anyMatch(line -> line.matches("total +EUR +0\\.00"))
                .endsWith("Caching answered 0 reads without a load, and saved 0.00 EUR at these prices.");
        assertThat(run("billing", "show", "acme", "--json").out()).startsWith("{\"tenant_id\":\"acme\"");
    }

    @Test
    void smallQuantitiesAreShownWithoutAnExponent() throws IOException {
        Ran made = run(
                "tenants",
                "create",
                "small",
                "--name",
                "N",
                "--owner-name",
                "O",
                "--owner-email",
                "o@example.com",
                "--plan",
                "pro");
        LIVE.as(made.out().strip(), "PUT", "/v1/cache/n/k", "1".repeat(13));
        Await.until(
                Duration.ofSeconds(20),
                "what was sent is on the bill",
                () -> run("billing", "show", "small").out().contains("transfer"));
        assertThat(run("billing", "show", "small").out().lines())
                .anyMatch(line -> line.matches("transfer +pro +0\\.000000013 +transfer_gb +0 +0\\.04 +0\\.00"));
    }

    @Test
    void aMonthIsClosedOrRefused() {
        Ran closed = run("billing", "close");
        assertThat(closed.code()).isZero();
        assertThat(closed.out()).endsWith(": 0 invoices made.\n");
        Ran refused = run("billing", "close", "--period", "9999-12");
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.err()).contains("period");
        assertThat(run("billing", "list").out()).isEqualTo("NUMBER  TENANT  PERIOD  CLOSED  TOTAL  CURRENCY\n");
        assertThat(run("billing", "list", "--json").out()).isEqualTo("{\"invoices\":[]}\n");
    }

    @Test
    void usageStandsBesideItsQuotas() {
        Ran usage = run("usage", "acme");
        assertThat(usage.err()).isEmpty();
        assertThat(usage.out()).startsWith("WHAT").contains("storage bytes", "1,073,741,824", "operations total");
        assertThat(run("usage", "nobody").code()).isEqualTo(1);
    }
}
