package io.riptide.billing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.riptide.config.BillingConfig;
import io.riptide.config.PersistenceConfig;
import io.riptide.config.TenantConfig;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import io.riptide.spi.InvoiceRecord;
import io.riptide.spi.TenantKey;
import io.riptide.spi.UsageColumn;
import io.riptide.spi.UsageStore;
import io.riptide.store.jdbc.SqlControlStore;
import io.riptide.tenant.TenantManager;
import io.riptide.tenant.TenantManager.NewTenant;
import io.riptide.tenant.TenantManager.QuotaPatch;
import io.riptide.tenant.TenantManager.TenantPatch;
import io.riptide.testkit.ManualTime;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BillerTest {
    private static final BillingConfig BILLING = PersistenceConfig.defaults().billing();

    @TempDir
    private Path folder;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final ManualTime time =
            new ManualTime(Instant.parse("2026-10-01T00:00:00Z").toEpochMilli());
    private final UsageStore usage = UsageStore.inMemory();
    private SqlControlStore store;
    private TenantManager tenants;
    private Biller biller;

    @BeforeEach
    void open() {
        store = SqlControlStore.sqlite(folder.resolve("control.db"), threads);
        tenants = new TenantManager(
                new TenantConfig(true, new TenantConfig.QuotaConfig(10, 20, 30, 40), 1_000),
                BILLING,
                store,
                time,
                new SecureRandom());
        biller = biller(BILLING);
    }

    private Biller biller(BillingConfig config) {
        return new Biller(config, store.invoices(), usage, null, time);
    }

    @AfterEach
    void close() {
        store.close();
        threads.close();
    }

    private TenantKey tenant(String id, String plan) {
        var made = tenants.create(new NewTenant(id, "N", "O", "o@example.com", plan, QuotaPatch.NONE, null));
        return new TenantKey(id, made.tenant().createdMillis());
    }

    private void holds(String id, String plan) {
        tenants.update(id, new TenantPatch(null, null, null, plan, QuotaPatch.NONE, null), null);
    }

    private void at(String instant) {
        time.advance(Duration.ofMillis(Instant.parse(instant).toEpochMilli() - time.wallMillis()));
    }

    private static UsageStore.Row used(String epoch, TenantKey tenant, String hour, UsageColumn column, long count) {
        long[] counts = new long[UsageColumn.count()];
        counts[column.ordinal()] = count;
        long hours = Instant.parse(hour).getEpochSecond() / 3600;
        return new UsageStore.Row(epoch, tenant.id(), tenant.createdMillis(), hours, counts);
    }

    private void uses(TenantKey tenant, String hour, UsageColumn column, long count) {
        usage.keep(List.of(used("one", tenant, hour, column, count)));
    }

    private static JsonNode json(String bill) {
        try {
            return new JsonMapper().readTree(bill);
        } catch (java.io.IOException e) {
            throw new AssertionError(bill, e);
        }
    }

    private List<String> lines(String tenant, String period) {
        List<String> lines = new ArrayList<>();
        for (JsonNode line : json(biller.bill(tenant, period)).get("lines")) {
            lines.add(line.get("meter").asText() + " " + line.get("plan").asText() + " "
                    + line.get("quantity").asText() + " = " + line.get("amount").asText());
        }
        return lines;
    }

    private String wrongPeriod(Runnable call) {
        RipTideException refused = catchThrowableOfType(RipTideException.class, call::run);
        assertThat(refused.problem().code()).isEqualTo(ProblemCode.INVALID_REQUEST);
        assertThat(refused.problem().errors()).hasSize(1);
        assertThat(refused.problem().errors().getFirst().field()).isEqualTo("period");
        return refused.problem().errors().getFirst().message();
    }

    @Test
    void usageIsPricedByThePlanOfItsHourAndFeesAreProrated() {
        TenantKey acme = tenant("acme", "basic");
        uses(acme, "2026-10-02T00:00:00Z", UsageColumn.LOAD, 1_000_000);
        at("2026-10-16T11:59:00Z");
        uses(acme, "2026-10-16T11:00:00Z", UsageColumn.LOAD, 500_000);
        at("2026-10-16T12:00:00Z");
        holds("acme", "pro");
        uses(acme, "2026-10-16T12:00:00Z", UsageColumn.LOAD, 2_000_000);
        JsonNode bill = json(biller.bill("acme", null));
        assertThat(lines("acme", "2026-10"))
                .containsExactly(
                        "base_fee basic 0.5 = 9.50",
                        "load basic 1500 = 30.00",
                        "base_fee pro 0.5 = 49.50",
                        "load pro 2000 = 30.00");
        assertThat(bill.get("total").asText()).isEqualTo("119.00");
        assertThat(bill.get("status").asText()).isEqualTo("open");
        assertThat(bill.get("billing_plan").asText()).isEqualTo("pro");
        assertThat(bill.get("usage").get("load").asLong()).isEqualTo(3_500_000);
    }

    @Test
    void aMonthClosesOnceAfterItsGraceAndNeverChanges() {
        TenantKey acme = tenant("acme", "basic");
        tenant("other", "free");
        uses(acme, "2026-10-05T00:00:00Z", UsageColumn.LOAD, 1_000_000);
        at("2026-11-01T23:59:59Z");
        assertThat(wrongPeriod(() -> biller.close("2026-10"))).contains("2026-10 (expected: ", "2026-09 or an earlier");
        biller.round();
        assertThat(biller.list(0, 10, null, null)).isEmpty();
        at("2026-11-02T00:00:00Z");
        assertThat(biller.close(null).made()).isEqualTo(2);
        assertThat(biller.close("2026-10").made()).isZero();
        biller.round();
        List<InvoiceRecord> invoices = biller.list(0, 10, null, "2026-10");
        assertThat(invoices).extracting(InvoiceRecord::number).containsExactly(1L, 2L);
        String invoice = biller.bill("acme", "2026-10");
        assertThat(json(invoice).get("number").asLong()).isEqualTo(1);
        assertThat(json(invoice).get("total").asText()).isEqualTo("39.00");
        assertThat(json(invoice).get("closed_at").asText()).isEqualTo("2026-11-02T00:00:00Z");

        uses(acme, "2026-10-31T23:00:00Z", UsageColumn.LOAD, 500_000);
        assertThat(biller.bill("acme", "2026-10")).isEqualTo(invoice);
        assertThat(lines("acme", "2026-11"))
                .containsExactly("base_fee basic 1 = 19.00", "adjustment basic 500 = 10.00");
        at("2026-12-05T00:00:00Z");
        biller.round();
        assertThat(json(biller.bill("acme", "2026-11")).get("total").asText()).isEqualTo("29.00");
        assertThat(lines("acme", "2026-12")).as("once").containsExactly("base_fee basic 1 = 19.00");
        assertThat(biller.bill("acme", "2026-10")).isEqualTo(invoice);
    }

    @Test
    void whatArrivesLateIsChargedByTheTermsOfItsInvoice() {
        TenantKey acme = tenant("acme", "basic");
        uses(acme, "2026-10-05T00:00:00Z", UsageColumn.LOAD, 1_000_000);
        at("2026-11-03T00:00:00Z");
        assertThat(biller.close(null).failed()).isEmpty();
        uses(acme, "2026-10-06T00:00:00Z", UsageColumn.LOAD, 1_000_000);
        Map<String, BillingConfig.PlanConfig> dearer = new LinkedHashMap<>(BILLING.plans());
        dearer.put("basic", BILLING.plans().get("enterprise"));
        biller = biller(new BillingConfig(BILLING.currency(), 24, dearer));
        assertThat(lines("acme", "2026-11"))
                .containsExactly("base_fee basic 1 = 990.00", "adjustment basic 1000 = 20.00");
    }

    @Test
    void aTenantThatIsErasedHasItsInvoiceAndOneThatIsGivenItsIdHasItsOwn() {
        TenantKey gone = tenant("acme", "pro");
        uses(gone, "2026-10-02T00:00:00Z", UsageColumn.LOAD, 1_000_000);
        at("2026-10-16T12:00:00Z");
        tenants.delete("acme");
        tenants.erased("acme");
        assertThat(lines("acme", "2026-10")).containsExactly("base_fee pro 0.5 = 49.50", "load pro 1000 = 15.00");
        at("2026-10-20T00:00:00Z");
        tenant("acme", "free");
        assertThat(lines("acme", "2026-10")).hasSize(1).first().asString().startsWith("base_fee free");
        at("2026-11-03T00:00:00Z");
        biller.round();
        assertThat(biller.list(0, 9, "acme", null))
                .extracting(InvoiceRecord::total)
                .containsExactly("64.50", "0.00");
        at("2026-12-03T00:00:00Z");
        biller.round();
        assertThat(biller.list(0, 9, "acme", "2026-11"))
                .as("who was gone is billed no more")
                .hasSize(1);
    }

    @Test
    void monthsThatNobodyClosedAreClosedInTheirOrder() {
        tenant("acme", "basic");
        at("2027-01-05T00:00:00Z");
        biller.round();
        assertThat(biller.list(0, 9, null, null))
                .extracting(InvoiceRecord::period)
                .containsExactly("2026-10", "2026-11", "2026-12");
    }

    private Biller without(String plan) {
        Map<String, BillingConfig.PlanConfig> less = new LinkedHashMap<>(BILLING.plans());
        less.remove(plan);
        return biller(new BillingConfig(BILLING.currency(), 24, less));
    }

    @Test
    void aPlanThatIsNotConfiguredKeepsItsTenantsOpenAndNobodyElse() {
        tenant("acme", "basic");
        tenant("other", "free");
        at("2026-12-05T00:00:00Z");
        Biller without = without("basic");
        Biller.Closing closing = without.close(null);
        assertThat(closing.failed()).containsExactly("acme");
        assertThat(closing.made()).as("both months of the other").isEqualTo(2);
        assertThat(store.invoices().lastClosed()).isNull();
        assertThat(without.close(null).made()).isZero();
        at("2027-01-05T00:00:00Z");
        assertThat(without.round().made()).as("and the next").isEqualTo(1);
        assertThat(without.list(0, 9, "acme", null))
                .as("its months wait for one another")
                .isEmpty();
        Biller.Closing all = biller.close(null);
        assertThat(all.made()).isEqualTo(3);
        assertThat(all.failed()).isEmpty();
        assertThat(biller.waiting()).isZero();
        assertThat(store.invoices().lastClosed()).isEqualTo("2026-12");
        assertThat(biller.list(0, 9, null, null))
                .extracting(InvoiceRecord::number)
                .containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
        assertThat(biller.list(0, 9, "acme", null))
                .extracting(InvoiceRecord::period)
                .containsExactly("2026-10", "2026-11", "2026-12");
    }

    @Test
    void whereAMonthStaysOpenItsHoursAreKeptByTheHour() {
        TenantKey acme = tenant("acme", "basic");
        TenantKey other = tenant("other", "free");
        uses(other, "2026-10-02T05:00:00Z", UsageColumn.LOAD, 1);
        uses(acme, "2026-11-02T05:00:00Z", UsageColumn.LOAD, 7);
        at("2027-01-05T00:00:00Z");
        Biller without = without("basic");
        without.round();
        long hour = Instant.parse("2026-10-02T05:00:00Z").getEpochSecond() / 3600;
        assertThat(usage.sum("other", other.createdMillis(), hour, hour + 1)[UsageColumn.LOAD.ordinal()])
                .as("not folded")
                .isEqualTo(1);
        biller.round();
        assertThat(usage.sum("other", other.createdMillis(), hour, hour + 1)[UsageColumn.LOAD.ordinal()])
                .as("folded into its day")
                .isZero();
        assertThat(lines("acme", "2026-11")).contains("load basic 0.007 = 0.00");
    }

    @Test
    void theTenantThatIsThereByConfigurationHasABillThatStaysOpen() {
        TenantManager alone = new TenantManager(
                new TenantConfig(false, new TenantConfig.QuotaConfig(10, 20, 30, 40), 1_000),
                BILLING,
                store,
                time,
                new SecureRandom());
        biller = new Biller(BILLING, store.invoices(), usage, alone.byConfiguration(), time);
        uses(new TenantKey("default", 0), "2026-10-02T05:00:00Z", UsageColumn.WRITE, 3);
        at("2026-12-05T00:00:00Z");
        assertThat(biller.round()).isNull();
        JsonNode bill = json(biller.bill("default", "2026-10"));
        assertThat(bill.get("status").asText()).isEqualTo("open");
        assertThat(bill.get("billing_plan").asText()).isEqualTo("free");
        assertThat(bill.get("usage").get("write").asLong()).isEqualTo(3);
        assertThat(json(biller.bill("default", null)).get("usage").get("write").asLong())
                .isZero();
    }

    @Test
    void anotherTenantThatHadItsIdHasItsInvoicesAllTheSame() {
        tenant("default", "basic");
        tenant("zeta", "free");
        at("2026-11-05T00:00:00Z");
        TenantManager alone = new TenantManager(
                new TenantConfig(false, new TenantConfig.QuotaConfig(10, 20, 30, 40), 1_000),
                BILLING,
                store,
                time,
                new SecureRandom());
        biller = new Biller(BILLING, store.invoices(), usage, alone.byConfiguration(), time);
        assertThat(biller.round().made()).isEqualTo(2);
        assertThat(store.invoices().lastClosed()).isEqualTo("2026-10");
        assertThat(json(biller.bill("default", "2026-10")).get("billing_plan").asText())
                .isEqualTo("basic");
        assertThat(json(biller.bill("default", null)).get("billing_plan").asText())
                .isEqualTo("free");
    }

    @Test
    void whoWaitsIsSeenWhereTheRoundsRunAndNowhereElse() {
        tenant("acme", "basic");
        at("2026-11-05T00:00:00Z");
        Biller without = without("basic");
        assertThat(without.close(null).failed()).containsExactly("acme");
        assertThat(without.waiting()).as("a call by hand").isZero();
        without.round();
        assertThat(without.waiting()).isEqualTo(1);
        without.rest();
        assertThat(without.waiting()).isZero();
        without.round();
        biller.round();
        without.round();
        assertThat(without.waiting()).as("another made it").isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "2026", "2026-13", "2026-00", "2026-1", "26-10", "2026-10-01", "x"})
    void whatIsNoMonthIsRefusedByItsField(String period) {
        tenant("acme", "basic");
        assertThat(wrongPeriod(() -> biller.bill("acme", period))).contains("expected");
        assertThat(wrongPeriod(() -> biller.close(period))).contains("expected");
        assertThat(wrongPeriod(() -> biller.list(0, 1, null, period))).contains("expected");
    }

    @Test
    void aMonthToComeIsRefusedAndOneBeforeTheTenantIsNotThere() {
        tenant("acme", "basic");
        assertThat(wrongPeriod(() -> biller.bill("acme", "2026-11"))).contains("2026-10 or an earlier one");
        for (String[] each : new String[][] {{"acme", "2026-09"}, {"nobody", "2026-10"}}) {
            assertThat(catchThrowableOfType(RipTideException.class, () -> biller.bill(each[0], each[1]))
                            .problem()
                            .code())
                    .isEqualTo(ProblemCode.NOT_FOUND);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void theOrderInWhichRowsAreToldAndToldAgainDoesNotMatter(long seed) {
        TenantKey acme = tenant("acme", "basic");
        List<UsageStore.Row> rows = new ArrayList<>();
        for (int hour = 0; hour < 24; hour++) {
            for (long count : new long[] {100_000, 200_000}) {
                String at = String.format("2026-10-03T%02d:00:00Z", hour);
                rows.add(used("one", acme, at, UsageColumn.LOAD, count));
                rows.add(used("two", acme, at, UsageColumn.LOAD, count / 2));
            }
        }
        rows.addAll(rows.subList(10, 30));
        Collections.shuffle(rows, new Random(seed));
        rows.forEach(row -> usage.keep(List.of(row)));
        at("2026-11-05T00:00:00Z");
        biller.round();
        assertThat(lines("acme", "2026-10")).containsExactly("base_fee basic 1 = 19.00", "load basic 7200 = 144.00");
        at("2026-12-05T00:00:00Z");
        biller.round();
        at("2027-01-05T00:00:00Z");
        biller.round();
        assertThat(usage.sum("acme", acme.createdMillis(), 0, Long.MAX_VALUE)[UsageColumn.LOAD.ordinal()])
                .as("folded, and as much as before")
                .isEqualTo(7_200_000);
    }
}
