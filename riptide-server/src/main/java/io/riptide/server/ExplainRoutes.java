package io.riptide.server;

import com.fasterxml.jackson.core.JsonGenerator;
import io.helidon.http.Status;
import io.riptide.cache.Explanation;
import io.riptide.cache.Gone;
import io.riptide.cache.PersistentCacheManager;
import io.riptide.door.Door;
import io.riptide.entry.Head;
import io.riptide.entry.Scope;
import io.riptide.problem.Problem;
import io.riptide.spi.Time;
import io.riptide.tenant.Role;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code /admin/cache/explain}: where an entry is, or why a read finds none. */
final class ExplainRoutes {
    private static final long SECOND_MILLIS = 1000;
    private static final Map<String, Object> EXPLANATION = Schemas.object(
            "tenant",
            Schemas.STRING,
            "namespace",
            Schemas.STRING,
            "key",
            Schemas.STRING,
            "state",
            Schemas.oneOf("present", "absent"),
            "tiers",
            Schemas.array(Schemas.oneOf("l1", "l2")),
            "l1_doubt?",
            Schemas.oneOf("changed", "unproven"),
            "l1_reason?",
            Schemas.oneOf("evicted", "too_large", "not_read"),
            "value_bytes?",
            Schemas.COUNT,
            "stored_bytes?",
            Schemas.COUNT,
            "memory_bytes?",
            Schemas.COUNT,
            "content_type?",
            Schemas.STRING,
            "tags?",
            Schemas.array(Schemas.STRING),
            "created_at?",
            Schemas.TIME,
            "age_seconds?",
            Schemas.COUNT,
            "expires_at?",
            Schemas.TIME,
            "ttl_seconds?",
            Schemas.COUNT,
            "kept_until?",
            Schemas.TIME,
            "reason?",
            Schemas.oneOf("never_stored", "expired", "removed", "evicted", "unknown"),
            "detail?",
            Schemas.STRING,
            "at?",
            Schemas.TIME,
            "by?",
            Schemas.ANY_OBJECT);

    private final Door door;
    private final PersistentCacheManager cache;
    private final Time time;

    ExplainRoutes(Door door, PersistentCacheManager cache, Time time) {
        this.door = door;
        this.cache = cache;
        this.time = time;
    }

    List<Route> routes() {
        return List.of(Route.of("GET", "/admin/cache/explain", "explain", "Where an entry is, or why a read misses it")
                .admin(Role.VIEWER)
                .query("tenant", "Whose", Schemas.STRING)
                .query("namespace", "In which namespace", Schemas.STRING)
                .query("key", "Which key", Schemas.STRING)
                .answersJson(200, "How the key stands", EXPLANATION)
                .by(this::explain));
    }

    private void explain(Exchange exchange) {
        exchange.requireQueryOf("tenant", "namespace", "key");
        String tenant = required(exchange, "tenant");
        String namespace = required(exchange, "namespace");
        String key = required(exchange, "key");
        Explanation found = cache.open(door.grant(tenant)).namespace(namespace).explain(key);
        exchange.sendJson(Status.OK_200, json -> {
            json.writeStartObject();
            json.writeStringField("tenant", tenant);
            json.writeStringField("namespace", namespace);
            json.writeStringField("key", key);
            json.writeStringField("state", found.present() ? "present" : "absent");
            tiers(json, found);
            if (found.head() != null) {
                head(json, found.head());
            }
            if (found.gone() != null) {
                gone(json, found.gone());
            }
            json.writeEndObject();
        });
    }

    private static String required(Exchange exchange, String name) {
        String value = exchange.query(name);
        if (value == null) {
            throw Problem.invalid(name, "expected to be given").asException();
        }
        return value;
    }

    private static void tiers(JsonGenerator json, Explanation found) throws IOException {
        json.writeArrayFieldStart("tiers");
        if (found.present() && found.memoryBytes() != null) {
            json.writeString("l1");
        }
        if (found.present() && found.stored()) {
            json.writeString("l2");
        }
        json.writeEndArray();
        if (found.memoryBytes() != null) {
            json.writeNumberField("memory_bytes", found.memoryBytes());
            if (found.doubt() != null) {
                json.writeStringField("l1_doubt", found.doubt().name().toLowerCase(Locale.ROOT));
            }
        } else if (found.present() && found.l1() != null) {
            json.writeStringField("l1_reason", found.l1().name().toLowerCase(Locale.ROOT));
        }
    }

    private void head(JsonGenerator json, Head head) throws IOException {
        long now = time.wallMillis();
        json.writeNumberField("value_bytes", head.valueBytes());
        json.writeNumberField("stored_bytes", head.storedBytes());
        json.writeStringField("content_type", BatchValues.shownType(head.contentType()));
        json.writeArrayFieldStart("tags");
        for (String tag : head.tags()) {
            json.writeString(tag);
        }
        json.writeEndArray();
        json.writeStringField("created_at", Json.time(head.createdMillis()));
        json.writeNumberField("age_seconds", Math.max(0, now - head.createdMillis()) / SECOND_MILLIS);
        json.writeStringField("expires_at", Json.time(head.expiresMillis()));
        json.writeNumberField("ttl_seconds", Math.max(0, head.expiresMillis() - now) / SECOND_MILLIS);
        if (head.keptMillis() > head.expiresMillis()) {
            json.writeStringField("kept_until", Json.time(head.keptMillis()));
        }
    }

    private static void gone(JsonGenerator json, Gone gone) throws IOException {
        json.writeStringField(
                "reason",
                switch (gone.why()) {
                    case NEVER_STORED, REFUSED -> "never_stored";
                    case EXPIRED -> "expired";
                    case REMOVED -> "removed";
                    case EVICTED -> "evicted";
                    case DAMAGED, UNKNOWN -> "unknown";
                });
        String detail = detail(gone.why());
        if (detail != null) {
            json.writeStringField("detail", detail);
        }
        if (gone.atMillis() != null) {
            json.writeStringField("at", Json.time(gone.atMillis()));
        }
        if (gone.by() != null) {
            json.writeObjectFieldStart("by");
            by(json, gone.by());
            json.writeEndObject();
        }
    }

    private static @Nullable String detail(Gone.Why why) {
        return switch (why) {
            case NEVER_STORED -> "not since that instant, at which the tenant stored nothing";
            case REFUSED -> "the last write was refused: the quota storage_bytes did not hold it";
            case EVICTED -> "it went for another: the quota storage_bytes did not hold both";
            case DAMAGED -> "its bytes did not open";
            case UNKNOWN -> "it may have gone before that instant, or before the latest losses that are remembered";
            case EXPIRED, REMOVED -> null;
        };
    }

    private static void by(JsonGenerator json, Scope scope) throws IOException {
        switch (scope) {
            case Scope.All all -> json.writeBooleanField("tenant", true);
            case Scope.InNamespace in -> json.writeStringField("namespace", in.namespace());
            case Scope.Keyed keyed -> json.writeStringField("key", keyed.key());
            case Scope.Prefixed prefixed -> json.writeStringField("prefix", prefixed.prefix());
            case Scope.Tagged tagged -> {
                json.writeStringField("tag", tagged.tag());
                if (tagged.namespace() != null) {
                    json.writeStringField("namespace", tagged.namespace());
                }
            }
        }
    }
}
