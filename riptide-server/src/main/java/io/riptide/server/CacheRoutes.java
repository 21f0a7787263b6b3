package io.riptide.server;

import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.riptide.billing.UsageMeter.Meter;
import io.riptide.cache.KeyPage;
import io.riptide.cache.Lookup;
import io.riptide.cache.Namespace;
import io.riptide.cache.PutOptions;
import io.riptide.cache.PutResult;
import io.riptide.config.CacheConfig;
import io.riptide.entry.Entry;
import io.riptide.entry.Head;
import io.riptide.grant.Action;
import io.riptide.observe.CacheOperation;
import io.riptide.problem.Problem;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import io.riptide.spi.Time;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Single entries and their listing: {@code /v1/cache/{namespace}} and {@code /v1/cache/{namespace}/{key}}. */
final class CacheRoutes {
    private static final Header HIT_L1 = HeaderValues.createCached(Headers.CACHE_STATUS, "riptide; hit; detail=l1");
    private static final Header HIT_L2 = HeaderValues.createCached(Headers.CACHE_STATUS, "riptide; hit; detail=l2");
    private static final Header MISS = HeaderValues.createCached(Headers.CACHE_STATUS, "riptide; fwd=miss");
    private static final Header EXPIRED =
            HeaderValues.createCached(Headers.CACHE_STATUS, "riptide; fwd=miss; detail=expired");
    private static final Header REMOVED =
            HeaderValues.createCached(Headers.CACHE_STATUS, "riptide; fwd=miss; detail=removed");
    private static final String ENTRY = "/v1/cache/{namespace}/{key}";
    private static final int NAMESPACE = 2;
    private static final int KEY = 3;
    private static final long SECOND_MILLIS = 1000;
    private static final Map<String, Object> ROW = Schemas.object(
            "key",
            Schemas.STRING,
            "size_bytes",
            Schemas.COUNT,
            "age_seconds",
            Schemas.COUNT,
            "ttl_seconds",
            Schemas.COUNT,
            "content_type",
            Schemas.STRING,
            "tags",
            Schemas.array(Schemas.STRING));

    private final CacheConfig config;
    private final Time time;
    private final Problems problems;

    CacheRoutes(CacheConfig config, Time time, Problems problems) {
        this.config = config;
        this.time = time;
        this.problems = problems;
    }

    List<Route> routes() {
        return List.of(
                Route.of("GET", ENTRY, "readEntry", "Reads an entry")
                        .tenant(Action.CACHE_READ, Access.Named.ENTRY)
                        .counts(CacheOperation.GET)
                        .header("If-None-Match", "Answers 304 where the entry has that tag")
                        .answers(200, "The bytes as stored", "*/*", Schemas.ANY)
                        .answers(304, "It has the tag")
                        .by(this::read),
                Route.of("PUT", ENTRY, "writeEntry", "Stores an entry with its Content-Type")
                        .tenant(Action.CACHE_WRITE, Access.Named.ENTRY)
                        .counts(CacheOperation.PUT)
                        .header("X-RipTide-TTL", "Seconds to live")
                        .header("Cache-Control", "max-age: seconds to live; 0 removes the entry")
                        .header("X-RipTide-Tags", "Up to 16 tags separated by commas, to remove it by")
                        .header("If-None-Match", "* stores only if absent")
                        .header("If-Match", "Stores only if the entry has that tag, or with * if there is one")
                        .takes("*/*", Schemas.ANY)
                        .answers(201, "Stored; nothing was there")
                        .answers(204, "Stored over an entry, or removed")
                        .by(this::write),
                Route.of("DELETE", ENTRY, "removeEntry", "Removes an entry")
                        .tenant(Action.CACHE_DELETE, Access.Named.ENTRY)
                        .counts(CacheOperation.DELETE)
                        .header("If-Match", "Removes only if the entry has that tag, or with * if there is one")
                        .answers(204, "It is not there")
                        .by(this::remove),
                Route.of("GET", "/v1/cache/{namespace}", "listEntries", "Lists the keys of a namespace")
                        .tenant(Action.CACHE_READ, Access.Named.NAMESPACE)
                        .page()
                        .answersJson(200, "A page of keys", Schemas.page("entries", ROW))
                        .by(this::list));
    }

    private static Namespace namespace(Exchange exchange) {
        return exchange.tenant().cache().namespace(exchange.segment(NAMESPACE));
    }

    private void read(Exchange exchange) throws IOException {
        switch (namespace(exchange).get(exchange.segment(KEY))) {
            case Lookup.Hit hit ->
                answer(
                        exchange,
                        hit.entry(),
                        hit.entry().head().expiresMillis(),
                        hit.tier() == Lookup.Tier.L1 ? HIT_L1 : HIT_L2);
            case Lookup.Stale stale ->
                answer(exchange, stale.entry(), stale.endedMillis(), stale(time.wallMillis() - stale.endedMillis()));
            case Lookup.Miss miss ->
                problems.answer(exchange, Problem.of(ProblemCode.NOT_FOUND, "No such entry."), miss(miss.cause()));
        }
    }

    private void answer(Exchange exchange, Entry entry, long endMillis, Header cacheStatus) throws IOException {
        Head head = entry.head();
        long now = time.wallMillis();
        exchange.with(HeaderNames.ETAG, Etags.of(head.version()))
                .with(HeaderValues.create(HeaderNames.AGE, seconds(now - head.createdMillis())))
                .with(HeaderNames.CACHE_CONTROL, "max-age=" + seconds(endMillis - now))
                .with(cacheStatus)
                .with(Headers.VARY);
        String known = exchange.headerList(HeaderNames.IF_NONE_MATCH);
        if (known != null && Etags.holds(known, head.version())) {
            exchange.sendEmpty(Status.NOT_MODIFIED_304);
            return;
        }
        exchange.with(contentType(head.contentType()));
        if (!exchange.isHead()) {
            exchange.tenant().grant().meter().add(Meter.BYTES_OUT, entry.size());
        }
        entry.writeTo((bytes, offset, length) -> exchange.send(Status.OK_200, bytes, offset, length));
    }

    /** RFC 9211 has a negative {@code ttl} for what is stale. */
    private static Header stale(long millis) {
        return HeaderValues.create(
                Headers.CACHE_STATUS, "riptide; hit; ttl=-" + Math.max(1, seconds(millis)) + "; detail=stale");
    }

    /** Tells the cause where the read saw one. */
    private static Header miss(Lookup.Cause cause) {
        return switch (cause) {
            case EXPIRED -> EXPIRED;
            case REMOVED -> REMOVED;
            case ABSENT, DAMAGED -> MISS;
        };
    }

    private static Header contentType(String stored) {
        return stored.isEmpty()
                ? HeaderValues.CONTENT_TYPE_OCTET_STREAM
                : HeaderValues.create(HeaderNames.CONTENT_TYPE, stored);
    }

    private static long seconds(long millis) {
        return Math.max(0, millis) / SECOND_MILLIS;
    }

    private void write(Exchange exchange) {
        Namespace namespace = namespace(exchange);
        List<String> tags = EntryHeaders.tags(exchange);
        Duration ttl = EntryHeaders.ttl(exchange, config.maxTtlSeconds());
        String contentType = EntryHeaders.contentType(exchange);
        Etags.@Nullable Match match = ifMatch(exchange);
        boolean ifAbsent = ifAbsent(exchange);
        if (match != null && ifAbsent) {
            throw Problem.invalid("If-None-Match", "expected without If-Match").asException();
        }
        if (ttl != null && ttl.isZero()) {
            removeByAge(exchange, namespace, match, ifAbsent);
            return;
        }
        byte[] value = exchange.body().read(config.maxEntryBytes(), "The entry");
        int size = value.length;
        String key = exchange.segment(KEY);
        PutOptions options = new PutOptions(ttl, contentType).tags(tags);
        PutResult result = switch (match) {
            case null -> ifAbsent ? namespace.putIfAbsent(key, value, options) : namespace.put(key, value, options);
            case Etags.Match.Any() -> namespace.putIfPresent(key, value, options);
            case Etags.Match.Version(var version) ->
                namespace.compareAndSet(key, version == null ? 0 : version, value, options);
        };
        if (!result.stored()) {
            throw preconditionFailed();
        }
        exchange.tenant().grant().meter().add(Meter.BYTES_IN, size);
        exchange.with(HeaderNames.ETAG, Etags.of(result.version()));
        exchange.sendEmpty(result.outcome() == PutResult.Outcome.CREATED ? Status.CREATED_201 : Status.NO_CONTENT_204);
    }

    /** An entry that may live for no time at all is not there. */
    private static void removeByAge(
            Exchange exchange, Namespace namespace, Etags.@Nullable Match match, boolean ifAbsent) {
        if (ifAbsent) {
            switch (namespace.get(exchange.segment(KEY))) {
                case Lookup.Hit hit -> throw preconditionFailed();
                case Lookup.Stale stale ->
                    throw Problem.of(ProblemCode.STORE_UNAVAILABLE, "The store does not tell whether it is there.")
                            .asException();
                case Lookup.Miss miss -> {
                    // As it is to be.
                }
            }
        } else {
            remove(namespace, exchange.segment(KEY), match);
        }
        exchange.sendEmpty(Status.NO_CONTENT_204);
    }

    private void remove(Exchange exchange) {
        if (exchange.headers().contains(HeaderNames.IF_NONE_MATCH)) {
            throw Problem.invalid("If-None-Match", "expected on GET, HEAD and PUT alone")
                    .asException();
        }
        remove(namespace(exchange), exchange.segment(KEY), ifMatch(exchange));
        exchange.sendEmpty(Status.NO_CONTENT_204);
    }

    private static void remove(Namespace namespace, String key, Etags.@Nullable Match match) {
        boolean holds = switch (match) {
            case null -> {
                namespace.remove(key);
                yield true;
            }
            case Etags.Match.Any() -> namespace.remove(key);
            case Etags.Match.Version(var version) -> namespace.remove(key, version == null ? 0 : version);
        };
        if (!holds) {
            throw preconditionFailed();
        }
    }

    private static Etags.@Nullable Match ifMatch(Exchange exchange) {
        String header = exchange.headerList(HeaderNames.IF_MATCH);
        return header == null ? null : Etags.match(header);
    }

    private static boolean ifAbsent(Exchange exchange) {
        String header = exchange.headerList(HeaderNames.IF_NONE_MATCH);
        if (header != null && !header.strip().equals("*")) {
            throw Problem.invalid("If-None-Match", "expected *").asException();
        }
        return header != null;
    }

    private static RipTideException preconditionFailed() {
        return Problem.of(ProblemCode.PRECONDITION_FAILED, "The entry is not as If-Match or If-None-Match wants it.")
                .asException();
    }

    private void list(Exchange exchange) {
        Namespace namespace = namespace(exchange);
        int limit = exchange.queryNumber("limit", 1, Limits.PAGE_MAX, Limits.PAGE_DEFAULT);
        KeyPage page = namespace.list(limit, exchange.query("cursor"));
        long now = time.wallMillis();
        exchange.sendJson(Status.OK_200, json -> {
            json.writeStartObject();
            json.writeArrayFieldStart("entries");
            for (Head head : page.heads()) {
                if (!exchange.tenant().shows(namespace.name(), head.key())) {
                    continue;
                }
                json.writeStartObject();
                json.writeStringField("key", head.key());
                json.writeNumberField("size_bytes", head.valueBytes());
                json.writeNumberField("age_seconds", seconds(now - head.createdMillis()));
                json.writeNumberField("ttl_seconds", seconds(head.expiresMillis() - now));
                json.writeStringField("content_type", BatchValues.shownType(head.contentType()));
                json.writeArrayFieldStart("tags");
                for (String tag : head.tags()) {
                    json.writeString(tag);
                }
                json.writeEndArray();
                json.writeEndObject();
            }
            json.writeEndArray();
            if (page.nextCursor() != null) {
                json.writeStringField("next_cursor", page.nextCursor());
            }
            json.writeEndObject();
        });
    }
}
