package io.riptide.config;

import static io.riptide.config.BillingSchema.BASE_FEE;
import static io.riptide.config.BillingSchema.INCLUDED;
import static io.riptide.config.BillingSchema.PLANS;
import static io.riptide.config.BillingSchema.PRICES;
import static io.riptide.config.BillingSchema.QUOTAS;

import io.riptide.config.BillingConfig.Included;
import io.riptide.config.BillingConfig.Meter;
import io.riptide.config.BillingConfig.PlanConfig;
import io.riptide.config.BillingConfig.PlanQuotas;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The plans among values that are valid one by one. Where one is written, the examples are not there. */
final class PlanRecords {
    static final int MAX_PLANS = 100;

    private final Map<String, ConfigValue> values;

    /** Over all values, to which the examples are added where no plan is among them. */
    PlanRecords(Map<String, ConfigValue> values) {
        this.values = values;
        if (values.keySet().stream().noneMatch(path -> path.startsWith(PLANS))) {
            BillingSchema.examples().forEach((path, value) -> {
                String whole = PLANS + path;
                values.put(whole, new ConfigValue(whole, value, ConfigOrigin.DEFAULT, false));
            });
        }
    }

    /** Each plan by its name, with a value of it. */
    private Map<String, ConfigValue> named() {
        Map<String, ConfigValue> named = new LinkedHashMap<>();
        for (ConfigValue value : values.values()) {
            if (value.path().startsWith(PLANS)) {
                named.putIfAbsent(name(value.path()), value);
            }
        }
        return named;
    }

    /** A name may hold dots; what stands behind it begins with one of a few words. */
    private static String name(String path) {
        String rest = path.substring(PLANS.length());
        int fee = rest.endsWith("." + BASE_FEE) ? rest.length() - BASE_FEE.length() - 1 : -1;
        return fee > 0 ? rest.substring(0, fee) : rest.substring(0, rest.lastIndexOf('.', rest.lastIndexOf('.') - 1));
    }

    List<ConfigError> relations() {
        List<ConfigError> errors = new ArrayList<>();
        Map<String, ConfigValue> named = named();
        named.forEach((name, value) -> {
            String fee = PLANS + name + "." + BASE_FEE;
            if (!values.containsKey(fee)) {
                errors.add(
                        new ConfigError(value.origin(), fee, "is missing (expected what a month of the plan costs)"));
            }
        });
        if (named.size() > MAX_PLANS) {
            ConfigValue last = List.copyOf(named.values()).getLast();
            errors.add(
                    new ConfigError(last.origin(), last.path(), "too many plans (expected at most " + MAX_PLANS + ")"));
        }
        return errors;
    }

    Map<String, PlanConfig> plans() {
        Map<String, PlanConfig> plans = new LinkedHashMap<>();
        named().keySet().forEach(name -> plans.put(name, plan(PLANS + name + ".")));
        return plans;
    }

    private PlanConfig plan(String prefix) {
        Map<Included, Long> included = new EnumMap<>(Included.class);
        for (Included one : Included.values()) {
            Long amount = whole(prefix + INCLUDED + one.key());
            if (amount != null) {
                included.put(one, amount);
            }
        }
        Map<Meter, BigDecimal> prices = new EnumMap<>(Meter.class);
        for (Meter meter : Meter.values()) {
            ConfigValue price = values.get(prefix + PRICES + meter.unit());
            if (price != null) {
                prices.put(meter, money(price));
            }
        }
        return new PlanConfig(
                money(Objects.requireNonNull(values.get(prefix + BASE_FEE))),
                included,
                prices,
                new PlanQuotas(
                        whole(prefix + QUOTAS + "memory_bytes"),
                        whole(prefix + QUOTAS + "operations_per_minute"),
                        whole(prefix + QUOTAS + "storage_bytes"),
                        whole(prefix + QUOTAS + "active_sessions")));
    }

    private static BigDecimal money(ConfigValue value) {
        return new BigDecimal((String) value.value());
    }

    private @Nullable Long whole(String path) {
        ConfigValue value = values.get(path);
        return value == null ? null : (Long) value.value();
    }
}
