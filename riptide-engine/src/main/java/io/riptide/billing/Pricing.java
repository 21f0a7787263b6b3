package io.riptide.billing;

import io.riptide.config.BillingConfig.Included;
import io.riptide.config.BillingConfig.Meter;
import io.riptide.spi.UsageColumn;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Lines out of usage, plans and prices: nothing but arithmetic, in whole numbers and decimals. An amount is rounded
 * once, at its end, half to even, to the smallest coin of the currency.
 */
final class Pricing {
    /** Digits behind the point of what is shown of a quantity. */
    private static final int SHOWN = 9;

    private static final long THOUSAND = 1_000;
    private static final long GB = 1_000_000_000;
    private static final int PER_MILLE = 3;

    private final long periodSeconds;
    private final int coinDigits;

    /**
     * For a period.
     *
     * @param coinDigits digits behind the point of the currency's smallest coin
     */
    Pricing(Period period, int coinDigits) {
        this.periodSeconds = period.seconds();
        this.coinDigits = coinDigits;
    }

    /** The lines of all plans that were held: the fee of each, and what was used of what has a price and is not 0. */
    List<BillLine> lines(List<PlanShare> shares) {
        List<BillLine> lines = new ArrayList<>();
        for (PlanShare share : shares) {
            lines.add(fee(share));
            usage(share, lines);
        }
        return lines;
    }

    private BillLine fee(PlanShare share) {
        BigDecimal fee = share.terms().baseFee();
        BigDecimal exact = fee.multiply(BigDecimal.valueOf(share.seconds()));
        return new BillLine(
                BillLine.BASE_FEE,
                null,
                null,
                share.plan(),
                shown(BigInteger.valueOf(share.seconds()), BigInteger.valueOf(periodSeconds)),
                "month",
                BigDecimal.ZERO,
                fee,
                exact.divide(BigDecimal.valueOf(periodSeconds), coinDigits, RoundingMode.HALF_EVEN));
    }

    /** All quantities are multiplied with the period's seconds, so that what is included of them is a whole number. */
    private void usage(PlanShare share, List<BillLine> lines) {
        Map<Included, BigInteger> left = new EnumMap<>(Included.class);
        share.terms()
                .included()
                .forEach((included, amount) -> left.put(
                        included,
                        BigInteger.valueOf(amount)
                                .multiply(BigInteger.valueOf(inOne(included)))
                                .multiply(BigInteger.valueOf(share.seconds()))));
        BigInteger period = BigInteger.valueOf(periodSeconds);
        for (Meter meter : Meter.values()) {
            BigDecimal price = share.terms().prices().get(meter);
            BigInteger used = count(meter, share.counts());
            if (price == null || used.signum() == 0) {
                continue;
            }
            BigInteger free =
                    meter.included() == null ? BigInteger.ZERO : left.getOrDefault(meter.included(), BigInteger.ZERO);
            BigInteger scaled = used.multiply(period);
            BigInteger charged = scaled.subtract(free).max(BigInteger.ZERO);
            if (meter.included() != null) {
                left.put(meter.included(), free.subtract(scaled).max(BigInteger.ZERO));
            }
            BigInteger unit = BigInteger.valueOf(inOne(meter)).multiply(period);
            lines.add(new BillLine(
                    meter.text(),
                    null,
                    null,
                    share.plan(),
                    shown(scaled, unit),
                    meter.unit(),
                    shown(free, unit),
                    price,
                    price.multiply(new BigDecimal(charged))
                            .divide(new BigDecimal(unit), coinDigits, RoundingMode.HALF_EVEN)));
        }
    }

    private static BigDecimal shown(BigInteger number, BigInteger of) {
        return tidy(new BigDecimal(number).divide(new BigDecimal(of), SHOWN, RoundingMode.HALF_EVEN));
    }

    /** Without zeros at its end. */
    static BigDecimal tidy(BigDecimal number) {
        BigDecimal stripped = number.stripTrailingZeros();
        return stripped.scale() < 0 ? stripped.setScale(0) : stripped;
    }

    private static long inOne(Meter meter) {
        return meter == Meter.STORAGE || meter == Meter.TRANSFER ? GB : THOUSAND;
    }

    private static long inOne(Included included) {
        return included == Included.STORAGE_GB_HOURS || included == Included.TRANSFER_GB ? GB : 1;
    }

    /** How many units were used, as near as a floating-point number is. */
    static double units(Meter meter, long[] counts) {
        return count(meter, counts).doubleValue() / inOne(meter);
    }

    private static BigInteger count(Meter meter, long[] counts) {
        return switch (meter) {
            case HIT -> sum(counts, UsageColumn.HIT_L1, UsageColumn.HIT_L2);
            case STALE -> sum(counts, UsageColumn.STALE);
            case MISS -> sum(counts, UsageColumn.MISS);
            case WRITE -> sum(counts, UsageColumn.WRITE);
            case DELETE -> sum(counts, UsageColumn.DELETE);
            case LIST -> sum(counts, UsageColumn.LIST);
            case INVALIDATE -> sum(counts, UsageColumn.INVALIDATE);
            case FETCH -> sum(counts, UsageColumn.FETCH);
            case LOAD -> sum(counts, UsageColumn.LOAD);
            case LOAD_FAILED -> sum(counts, UsageColumn.LOAD_FAILED);
            case STORAGE -> sum(counts, UsageColumn.STORAGE_BYTE_HOURS);
            case TRANSFER -> sum(counts, UsageColumn.BYTES_IN, UsageColumn.BYTES_OUT);
        };
    }

    private static BigInteger sum(long[] counts, UsageColumn... columns) {
        BigInteger sum = BigInteger.ZERO;
        for (UsageColumn column : columns) {
            sum = sum.add(BigInteger.valueOf(counts[column.ordinal()]));
        }
        return sum;
    }

    /** How many reads were answered without a load. */
    static long hits(List<PlanShare> shares) {
        return shares.stream()
                .map(share -> sum(share.counts(), UsageColumn.HIT_L1, UsageColumn.HIT_L2, UsageColumn.STALE))
                .reduce(BigInteger.ZERO, BigInteger::add)
                .longValueExact();
    }

    /** What these reads would have cost as loads, at the prices of their plans, beyond what they cost as hits. */
    BigDecimal saved(List<PlanShare> shares, List<BillLine> lines) {
        BigDecimal saved = BigDecimal.ZERO;
        for (PlanShare share : shares) {
            BigDecimal load = share.terms().prices().getOrDefault(Meter.LOAD, BigDecimal.ZERO);
            saved = saved.add(load.multiply(BigDecimal.valueOf(hits(List.of(share)))));
        }
        saved = saved.movePointLeft(PER_MILLE).setScale(coinDigits, RoundingMode.HALF_EVEN);
        for (BillLine line : lines) {
            if (line.meter().equals(Meter.HIT.text()) || line.meter().equals(Meter.STALE.text())) {
                saved = saved.subtract(line.amount());
            }
        }
        return saved.max(BigDecimal.ZERO.setScale(coinDigits));
    }

    /**
     * What is to be added to a bill that is closed, for what arrived after: the difference of the lines as they are now
     * and as they were, where there is one.
     */
    static List<BillLine> adjustments(Period of, List<BillLine> then, List<BillLine> now) {
        List<BillLine> adjustments = new ArrayList<>();
        for (BillLine line : now) {
            BillLine before = then.stream()
                    .filter(old -> old.plan().equals(line.plan()) && old.meter().equals(line.meter()))
                    .findFirst()
                    .orElse(null);
            BigDecimal quantity = before == null ? BigDecimal.ZERO : before.quantity();
            BigDecimal charged = before == null ? BigDecimal.ZERO : before.charged();
            BigDecimal amount = before == null ? BigDecimal.ZERO : before.amount();
            BigDecimal more = line.quantity().subtract(quantity);
            if (more.signum() != 0 || line.amount().compareTo(amount) != 0) {
                adjustments.add(new BillLine(
                        BillLine.ADJUSTMENT,
                        line.meter(),
                        of.toString(),
                        line.plan(),
                        tidy(more),
                        line.unit(),
                        tidy(more.subtract(line.charged().subtract(charged))),
                        line.unitPrice(),
                        line.amount().subtract(amount)));
            }
        }
        return adjustments;
    }
}
