package io.riptide.billing;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.config.BillingConfig.Included;
import io.riptide.config.BillingConfig.Meter;
import io.riptide.config.BillingConfig.PlanConfig;
import io.riptide.config.BillingConfig.PlanQuotas;
import io.riptide.config.PersistenceConfig;
import io.riptide.spi.TenantKey;
import io.riptide.spi.UsageColumn;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class PricingTest {
    private static final Period NOVEMBER = Period.parse("2026-11");
    private static final Map<String, PlanConfig> PLANS =
            PersistenceConfig.defaults().billing().plans();
    private static final BigDecimal COIN = new BigDecimal("0.01");

    private final Pricing pricing = new Pricing(NOVEMBER, 2);

    private static PlanConfig plan(String fee, Map<Included, Long> included, Map<Meter, BigDecimal> prices) {
        return new PlanConfig(new BigDecimal(fee), included, prices, new PlanQuotas(null, null, null, null));
    }

    private static long[] counts(Object... columnsAndCounts) {
        long[] counts = new long[UsageColumn.count()];
        for (int i = 0; i < columnsAndCounts.length; i += 2) {
            counts[((UsageColumn) columnsAndCounts[i]).ordinal()] = ((Number) columnsAndCounts[i + 1]).longValue();
        }
        return counts;
    }

    private static PlanShare whole(String plan, long[] counts) {
        return new PlanShare(plan, PLANS.get(plan), NOVEMBER.seconds(), counts);
    }

    private static List<String> shown(List<BillLine> lines) {
        return lines.stream()
                .map(line -> line.meter() + " " + line.quantity().toPlainString() + " - "
                        + line.included().toPlainString() + " x " + line.unitPrice() + " = " + line.amount())
                .toList();
    }

    @Test
    void aWholeMonthOfTheBasicPlan() {
        long[] counts = counts(
                UsageColumn.HIT_L1, 6_000_000,
                UsageColumn.HIT_L2, 1_000_500,
                UsageColumn.WRITE, 9_000_000,
                UsageColumn.LOAD, 123_456,
                UsageColumn.STORAGE_BYTE_HOURS, 1_000_000_000_000L,
                UsageColumn.BYTES_IN, 1_500_000_000,
                UsageColumn.BYTES_OUT, 10_000_000_000L);
        assertThat(shown(pricing.lines(List.of(whole("basic", counts)))))
                .containsExactly(
                        "base_fee 1 - 0 x 19 = 19.00",
                        "hit 7000.5 - 5000 x 0.002 = 4.00",
                        "load 123.456 - 0 x 0.02 = 2.47",
                        "storage 1000 - 720 x 0.0004 = 0.11",
                        "transfer 11.5 - 0 x 0.05 = 0.58");
    }

    @Test
    void whatHasNoPriceHasNoLine() {
        long[] counts = counts(UsageColumn.HIT_L1, 1_000_000_000, UsageColumn.LOAD_FAILED, 77);
        assertThat(shown(pricing.lines(List.of(whole("free", counts))))).containsExactly("base_fee 1 - 0 x 0 = 0.00");
    }

    @Test
    void metersThatShareWhatIsIncludedTakeOfItInTurn() {
        PlanConfig terms = plan(
                "0",
                Map.of(Included.OPERATIONS, 1_500L),
                Map.of(Meter.HIT, BigDecimal.ONE, Meter.WRITE, BigDecimal.TWO));
        long[] counts = counts(UsageColumn.HIT_L1, 1_000, UsageColumn.WRITE, 2_000);
        List<BillLine> lines = pricing.lines(List.of(new PlanShare("p", terms, NOVEMBER.seconds(), counts)));
        assertThat(shown(lines))
                .containsExactly("base_fee 1 - 0 x 0 = 0.00", "hit 1 - 1.5 x 1 = 0.00", "write 2 - 0.5 x 2 = 3.00");
    }

    @Test
    void feeAndWhatIsIncludedAreDividedByTheSecond() {
        long half = NOVEMBER.seconds() / 2;
        long[] used = counts(UsageColumn.HIT_L1, 30_000_000);
        List<BillLine> lines = pricing.lines(List.of(
                new PlanShare("basic", PLANS.get("basic"), half, used),
                new PlanShare("pro", PLANS.get("pro"), NOVEMBER.seconds() - half, used)));
        assertThat(shown(lines))
                .containsExactly(
                        "base_fee 0.5 - 0 x 19 = 9.50",
                        "hit 30000 - 2500 x 0.002 = 55.00",
                        "base_fee 0.5 - 0 x 99 = 49.50",
                        "hit 30000 - 25000 x 0.001 = 5.00");
    }

    @Test
    void anAmountIsRoundedOnceHalfToEven() {
        PlanConfig terms = plan("0", Map.of(), Map.of(Meter.WRITE, new BigDecimal("0.005")));
        for (String[] each : new String[][] {{"1000", "0.00"}, {"3000", "0.02"}, {"5000", "0.02"}, {"3001", "0.02"}}) {
            long[] counts = counts(UsageColumn.WRITE, Long.parseLong(each[0]));
            assertThat(pricing.lines(List.of(new PlanShare("p", terms, NOVEMBER.seconds(), counts)))
                            .getLast()
                            .amount())
                    .as(each[0])
                    .isEqualTo(new BigDecimal(each[1]));
        }
        assertThat(new Pricing(NOVEMBER, 0)
                        .lines(List.of(whole("basic", counts(UsageColumn.LOAD, 1_000_000))))
                        .getLast()
                        .amount())
                .isEqualTo(new BigDecimal("20"));
    }

    @Test
    void whatCachingSavedIsWhatHitsWouldHaveCostAsLoads() {
        List<PlanShare> shares =
                List.of(whole("basic", counts(UsageColumn.HIT_L1, 6_000_000, UsageColumn.STALE, 1_000)));
        assertThat(Pricing.hits(shares)).isEqualTo(6_001_000);
        assertThat(pricing.saved(shares, pricing.lines(shares))).isEqualTo(new BigDecimal("118.02"));
        List<PlanShare> free = List.of(whole("free", counts(UsageColumn.HIT_L1, 5)));
        assertThat(pricing.saved(free, pricing.lines(free))).isEqualTo(new BigDecimal("0.00"));
    }

    @Test
    void whatArrivesLateIsTheDifference() {
        List<BillLine> then = pricing.lines(List.of(whole("basic", counts(UsageColumn.HIT_L1, 4_999_000))));
        List<BillLine> now = pricing.lines(
                List.of(whole("basic", counts(UsageColumn.HIT_L1, 5_002_000_000L, UsageColumn.LOAD, 50_000))));
        List<BillLine> late = Pricing.adjustments(NOVEMBER, then, now);
        assertThat(shown(late))
                .containsExactly("adjustment 4997001 - 1 x 0.002 = 9994.00", "adjustment 50 - 0 x 0.02 = 1.00");
        assertThat(late).allMatch(line -> "2026-11".equals(line.period()));
        assertThat(late).extracting(BillLine::of).containsExactly("hit", "load");
        assertThat(Pricing.adjustments(NOVEMBER, now, now)).isEmpty();
    }

    /** Each amount lies within half a coin of the exact one; the bill's total is their sum, and says the same again. */
    @Property
    void linesAreExactButForOneRoundingAndTheTotalIsTheirSum(
            @ForAll @Size(13) List<@LongRange(max = 1_000_000_000_000_000L) Long> used,
            @ForAll @IntRange(min = 1, max = 2_591_999) int seconds) {
        long[] counts = counts();
        for (int i = 0; i < used.size(); i++) {
            counts[i] = used.get(i);
        }
        List<PlanShare> shares = List.of(
                new PlanShare("basic", PLANS.get("basic"), seconds, counts),
                new PlanShare("pro", PLANS.get("pro"), NOVEMBER.seconds() - seconds, counts));
        List<BillLine> lines = pricing.lines(shares);
        for (BillLine line : lines) {
            assertThat(line.amount().scale()).isEqualTo(2);
            BigDecimal exact = line.charged().multiply(line.unitPrice());
            // What is shown has nine digits behind the point, times a price of at most 99.
            assertThat(line.amount().subtract(exact).abs())
                    .isLessThanOrEqualTo(COIN.divide(BigDecimal.TWO).add(new BigDecimal("0.0000001")));
        }
        Bill bill = new Bill(new TenantKey("t", 1), NOVEMBER, "EUR", 2, null, shares, lines, BigDecimal.ZERO);
        assertThat(bill.total())
                .isEqualTo(lines.stream().map(BillLine::amount).reduce(BigDecimal.ZERO, BigDecimal::add));
        String text = BillJson.print(bill.close(1, 0));
        assertThat(BillJson.lines(text))
                .usingElementComparator(PricingTest::alike)
                .isEqualTo(lines);
        List<PlanShare> again = BillJson.terms(text).stream()
                .map(term -> new PlanShare(term.plan(), term.terms(), term.seconds(), counts))
                .toList();
        assertThat(pricing.lines(again)).isEqualTo(lines);
        assertThat(Pricing.adjustments(NOVEMBER, BillJson.lines(text), pricing.lines(again)))
                .isEmpty();
    }

    private static int alike(BillLine one, BillLine other) {
        return one.toString().equals(other.toString()) ? 0 : 1;
    }

    /** A month cut into parts costs what the whole does, but for half a coin a part. */
    @Property
    void partsOfTheFeeSumToTheWholeWithinTheirRounding(
            @ForAll @Size(min = 1, max = 20) List<@IntRange(max = 100_000) Integer> parts) {
        long left = NOVEMBER.seconds();
        BigDecimal sum = BigDecimal.ZERO;
        for (int part : parts) {
            sum = sum.add(pricing.lines(List.of(new PlanShare("pro", PLANS.get("pro"), part, counts())))
                    .getFirst()
                    .amount());
            left -= part;
        }
        sum = sum.add(pricing.lines(List.of(new PlanShare("pro", PLANS.get("pro"), left, counts())))
                .getFirst()
                .amount());
        BigDecimal bound = COIN.multiply(BigDecimal.valueOf(parts.size() + 1L))
                .divide(BigDecimal.TWO, 3, RoundingMode.UNNECESSARY);
        assertThat(sum.subtract(new BigDecimal("99")).abs()).isLessThanOrEqualTo(bound);
    }
}
