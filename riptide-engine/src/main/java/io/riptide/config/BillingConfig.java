package io.riptide.config;

import java.math.BigDecimal;
import java.util.Collections;
import java.util.Currency;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code billing}.
 *
 * @param currency of all prices
 * @param gracePeriodHours how long after a month's end what was used in it may still arrive
 * @param plans by name, in the order in which they are written
 */
public record BillingConfig(Currency currency, long gracePeriodHours, Map<String, PlanConfig> plans) {
    public BillingConfig {
        plans = Collections.unmodifiableMap(new LinkedHashMap<>(plans));
    }

    /** What a plan may include of. */
    public enum Included {
        OPERATIONS,
        LOADS,
        STORAGE_GB_HOURS,
        TRANSFER_GB;

        /** Its key under {@code included}. */
        public String key() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What a plan may have a price for; those that share what is included take of it in this order. */
    public enum Meter {
        HIT("hit_1000", Included.OPERATIONS),
        STALE("stale_1000", Included.OPERATIONS),
        MISS("miss_1000", Included.OPERATIONS),
        WRITE("write_1000", Included.OPERATIONS),
        DELETE("delete_1000", Included.OPERATIONS),
        LIST("list_1000", Included.OPERATIONS),
        INVALIDATE("invalidate_1000", Included.OPERATIONS),
        FETCH("fetch_1000", Included.OPERATIONS),
        LOAD("load_1000", Included.LOADS),
        LOAD_FAILED("load_failed_1000", null),
        STORAGE("storage_gb_hour", Included.STORAGE_GB_HOURS),
        TRANSFER("transfer_gb", Included.TRANSFER_GB);

        private final String unit;
        private final @Nullable Included included;

        Meter(String unit, @Nullable Included included) {
            this.unit = unit;
            this.included = included;
        }

        /** Its name in an invoice. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** What a price is for, and its key under {@code prices}: a thousand of them, or a GB (10^9 bytes). */
        public String unit() {
            return unit;
        }

        /** Of which included amount it takes, or null where of none. */
        public @Nullable Included included() {
            return included;
        }
    }

    /**
     * {@code billing.plans.<name>}.
     *
     * @param baseFee for a whole month
     * @param included for a whole month: operations, loads, GB-hours, GB; what is not there is nothing
     * @param prices of a unit; what is not there is free
     * @param quotas of tenants that have none of their own
     */
    public record PlanConfig(
            BigDecimal baseFee, Map<Included, Long> included, Map<Meter, BigDecimal> prices, PlanQuotas quotas) {
        public PlanConfig {
            included = Map.copyOf(included);
            prices = Map.copyOf(prices);
        }
    }

    /** Quotas that a plan carries; where null, the default one. */
    public record PlanQuotas(
            @Nullable Long memoryBytes,
            @Nullable Long operationsPerMinute,
            @Nullable Long storageBytes,
            @Nullable Long activeSessions) {}
}
