package io.riptide.billing;

import io.riptide.spi.TenantKey;
import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a tenant owes for a period, as far as it is known.
 *
 * @param closed with which number and when it was closed; null while it is open
 * @param shares the plans that were held, and what was used under each
 * @param coinDigits digits behind the point of the currency's smallest coin
 */
record Bill(
        TenantKey tenant,
        Period period,
        String currency,
        int coinDigits,
        @Nullable Closed closed,
        List<PlanShare> shares,
        List<BillLine> lines,
        BigDecimal saved) {
    Bill {
        shares = List.copyOf(shares);
        lines = List.copyOf(lines);
    }

    /** An invoice's number, and when it was closed in epoch milliseconds. */
    record Closed(long number, long atMillis) {}

    Bill close(long number, long atMillis) {
        return new Bill(tenant, period, currency, coinDigits, new Closed(number, atMillis), shares, lines, saved);
    }

    BigDecimal total() {
        return lines.stream().map(BillLine::amount).reduce(BigDecimal.ZERO.setScale(coinDigits), BigDecimal::add);
    }
}
