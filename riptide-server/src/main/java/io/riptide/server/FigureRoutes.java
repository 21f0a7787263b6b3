package io.riptide.server;

import com.fasterxml.jackson.core.JsonGenerator;
import io.helidon.http.Status;
import io.riptide.RipTide;
import io.riptide.billing.Period;
import io.riptide.billing.UsageTotals;
import io.riptide.cache.CacheStats;
import io.riptide.cache.PersistentCacheManager;
import io.riptide.door.Door;
import io.riptide.grant.Action;
import io.riptide.grant.TenantGrant;
import io.riptide.spi.Quotas;
import io.riptide.spi.StoreUsage;
import io.riptide.spi.Time;
import io.riptide.tenant.Role;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What was used and how the cache does: {@code /v1/usage}, {@code /admin/tenants/{id}/usage}, {@code
 * /admin/cache/stats}.
 */
final class FigureRoutes {
    private static final int TENANT_ID = 2;
    private static final double[] SHARES = {0.5, 0.95, 0.99};
    private static final Map<String, Object> USAGE = Schemas.object(
            "tenant_id",
            Schemas.STRING,
            "at",
            Schemas.TIME,
            "memory_bytes",
            Schemas.COUNT,
            "storage_bytes",
            Schemas.COUNT,
            "cache_entries",
            Schemas.COUNT,
            "active_sessions",
            Schemas.COUNT,
            "operations_last_minute",
            Schemas.COUNT,
            "operations_total",
            Schemas.COUNT,
            "data_transfer_bytes",
            Schemas.COUNT,
            "quotas",
            TenantJson.QUOTAS,
            "quota_usage",
            Schemas.ANY_OBJECT);
    private static final Map<String, Object> STATS = Schemas.object(
            "entries",
            Schemas.COUNT,
            "memory_bytes",
            Schemas.COUNT,
            "storage_bytes",
            Schemas.COUNT,
            "hits_l1",
            Schemas.COUNT,
            "hits_l2",
            Schemas.COUNT,
            "misses",
            Schemas.COUNT,
            "hit_rate",
            Schemas.NUMBER,
            "misses_by",
            Schemas.ANY_OBJECT,
            "evictions",
            Schemas.ANY_OBJECT,
            "compression_ratio?",
            Schemas.NUMBER,
            "p50_ms?",
            Schemas.NUMBER,
            "p95_ms?",
            Schemas.NUMBER,
            "p99_ms?",
            Schemas.NUMBER);

    private final RipTide riptide;
    private final Door door;
    private final PersistentCacheManager cache;
    private final LatencyBoard latencies;
    private final Time time;

    FigureRoutes(RipTide riptide, LatencyBoard latencies) {
        this.riptide = riptide;
        this.door = riptide.door();
        this.cache = riptide.cache();
        this.latencies = latencies;
        this.time = riptide.time();
    }

    List<Route> routes() {
        return List.of(
                Route.of("GET", "/v1/usage", "readOwnUsage", "What the calling tenant uses")
                        .tenant(Action.USAGE_READ, Access.Named.USAGE)
                        .answersJson(200, "The figures now", USAGE)
                        .by(exchange -> usage(exchange, exchange.tenant().grant())),
                Route.of("GET", "/admin/tenants/{id}/usage", "readTenantUsage", "What a tenant uses")
                        .admin(Role.VIEWER)
                        .answersJson(200, "The figures now", USAGE)
                        .by(exchange -> usage(exchange, door.grant(exchange.segment(TENANT_ID)))),
                Route.of("GET", "/admin/cache/stats", "readCacheStats", "How the cache does, in all or for a tenant")
                        .admin(Role.VIEWER)
                        .query(
                                "tenant",
                                "Only this one; without it, the sum over the tenants that were active since the start,"
                                        + " their entries and bytes included, those of the others not",
                                Schemas.STRING)
                        .answersJson(200, "What is there now, and counts since the start", STATS)
                        .by(this::stats));
    }

    private void usage(Exchange exchange, TenantGrant grant) {
        StoreUsage stored = cache.usage(grant);
        long memory = cache.memoryBytes(grant);
        UsageTotals used = riptide.usage(grant, Period.at(time.wallMillis()).fromHour());
        Quotas quotas = grant.quotas();
        long lastMinute = grant.meter().operationsLastMinute();
        double operations = grant.operationsShare();
        exchange.sendJson(Status.OK_200, json -> {
            json.writeStartObject();
            json.writeStringField("tenant_id", grant.tenantId());
            json.writeStringField("at", Json.time(time.wallMillis()));
            json.writeNumberField("memory_bytes", memory);
            json.writeNumberField("storage_bytes", stored.bytes());
            json.writeNumberField("cache_entries", stored.entries());
            // This version keeps no sessions, so none is active.
            json.writeNumberField("active_sessions", 0);
            json.writeNumberField("operations_last_minute", lastMinute);
            json.writeNumberField("operations_total", used.operations());
            json.writeNumberField("data_transfer_bytes", used.transferBytes());
            json.writeFieldName("quotas");
            TenantJson.quotas(json, quotas);
            json.writeObjectFieldStart("quota_usage");
            json.writeNumberField("memory_bytes", Quotas.share((double) memory, quotas.memoryBytes()));
            json.writeNumberField("operations_per_minute", operations);
            json.writeNumberField("storage_bytes", Quotas.share((double) stored.bytes(), quotas.storageBytes()));
            json.writeNumberField("active_sessions", 0);
            json.writeEndObject();
            json.writeEndObject();
        });
    }

    private static void counts(JsonGenerator json, String name, Map<String, Long> counts) throws IOException {
        json.writeObjectFieldStart(name);
        for (Map.Entry<String, Long> count : new TreeMap<>(counts).entrySet()) {
            json.writeNumberField(count.getKey(), count.getValue());
        }
        json.writeEndObject();
    }

    private void stats(Exchange exchange) {
        String tenant = exchange.query("tenant");
        CacheStats stats = tenant == null ? cache.stats(door.grants()) : cache.stats(door.grant(tenant));
        double[] quantiles = latencies.quantiles(tenant, SHARES);
        exchange.sendJson(Status.OK_200, json -> {
            json.writeStartObject();
            if (tenant != null) {
                json.writeStringField("tenant_id", tenant);
            }
            json.writeNumberField("entries", stats.entries());
            json.writeNumberField("memory_bytes", stats.memoryBytes());
            json.writeNumberField("storage_bytes", stats.storageBytes());
            json.writeNumberField("hits_l1", stats.hitsL1());
            json.writeNumberField("hits_l2", stats.hitsL2());
            json.writeNumberField("misses", stats.misses());
            json.writeNumberField("hit_rate", stats.hitRate());
            counts(json, "misses_by", stats.missesBy());
            counts(json, "evictions", stats.evictions());
            if (stats.storedBytesWritten() > 0) {
                json.writeNumberField(
                        "compression_ratio", (double) stats.valueBytesWritten() / stats.storedBytesWritten());
            }
            if (quantiles.length == SHARES.length) {
                json.writeNumberField("p50_ms", quantiles[0]);
                json.writeNumberField("p95_ms", quantiles[1]);
                json.writeNumberField("p99_ms", quantiles[2]);
            }
            json.writeEndObject();
        });
    }
}
