package io.riptide.billing;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * A line of a bill.
 *
 * @param meter what was used; {@code base_fee}, or {@code adjustment}
 * @param of the meter that an adjustment is of, else null
 * @param period the period that an adjustment is of, else null
 * @param plan whose price it has
 * @param quantity how many units
 * @param unit what a unit is
 * @param included how many of them cost nothing
 * @param unitPrice what each of the others costs
 * @param amount what they cost, rounded once
 */
record BillLine(
        String meter,
        @Nullable String of,
        @Nullable String period,
        String plan,
        BigDecimal quantity,
        String unit,
        BigDecimal included,
        BigDecimal unitPrice,
        BigDecimal amount) {
    static final String BASE_FEE = "base_fee";
    static final String ADJUSTMENT = "adjustment";

    /** How many units cost something. */
    BigDecimal charged() {
        return quantity.subtract(included).max(BigDecimal.ZERO);
    }
}
