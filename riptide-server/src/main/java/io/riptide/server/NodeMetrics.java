package io.riptide.server;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.riptide.audit.AuditLog;
import io.riptide.billing.Biller;
import io.riptide.cache.Coherence;
import io.riptide.cache.PersistentCacheManager;
import io.riptide.observe.MetricName;
import io.riptide.spi.StoreCalls;
import java.util.function.ToLongFunction;

/** What concerns no tenant: how this node keeps up with others, how calls to its store go, and how its parts do. */
final class NodeMetrics implements MeterBinder {
    private static final double NANOS_PER_SECOND = 1e9;
    private static final int CHECK_DIGITS = 12;
    private static final int HEX = 16;

    private final PersistentCacheManager cache;
    private final Components components;
    private final AuditLog audit;
    private final Biller billing;

    NodeMetrics(PersistentCacheManager cache, Components components, AuditLog audit, Biller billing) {
        this.cache = cache;
        this.components = components;
        this.audit = audit;
        this.billing = billing;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        coherence(registry, MetricName.COHERENCE_CHANGES, Coherence::changes);
        coherence(registry, MetricName.COHERENCE_CHECKS, Coherence::checks);
        coherence(registry, MetricName.COHERENCE_STALE, Coherence::stale);
        Gauge.builder(
                        MetricName.COHERENCE_PROOF_AGE.text(),
                        cache,
                        c -> c.coherence().proofAgeNanos() / NANOS_PER_SECOND)
                .description(MetricName.COHERENCE_PROOF_AGE.meaning())
                .register(registry);
        calls(registry, MetricName.STORE_CALLS_FAILED, StoreCalls::failed);
        calls(registry, MetricName.STORE_CALLS_REFUSED, StoreCalls::refused);
        calls(registry, MetricName.STORE_CALLS_RETRIED, StoreCalls::retried);
        Gauge.builder(
                        MetricName.STORE_BREAKER_OPEN.text(),
                        cache,
                        c -> c.storeCalls().refusing() ? 1 : 0)
                .description(MetricName.STORE_BREAKER_OPEN.meaning())
                .register(registry);
        for (String component : components.names()) {
            Gauge.builder(MetricName.COMPONENT_READY.text(), components, c -> c.ready(component) ? 1 : 0)
                    .description(MetricName.COMPONENT_READY.meaning())
                    .tag("component", component)
                    .register(registry);
        }
        audit(registry);
        Gauge.builder(MetricName.BILLING_WAITING.text(), billing, Biller::waiting)
                .description(MetricName.BILLING_WAITING.meaning())
                .register(registry);
    }

    /** Of the hash as much as a sample holds exactly. */
    private void audit(MeterRegistry registry) {
        Gauge.builder(MetricName.AUDIT_HEAD_SEQ.text(), audit, log -> log.head().seq())
                .description(MetricName.AUDIT_HEAD_SEQ.meaning())
                .register(registry);
        Gauge.builder(
                        MetricName.AUDIT_HEAD_CHECK.text(),
                        audit,
                        log -> Long.parseLong(log.head().hash(), 0, CHECK_DIGITS, HEX))
                .description(MetricName.AUDIT_HEAD_CHECK.meaning())
                .register(registry);
    }

    private void coherence(MeterRegistry registry, MetricName name, ToLongFunction<Coherence> count) {
        counter(registry, name, c -> count.applyAsLong(c.coherence()));
    }

    private void calls(MeterRegistry registry, MetricName name, ToLongFunction<StoreCalls> count) {
        counter(registry, name, c -> count.applyAsLong(c.storeCalls()));
    }

    private void counter(MeterRegistry registry, MetricName name, ToLongFunction<PersistentCacheManager> count) {
        FunctionCounter.builder(name.text(), cache, c -> (double) count.applyAsLong(c))
                .description(name.meaning())
                .register(registry);
    }
}
