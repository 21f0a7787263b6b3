package io.riptide.config;

import io.riptide.config.BillingConfig.Included;
import io.riptide.config.BillingConfig.Meter;
import io.riptide.config.ValueType.Text;
import io.riptide.config.ValueType.Whole;
import java.util.ArrayList;
import java.util.Currency;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The keys of {@code billing}, and the example plans that hold while none is written. */
final class BillingSchema {
    static final String BILLING = "billing.";
    static final String PLANS = BILLING + "plans.";
    static final String PLAN = PLANS + ConfigSchema.ANY + ".";
    static final String BASE_FEE = "base_fee";
    static final String INCLUDED = "included.";
    static final String PRICES = "prices.";
    static final String QUOTAS = "quotas.";

    private static final long PIB = 1L << 50;
    private static final long MOST_INCLUDED = 1_000_000_000_000_000L;
    private static final Pattern DECIMAL = Pattern.compile("(0|[1-9][0-9]{0,8})(\\.[0-9]{1,9})?");
    private static final Text MONEY = new Text(
            DECIMAL,
            "a decimal number in quotes, such as \"0.002\", with at most 9 digits before and behind the point");
    private static final Text CURRENCY = new Text(
            Pattern.compile(Currency.getAvailableCurrencies().stream()
                    .filter(currency -> currency.getDefaultFractionDigits() >= 0)
                    .map(Currency::getCurrencyCode)
                    .sorted()
                    .collect(Collectors.joining("|"))),
            "a currency's code of ISO 4217, such as EUR");
    private static final String OWN = "(default_quotas)";

    private BillingSchema() {}

    static List<ConfigKey> keys() {
        List<ConfigKey> keys = new ArrayList<>();
        keys.add(key(BILLING + "currency", CURRENCY, "EUR", "", "of all prices and invoices"));
        keys.add(key(
                BILLING + "grace_period_hours",
                new Whole(0, 672),
                "24",
                "h",
                "how long after a month's end it closes: until then what was used in it may arrive"));
        keys.add(key(
                PLAN + BASE_FEE,
                MONEY,
                "(needed)",
                "currency",
                "what a month of this plan costs; while no plan is written there are four examples"));
        for (Included included : Included.values()) {
            String what = switch (included) {
                case OPERATIONS -> "operations that have a price";
                case LOADS -> "loads";
                case STORAGE_GB_HOURS -> "storage";
                case TRANSFER_GB -> "bytes taken and sent";
            };
            keys.add(key(
                    PLAN + INCLUDED + included.key(),
                    new Whole(0, MOST_INCLUDED),
                    "0",
                    unit(included),
                    "what a month of this plan has for nothing more, of " + what));
        }
        for (Meter meter : Meter.values()) {
            keys.add(key(PLAN + PRICES + meter.unit(), MONEY, "0", "currency", "what costs " + named(meter)));
        }
        keys.add(quota("memory_bytes", new Whole(0, PIB), "bytes"));
        keys.add(quota("operations_per_minute", new Whole(1, 1_000_000_000), "per minute"));
        keys.add(quota("storage_bytes", new Whole(0, PIB), "bytes"));
        keys.add(quota("active_sessions", new Whole(0, 1_000_000_000), ""));
        return List.copyOf(keys);
    }

    private static String unit(Included included) {
        return switch (included) {
            case OPERATIONS, LOADS -> "";
            case STORAGE_GB_HOURS -> "GB-hours";
            case TRANSFER_GB -> "GB";
        };
    }

    private static String named(Meter meter) {
        return switch (meter) {
            case HIT -> "a thousand keys answered from the cache";
            case STALE -> "a thousand keys answered with an entry that had ended";
            case MISS -> "a thousand keys that were not there";
            case WRITE -> "a thousand keys written";
            case DELETE -> "a thousand keys deleted";
            case LIST -> "a thousand listings";
            case INVALIDATE -> "a thousand removals of many";
            case FETCH -> "a thousand pages fetched past the cache";
            case LOAD -> "a thousand values or pages loaded";
            case LOAD_FAILED -> "a thousand loads that failed";
            case STORAGE -> "to keep a GB for an hour";
            case TRANSFER -> "a GB taken or sent";
        };
    }

    private static ConfigKey quota(String name, ValueType type, String unit) {
        return key(PLAN + QUOTAS + name, type, OWN, unit, "of this plan's tenants that have no quota of their own");
    }

    private static ConfigKey key(String path, ValueType type, String byDefault, String unit, String meaning) {
        return new ConfigKey(path, type, byDefault, unit, meaning, true);
    }

    /** The plans that ship, by their keys behind {@link #PLANS}. */
    static Map<String, Object> examples() {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("free." + BASE_FEE, "0");
        values.put("free." + INCLUDED + Included.OPERATIONS.key(), 100_000L);
        example(values, "basic", "19", 5_000_000, 720, "0.002", "0.02", "0.0004", "0.05");
        example(values, "pro", "99", 50_000_000, 7_200, "0.001", "0.015", "0.0003", "0.04");
        example(values, "enterprise", "990", 1_000_000_000, 72_000, "0.0005", "0.01", "0.0002", "0.03");
        return values;
    }

    private static void example(
            Map<String, Object> values,
            String plan,
            String fee,
            long operations,
            long gbHours,
            String hit,
            String load,
            String storage,
            String transfer) {
        values.put(plan + "." + BASE_FEE, fee);
        values.put(plan + "." + INCLUDED + Included.OPERATIONS.key(), operations);
        values.put(plan + "." + INCLUDED + Included.STORAGE_GB_HOURS.key(), gbHours);
        values.put(plan + "." + PRICES + Meter.HIT.unit(), hit);
        values.put(plan + "." + PRICES + Meter.LOAD.unit(), load);
        values.put(plan + "." + PRICES + Meter.STORAGE.unit(), storage);
        values.put(plan + "." + PRICES + Meter.TRANSFER.unit(), transfer);
    }
}
