package io.riptide.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.config.BillingConfig.Included;
import io.riptide.config.BillingConfig.Meter;
import io.riptide.config.BillingConfig.PlanConfig;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BillingConfigTest {
    @TempDir
    private Path folder;

    private ConfigOutcome load(String yaml) throws IOException {
        Files.writeString(folder.resolve("a.yml"), yaml);
        return new ConfigLoader(Map.of()).load(List.of(folder), List.of());
    }

    private BillingConfig valid(String yaml) throws IOException {
        ConfigOutcome outcome = load(yaml);
        assertThat(outcome).as(outcome.toString()).isInstanceOf(ConfigOutcome.Valid.class);
        return ((ConfigOutcome.Valid) outcome).config().billing();
    }

    private List<String> errors(String yaml) throws IOException {
        return ((ConfigOutcome.Invalid) load(yaml))
                .errors().stream()
                        .map(e -> e.origin().line() + ": " + e.path() + ": " + e.message())
                        .toList();
    }

    @Test
    void whileNoPlanIsWrittenTheExamplesHold() throws IOException {
        BillingConfig billing = valid("billing: {currency: CHF}\n");
        assertThat(billing.currency().getCurrencyCode()).isEqualTo("CHF");
        assertThat(billing.gracePeriodHours()).isEqualTo(24);
        assertThat(billing.plans()).containsOnlyKeys("free", "basic", "pro", "enterprise");
        PlanConfig basic = billing.plans().get("basic");
        assertThat(basic.baseFee()).isEqualTo(new BigDecimal("19"));
        assertThat(basic.included())
                .isEqualTo(Map.of(Included.OPERATIONS, 5_000_000L, Included.STORAGE_GB_HOURS, 720L));
        assertThat(basic.prices())
                .isEqualTo(Map.of(
                        Meter.HIT, new BigDecimal("0.002"),
                        Meter.LOAD, new BigDecimal("0.02"),
                        Meter.STORAGE, new BigDecimal("0.0004"),
                        Meter.TRANSFER, new BigDecimal("0.05")));
        assertThat(billing.plans().get("free").prices()).isEmpty();
    }

    @Test
    void whereAPlanIsWrittenThoseAreAll() throws IOException {
        BillingConfig billing = valid("""
                billing:
                  plans:
                    v2.small: { base_fee: "5.50", prices: { write_1000: "1" }, quotas: { storage_bytes: 7 } }
                """);
        assertThat(billing.plans()).containsOnlyKeys("v2.small");
        PlanConfig plan = billing.plans().get("v2.small");
        assertThat(plan.prices()).isEqualTo(Map.of(Meter.WRITE, new BigDecimal("1")));
        assertThat(plan.quotas().storageBytes()).isEqualTo(7);
        assertThat(plan.quotas().memoryBytes()).isNull();
    }

    @Test
    void whatIsNoPriceIsRefusedWithItsLine() throws IOException {
        assertThat(errors("""
                        billing:
                          currency: EURO
                          plans:
                            pro:
                              base_fee: "19,00"
                              prices:
                                hit_1000: 0.002
                                load_1000: "-1"
                                transfer_gb: "1e3"
                        """))
                .hasSize(5)
                .anyMatch(e -> e.startsWith("2: billing.currency: "))
                .anyMatch(e -> e.startsWith("5: billing.plans.pro.base_fee: the text \"19,00\""))
                .anyMatch(
                        e -> e.startsWith("7: billing.plans.pro.prices.hit_1000: 0.002 (expected a decimal number in"))
                .anyMatch(e -> e.startsWith("8: billing.plans.pro.prices.load_1000: "))
                .anyMatch(e -> e.startsWith("9: billing.plans.pro.prices.transfer_gb: "));
    }

    @Test
    void anUnknownMeterIsNamedWithTheKnownOnes() throws IOException {
        assertThat(errors("""
                        billing:
                          plans:
                            pro:
                              base_fee: "1"
                              prices: { hits_1000: "1" }
                              included: { zebras: 1 }
                        """))
                .hasSize(2)
                .anyMatch(e -> e.contains("nearest: billing.plans.pro.prices.hit_1000"))
                .anyMatch(e -> e.contains("known here: loads, operations, storage_gb_hours, transfer_gb"));
    }

    @Test
    void aPlanNeedsItsFee() throws IOException {
        assertThat(errors("billing: {plans: {pro: {prices: {hit_1000: \"1\"}}}}\n"))
                .singleElement()
                .asString()
                .contains("billing.plans.pro.base_fee: is missing");
    }
}
