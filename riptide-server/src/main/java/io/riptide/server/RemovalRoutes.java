package io.riptide.server;

import io.helidon.http.Status;
import io.riptide.cache.Namespace;
import io.riptide.cache.PersistentCacheManager;
import io.riptide.door.Door;
import io.riptide.entry.Scope;
import io.riptide.entry.StoreKey;
import io.riptide.entry.Tag;
import io.riptide.grant.Action;
import io.riptide.observe.CacheOperation;
import io.riptide.problem.Problem;
import io.riptide.problem.RipTideException;
import io.riptide.spi.Removal;
import io.riptide.spi.Removed;
import io.riptide.tenant.Role;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Removals of many entries: a tenant's own of a namespace or tag, and an administrator's. */
final class RemovalRoutes {
    private static final int NAMESPACE = 2;
    private static final String MODE = "remove, or stale: what is kept for those who take a stale entry stays";
    private static final Map<String, Object> MODES = Schemas.oneOf("remove", "stale");
    private static final Map<String, Object> REMOVED =
            Schemas.object("removed", Schemas.COUNT, "exact", Schemas.BOOLEAN);
    private static final Map<String, Object> INVALIDATION = Schemas.object(
            "tenant",
            Schemas.STRING,
            "namespace?",
            Schemas.STRING,
            "key?",
            Schemas.STRING,
            "tag?",
            Schemas.STRING,
            "prefix?",
            Schemas.STRING,
            "mode?",
            MODES);

    private final Door door;
    private final PersistentCacheManager cache;

    RemovalRoutes(Door door, PersistentCacheManager cache) {
        this.door = door;
        this.cache = cache;
    }

    List<Route> routes() {
        return List.of(
                Route.of("DELETE", "/v1/cache/{namespace}", "removeEntries", "Removes a namespace, or a tag in it")
                        .tenant(Action.CACHE_DELETE, Access.Named.NAMESPACE)
                        .counts(CacheOperation.INVALIDATE)
                        .query("tag", "Only what carries this tag", Schemas.STRING)
                        .query("mode", MODE, MODES)
                        .answersJson(200, "How many were removed, exactly up to 10,000", REMOVED)
                        .by(this::remove),
                Route.of("POST", "/admin/cache/invalidate", "invalidate", "Removes a tenant's entries")
                        .admin(Role.OPERATOR)
                        .audited("cache.invalidate")
                        .takesJson(INVALIDATION)
                        .answersJson(200, "How many were removed, exactly up to 10,000", REMOVED)
                        .by(this::invalidate));
    }

    private void remove(Exchange exchange) {
        exchange.requireQueryOf("tag", "mode");
        String tag = exchange.query("tag");
        Removal.Mode mode = mode(exchange.query("mode"));
        Namespace namespace = exchange.tenant().cache().namespace(exchange.segment(NAMESPACE));
        answer(exchange, tag == null ? namespace.removeAll(mode) : namespace.removeTagged(tag, mode));
    }

    private static Removal.Mode mode(@Nullable String text) {
        return switch (text) {
            case null -> Removal.Mode.REMOVE;
            case "remove" -> Removal.Mode.REMOVE;
            case "stale" -> Removal.Mode.STALE;
            default -> throw Problem.invalid("mode", "expected remove or stale").asException();
        };
    }

    private static void answer(Exchange exchange, Removed removed) {
        exchange.sendJson(Status.OK_200, json -> {
            json.writeStartObject();
            json.writeNumberField("removed", removed.entries());
            json.writeBooleanField("exact", removed.exact());
            json.writeEndObject();
        });
    }

    private void invalidate(Exchange exchange) {
        Fields fields = JsonBody.fields(JsonBody.bytes(exchange, Limits.ADMIN_BODY_BYTES));
        String tenant = fields.text("tenant");
        String namespace = checked(fields, "namespace", StoreKey::requireNamespace);
        String key = checked(fields, "key", StoreKey::requireKey);
        String tag = checked(fields, "tag", text -> Tag.require("tag", text));
        String prefix = checked(fields, "prefix", StoreKey::requireKey);
        String mode = fields.text("mode");
        if (!fields.has("tenant")) {
            fields.wrong("tenant", "expected a tenant's id");
        }
        if (Stream.of(key, tag, prefix).filter(text -> text != null).count() > 1) {
            fields.wrong("key", "expected at most one of key, tag and prefix");
        }
        if (namespace == null && (key != null || prefix != null)) {
            fields.wrong("namespace", "expected with a " + (key == null ? "prefix" : "key"));
        }
        if (mode != null && !List.of("remove", "stale").contains(mode)) {
            fields.wrong("mode", "expected remove or stale");
        }
        fields.check();
        if (tenant != null) {
            Scope scope = scope(namespace, key, tag, prefix);
            Removed removed = cache.invalidate(door.grant(tenant), scope, mode(mode));
            // Keys and tags are the tenant's own words: which they were is not for the log.
            exchange.audit()
                    .tenant(tenant)
                    .resource(namespace == null ? "cache" : "cache/" + namespace)
                    .with("by", key != null ? "key" : tag != null ? "tag" : prefix != null ? "prefix" : "all")
                    .with("mode", mode == null ? "remove" : mode)
                    .with("removed", removed.entries())
                    .with("exact", removed.exact());
            answer(exchange, removed);
        }
    }

    /** A member's text, or null where it is left out or refused, which is then noted with what was expected. */
    private static @Nullable String checked(Fields fields, String name, UnaryOperator<String> require) {
        String text = fields.text(name);
        if (text == null) {
            return null;
        }
        try {
            return require.apply(text);
        } catch (RipTideException e) {
            e.problem().errors().forEach(error -> fields.wrong(name, error.message()));
            return null;
        }
    }

    private static Scope scope(
            @Nullable String namespace, @Nullable String key, @Nullable String tag, @Nullable String prefix) {
        if (tag != null) {
            return new Scope.Tagged(namespace, tag);
        }
        if (namespace == null) {
            return Scope.ALL;
        }
        if (key != null) {
            return new Scope.Keyed(namespace, key);
        }
        return prefix == null ? new Scope.InNamespace(namespace) : new Scope.Prefixed(namespace, prefix);
    }
}
