package io.riptide.server;

import com.fasterxml.jackson.core.JsonGenerator;
import io.helidon.http.Status;
import io.riptide.billing.UsageMeter.Meter;
import io.riptide.cache.BatchEntry;
import io.riptide.cache.Lookup;
import io.riptide.cache.Namespace;
import io.riptide.cache.PutResult;
import io.riptide.config.CacheConfig;
import io.riptide.entry.Entry;
import io.riptide.entry.Head;
import io.riptide.entry.StoreKey;
import io.riptide.grant.Action;
import io.riptide.observe.CacheOperation;
import io.riptide.problem.FieldError;
import io.riptide.problem.Problem;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import io.riptide.spi.Time;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Many entries in one call: {@code /v1/cache/{namespace}/_batch/get} and {@code …/set}. */
final class BatchRoutes {
    private static final int NAMESPACE = 2;
    private static final long SECOND_MILLIS = 1000;
    private static final Map<String, Object> VALUE = Schemas.object(
            "key",
            Schemas.STRING,
            "value?",
            Schemas.ANY,
            "value_base64?",
            Schemas.STRING,
            "content_type?",
            Schemas.STRING,
            "ttl_seconds?",
            Schemas.COUNT);
    private static final Map<String, Object> FOUND = Schemas.object(
            "key",
            Schemas.STRING,
            "value?",
            Schemas.ANY,
            "value_base64?",
            Schemas.STRING,
            "content_type",
            Schemas.STRING,
            "ttl_seconds",
            Schemas.COUNT,
            "stale?",
            Schemas.BOOLEAN);

    private final CacheConfig config;
    private final Time time;
    private final AuditTrail trail;

    BatchRoutes(CacheConfig config, Time time, AuditTrail trail) {
        this.config = config;
        this.time = time;
        this.trail = trail;
    }

    List<Route> routes() {
        return List.of(
                Route.of("POST", "/v1/cache/{namespace}/_batch/get", "readEntries", "Reads up to 1,000 keys")
                        .tenant(Action.CACHE_READ, Access.Named.KEYS)
                        .counts(CacheOperation.BATCH_GET)
                        .takesJson(Schemas.object("keys", Schemas.array(Schemas.STRING)))
                        .answersJson(
                                200,
                                "What is there, and what is not",
                                Schemas.object(
                                        "entries", Schemas.array(FOUND), "missing", Schemas.array(Schemas.STRING)))
                        .by(this::get),
                Route.of("POST", "/v1/cache/{namespace}/_batch/set", "writeEntries", "Stores up to 1,000 entries")
                        .tenant(Action.CACHE_WRITE, Access.Named.KEYS)
                        .counts(CacheOperation.BATCH_PUT)
                        .takesJson(Schemas.object("entries", Schemas.array(VALUE)))
                        .answersJson(
                                200,
                                "How many were stored, and which were not",
                                Schemas.object(
                                        "stored",
                                        Schemas.COUNT,
                                        "failed",
                                        Schemas.array(Schemas.object(
                                                "key", Schemas.NULLABLE_STRING, "problem", Schemas.ANY_OBJECT))))
                        .by(this::set));
    }

    private void get(Exchange exchange) {
        Namespace namespace = exchange.tenant().cache().namespace(exchange.segment(NAMESPACE));
        byte[] body = JsonBody.bytes(exchange, Limits.BATCH_BODY_BYTES);
        List<String> keys = new BatchReader(body, config.maxTtlSeconds()).keys();
        requireKeys(keys);
        exchange.tenant().requireEntries(Action.CACHE_READ, CacheOperation.BATCH_GET, namespace.name(), keys);
        List<Lookup> found = namespace.getAll(keys);
        long now = time.wallMillis();
        long[] sent = {0};
        byte[] answer = Json.print(json -> {
            List<String> missing = new ArrayList<>();
            json.writeStartObject();
            json.writeArrayFieldStart("entries");
            for (int i = 0; i < keys.size(); i++) {
                switch (found.get(i)) {
                    case Lookup.Hit hit -> {
                        long left = hit.entry().head().expiresMillis() - now;
                        sent[0] += printFound(json, keys.get(i), hit.entry(), left, false);
                    }
                    case Lookup.Stale stale -> sent[0] += printFound(json, keys.get(i), stale.entry(), 0, true);
                    case Lookup.Miss miss -> missing.add(keys.get(i));
                }
            }
            json.writeEndArray();
            json.writeArrayFieldStart("missing");
            for (String key : missing) {
                json.writeString(key);
            }
            json.writeEndArray();
            json.writeEndObject();
        });
        exchange.tenant().grant().meter().add(Meter.BYTES_OUT, sent[0]);
        exchange.sendJson(Status.OK_200, answer);
    }

    /** Returns the bytes of its value. */
    private static int printFound(JsonGenerator json, String key, Entry entry, long leftMillis, boolean stale)
            throws IOException {
        Head head = entry.head();
        json.writeStartObject();
        json.writeStringField("key", key);
        BatchValues.print(json, entry);
        json.writeStringField("content_type", BatchValues.shownType(head.contentType()));
        json.writeNumberField("ttl_seconds", Math.max(0, leftMillis) / SECOND_MILLIS);
        if (stale) {
            json.writeBooleanField("stale", true);
        }
        json.writeEndObject();
        return head.valueBytes();
    }

    private static void requireKeys(List<String> keys) {
        List<FieldError> errors = new ArrayList<>();
        for (int i = 0; i < keys.size(); i++) {
            try {
                StoreKey.requireKey(keys.get(i));
            } catch (RipTideException e) {
                errors.add(new FieldError(
                        "keys[" + i + "]", e.problem().errors().getFirst().message()));
            }
        }
        if (!errors.isEmpty()) {
            throw Problem.invalid(errors).asException();
        }
    }

    /** A row that was not stored. */
    private record Failed(BatchReader.Row row, Problem problem) {}

    private void set(Exchange exchange) {
        Namespace namespace = exchange.tenant().cache().namespace(exchange.segment(NAMESPACE));
        byte[] body = JsonBody.bytes(exchange, Limits.BATCH_BODY_BYTES);
        List<BatchReader.Row> rows = new BatchReader(body, config.maxTtlSeconds()).rows();
        List<Failed> failed = new ArrayList<>();
        List<BatchReader.Row> valid = new ArrayList<>(rows.size());
        List<BatchEntry> entries = new ArrayList<>(rows.size());
        for (BatchReader.Row row : rows) {
            Problem problem = problemOf(namespace, row);
            if (problem == null && row.entry() != null) {
                valid.add(row);
                entries.add(row.entry());
            } else if (problem != null) {
                failed.add(new Failed(row, problem));
            }
        }
        List<String> keys = entries.stream().map(BatchEntry::key).toList();
        exchange.tenant().requireEntries(Action.CACHE_WRITE, CacheOperation.BATCH_PUT, namespace.name(), keys);
        List<PutResult> results = entries.isEmpty() ? List.of() : namespace.putAll(entries);
        int stored = 0;
        long taken = 0;
        for (int i = 0; i < results.size(); i++) {
            if (results.get(i).stored()) {
                stored++;
                taken += entries.get(i).value().length;
            } else {
                failed.add(new Failed(valid.get(i), overQuota(exchange)));
            }
        }
        if (stored < results.size()) {
            // One call, as one breach: the answer is no refusal, so nobody else notes it.
            trail.exceeded(exchange, overQuota(exchange));
        }
        exchange.tenant().grant().meter().add(Meter.BYTES_IN, taken);
        answer(exchange, stored, failed);
    }

    private static @Nullable Problem problemOf(Namespace namespace, BatchReader.Row row) {
        if (row.entry() == null) {
            return row.problem();
        }
        try {
            namespace.requireValid(row.entry());
            return null;
        } catch (RipTideException e) {
            return e.problem();
        }
    }

    private static Problem overQuota(Exchange exchange) {
        return Problem.of(ProblemCode.STORAGE_QUOTA_EXCEEDED, "storage_bytes: the quota is used up.")
                .with("resource", "storage_bytes")
                .with("limit", exchange.tenant().grant().quotas().storageBytes());
    }

    private static void answer(Exchange exchange, int stored, List<Failed> failed) {
        exchange.sendJson(Status.OK_200, json -> {
            json.writeStartObject();
            json.writeNumberField("stored", stored);
            json.writeArrayFieldStart("failed");
            for (Failed row : failed) {
                json.writeStartObject();
                json.writeStringField("key", row.row().key());
                json.writeFieldName("problem");
                Problems.print(json, row.problem());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }
}
