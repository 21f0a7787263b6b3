package io.riptide.billing;

import io.riptide.config.BillingConfig.Meter;
import io.riptide.spi.UsageColumn;

/** What a tenant used in some time. */
public final class UsageTotals {
    private final long[] counts;

    UsageTotals(long[] counts) {
        this.counts = counts;
    }

    /** Operations, as the contract counts them. */
    public long operations() {
        return UsageColumn.operations(counts);
    }

    /** Bytes of values and pages, those taken and those sent. */
    public long transferBytes() {
        return count(UsageColumn.BYTES_IN) + count(UsageColumn.BYTES_OUT);
    }

    /** How many units of what may have a price; as a figure for people, not for money. */
    public double units(Meter meter) {
        return Pricing.units(meter, counts);
    }

    long count(UsageColumn column) {
        return counts[column.ordinal()];
    }
}
