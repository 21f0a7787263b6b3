package io.riptide.server;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.riptide.config.BillingConfig;
import io.riptide.observe.CacheOperation;
import io.riptide.observe.CacheResult;
import io.riptide.observe.MetricName;
import io.riptide.observe.TenantLabels;
import io.riptide.quota.Breaches;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The meters of caches, and their text as Prometheus reads it. A label's counts and gauges are read from its {@link
 * TenantSeries} while the text is written; its requests are timed as they come, by any number of threads.
 */
final class CacheMetrics {
    /** Those around which an alert or a dashboard is drawn; the alert's own bound, 10 ms, is one. */
    private static final Duration[] BOUNDS = Arrays.stream(new long[] {
                100,
                250,
                500,
                1000,
                2500,
                5000,
                10_000,
                25_000,
                50_000,
                100_000,
                250_000,
                1_000_000,
                5_000_000,
                30_000_000
            })
            .mapToObj(micros -> Duration.ofNanos(TimeUnit.MICROSECONDS.toNanos(micros)))
            .toArray(Duration[]::new);

    /**
     * Micrometer adds a largest time to each timer; what is not on the list of names is not shown. Its registry knows a
     * counter without the ending that its name has in print.
     */
    private static final Set<String> SHOWN = Arrays.stream(MetricName.values())
            .map(name -> name.text().replaceFirst("_total$", ""))
            .collect(Collectors.toUnmodifiableSet());

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    /** With no label yet, and what concerns the whole node. */
    CacheMetrics(NodeMetrics node) {
        node.bindTo(registry);
    }

    /** The meters of one label. */
    final class LabelMetrics {
        private final TenantSeries series;
        private final Tags tags;
        private final List<Meter> always = new ArrayList<>();
        private final Timer timer;
        private final List<Meter> billing = new ArrayList<>();
        private @Nullable Meter hitRate;
        private String period = "";

        private LabelMetrics(TenantSeries series) {
            this.series = series;
            this.tags = Tags.of("tenant_id", series.label());
            for (CacheOperation operation : CacheOperation.values()) {
                for (CacheResult result : operation.results()) {
                    always.add(counter(operation, result));
                }
            }
            always.add(gauge(MetricName.CACHE_MEMORY_USAGE, s -> (double) s.memoryBytes()));
            always.add(gauge(MetricName.CACHE_STORE_USAGE, TenantSeries::storeBytes));
            for (TenantCells.Billed billed : TenantCells.billed()) {
                String operation = billed.name().toLowerCase(Locale.ROOT);
                always.add(counter(MetricName.TENANT_OPERATIONS, billed.cell(), "operation", operation));
            }
            for (Breaches.Resource resource : Breaches.Resource.values()) {
                breaches(resource, "refused", false);
                breaches(resource, "allowed", true);
            }
            if (!series.label().equals(TenantLabels.OTHER)) {
                quota("operations_per_minute", TenantSeries::operationsShare);
                quota("memory_bytes", TenantSeries::memoryShare);
                quota("storage_bytes", TenantSeries::storageShare);
            }
            timer = Timer.builder(MetricName.CACHE_ACCESS_DURATION.text())
                    .description(MetricName.CACHE_ACCESS_DURATION.meaning())
                    .tags(tags)
                    .serviceLevelObjectives(BOUNDS)
                    .register(registry);
            always.add(timer);
        }

        private Meter counter(CacheOperation operation, CacheResult result) {
            return counter(
                    MetricName.CACHE_OPERATIONS,
                    operation.cell(result),
                    "operation",
                    operation.label(),
                    "result",
                    result.label());
        }

        private Meter counter(MetricName name, int cell, String... more) {
            return FunctionCounter.builder(name.text(), series, s -> (double) s.count(cell))
                    .description(name.meaning())
                    .tags(tags.and(more))
                    .register(registry);
        }

        private void breaches(Breaches.Resource resource, String result, boolean inShadow) {
            int cell = TenantCells.breach(resource, inShadow);
            always.add(counter(MetricName.QUOTA_BREACHES, cell, "resource", resource.text(), "result", result));
        }

        private void quota(String resource, Function<TenantSeries, Double> share) {
            always.add(Gauge.builder(MetricName.TENANT_QUOTA_USAGE.text(), series, share::apply)
                    .description(MetricName.TENANT_QUOTA_USAGE.meaning())
                    .tags(tags.and("resource", resource))
                    .register(registry));
        }

        private Meter gauge(MetricName name, Function<TenantSeries, Double> value) {
            return Gauge.builder(name.text(), series, value::apply)
                    .description(name.meaning())
                    .tags(tags)
                    .register(registry);
        }

        TenantSeries series() {
            return series;
        }

        /** Adds how long a request took; any thread. */
        void time(long nanos) {
            timer.record(nanos, TimeUnit.NANOSECONDS);
        }

        /** Shows the hit rate where there is one; there is no sample where nothing was read. */
        void showHitRate() {
            boolean there = !Double.isNaN(series.hitRate());
            if (there && hitRate == null) {
                hitRate = gauge(MetricName.CACHE_HIT_RATE, TenantSeries::hitRate);
            } else if (!there && hitRate != null) {
                registry.remove(hitRate);
                hitRate = null;
            }
        }

        /** Shows what is billed for a month, and that of no other month any more. */
        void showBilling(String month) {
            if (!month.equals(period)) {
                billing.forEach(registry::remove);
                billing.clear();
                period = month;
                for (BillingConfig.Meter unit : BillingConfig.Meter.values()) {
                    billing.add(Gauge.builder(MetricName.TENANT_BILLING_UNITS.text(), series, s -> s.billingUnits(unit))
                            .description(MetricName.TENANT_BILLING_UNITS.meaning())
                            .tags(tags.and("period", month, "unit", unit.unit()))
                            .register(registry));
                }
            }
        }

        /** Takes it all back. */
        void remove() {
            always.forEach(registry::remove);
            billing.forEach(registry::remove);
            if (hitRate != null) {
                registry.remove(hitRate);
                hitRate = null;
            }
        }
    }

    /** Shows a label from now on, its counts at zero. */
    LabelMetrics show(TenantSeries series) {
        return new LabelMetrics(series);
    }

    /** All that is shown, in one of the formats of {@link MetricRoutes}. */
    byte[] print(String contentType) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            registry.scrape(out, contentType, SHOWN);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }
}
