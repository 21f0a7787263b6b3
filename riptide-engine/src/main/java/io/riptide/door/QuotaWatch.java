package io.riptide.door;

import io.riptide.audit.AuditEvent;
import io.riptide.audit.AuditLog;
import io.riptide.cache.PersistentCacheManager;
import io.riptide.config.TenantConfig;
import io.riptide.grant.TenantGrant;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import io.riptide.quota.RecentCount;
import io.riptide.spi.Quotas;
import io.riptide.spi.TenantRecord;
import io.riptide.tenant.TenantManager;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks each second how near tenants that do something are to their quotas: says so once where one is nine tenths used,
 * in the process's log and the audit log, and again only after it was below eight tenths. Where the configuration asks
 * for it, suspends a tenant whose calls are refused again and again. What it looks at is known in this process; it asks
 * no store. One thread.
 */
final class QuotaWatch {
    private static final Logger LOG = LoggerFactory.getLogger(QuotaWatch.class);
    private static final double NEAR = 0.9;
    private static final double AWAY = 0.8;
    private static final int LINES = 10;
    private static final List<String> RESOURCES = List.of("operations_per_minute", "memory_bytes", "storage_bytes");

    private final TenantConfig.AutoSuspend suspending;
    private final TenantManager tenants;
    private final PersistentCacheManager cache;
    private final AuditLog audit;
    private final Map<TenantGrant, Watched> watched = new HashMap<>();
    private int lines;
    private int unsaid;

    QuotaWatch(TenantConfig config, TenantManager tenants, PersistentCacheManager cache, AuditLog audit) {
        this.suspending = config.autoSuspend();
        this.tenants = tenants;
        this.cache = cache;
        this.audit = audit;
    }

    /** What is remembered of a tenant that is near a quota, or was refused of late. */
    private static final class Watched {
        private final boolean[] near = new boolean[RESOURCES.size()];
        private final RecentCount refusals;

        Watched(long overNanos, long nowNanos) {
            this.refusals = new RecentCount(overNanos, nowNanos);
        }
    }

    /** Begins a round; then {@link #look} at each tenant that did something, then {@link #end}. */
    void begin() {
        lines = 0;
        unsaid = 0;
    }

    /** Looks at a tenant that did something since the last round. */
    void look(TenantGrant grant, long nowNanos) {
        Watched known = watched.get(grant);
        double[] used = used(grant);
        long refused = grant.breaches().refusedSince();
        boolean calm = refused == 0;
        for (double fraction : used) {
            calm &= fraction < NEAR;
        }
        if (known == null && calm) {
            return;
        }
        if (known == null) {
            known = new Watched(TimeUnit.SECONDS.toNanos(suspending.withinSeconds()), nowNanos);
            watched.put(grant, known);
        }
        look(grant, known, used, refused, nowNanos);
    }

    private void look(TenantGrant grant, Watched known, double[] used, long refused, long nowNanos) {
        for (int i = 0; i < used.length; i++) {
            if (used[i] >= NEAR && !known.near[i]) {
                known.near[i] = true;
                say(grant, RESOURCES.get(i), used[i]);
            } else if (used[i] < AWAY) {
                known.near[i] = false;
            }
        }
        long recent = known.refusals.add(refused, nowNanos);
        if (grant.status() != TenantRecord.Status.ACTIVE) {
            // Whoever resumes it, on whatever node, has it begin anew on each.
            known.refusals.clear();
        } else if (suspending.enabled()
                && recent >= suspending.afterViolations()
                && tenants.byConfiguration() == null) {
            suspend(grant, known, recent);
        }
    }

    /** Ends the round: whoever did nothing in it is looked at too, and forgotten once nothing is left to remember. */
    void end(long nowNanos) {
        for (Iterator<Map.Entry<TenantGrant, Watched>> all = watched.entrySet().iterator(); all.hasNext(); ) {
            Map.Entry<TenantGrant, Watched> one = all.next();
            TenantGrant grant = one.getKey();
            Watched known = one.getValue();
            look(grant, known, used(grant), grant.breaches().refusedSince(), nowNanos);
            boolean near = false;
            for (boolean each : known.near) {
                near |= each;
            }
            if (Grants.ended(grant) || (!near && known.refusals.add(0, nowNanos) == 0)) {
                all.remove();
            }
        }
        if (unsaid > 0) {
            LOG.warn("And {} more tenants came near a quota", unsaid);
        }
    }

    private double[] used(TenantGrant grant) {
        Quotas quotas = grant.quotas();
        return new double[] {
            grant.operationsShare(),
            Quotas.share((double) cache.memoryBytes(grant), quotas.memoryBytes()),
            Quotas.share((double) grant.storedBytes(), quotas.storageBytes())
        };
    }

    private void say(TenantGrant grant, String resource, double used) {
        long percent = Math.round(100 * used);
        audit.note(AuditEvent.of(AuditEvent.SYSTEM, "quota.warning")
                .tenant(grant.tenantId())
                .resource(resource)
                .with("percent", percent));
        if (lines++ < LINES) {
            LOG.warn("Tenant {} has used {} % of its {}", grant.tenantId(), percent, resource);
        } else {
            unsaid++;
        }
    }

    private void suspend(TenantGrant grant, Watched known, long refusals) {
        String reason = "automatic: " + refusals + " calls over its quotas within " + suspending.withinSeconds() + " s";
        try {
            // First: a suspension without a row is worse than a row that is written again with the next try.
            audit.record(AuditEvent.of(AuditEvent.SYSTEM, "tenant.suspend")
                    .tenant(grant.tenantId())
                    .resource("tenants/" + grant.tenantId())
                    .with("refusals", refusals)
                    .with("within_seconds", suspending.withinSeconds()));
            var unused = tenants.suspend(grant.tenantId(), reason);
            known.refusals.clear();
            LOG.warn("Tenant {} is suspended, {}", grant.tenantId(), reason);
        } catch (RipTideException e) {
            // It is being deleted.
            ProblemCode code = e.problem().code();
            if (code != ProblemCode.CONFLICT && code != ProblemCode.NOT_FOUND) {
                throw e;
            }
            known.refusals.clear();
        }
    }
}
