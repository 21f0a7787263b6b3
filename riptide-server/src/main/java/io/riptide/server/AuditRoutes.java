package io.riptide.server;

import com.fasterxml.jackson.core.JsonGenerator;
import io.helidon.http.BadRequestException;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.HttpMediaType;
import io.helidon.http.Status;
import io.riptide.audit.AuditCheck;
import io.riptide.audit.AuditEvent;
import io.riptide.audit.AuditHead;
import io.riptide.audit.AuditLog;
import io.riptide.entry.StoreKey;
import io.riptide.problem.Problem;
import io.riptide.spi.AuditStore.Query;
import io.riptide.spi.AuditStore.Row;
import io.riptide.tenant.Role;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Who did what: {@code /admin/audit…}. */
final class AuditRoutes {
    private static final String LOG = "/admin/audit";
    private static final String LINES = "application/x-ndjson";
    private static final Pattern ACTION = Pattern.compile("[a-z0-9_.]{1,64}");
    private static final Pattern HEAD = Pattern.compile("(\\d{1,18}):([0-9a-f]{64})");
    private static final Map<String, Object> NULLABLE_COUNT = Map.of("type", List.of("integer", "null"), "minimum", 0);
    private static final Map<String, Object> ROW = Schemas.object(
            "seq",
            Schemas.COUNT,
            "at",
            Schemas.TIME,
            "actor",
            Schemas.STRING,
            "action",
            Schemas.STRING,
            "tenant_id",
            Schemas.NULLABLE_STRING,
            "resource",
            Schemas.STRING,
            "result",
            Schemas.STRING,
            "request_id",
            Schemas.NULLABLE_STRING,
            "detail",
            Schemas.ANY_OBJECT,
            "key_id",
            Schemas.STRING,
            "mac",
            Schemas.STRING);
    private static final Map<String, Object> CHECK = Schemas.object(
            "valid",
            Schemas.BOOLEAN,
            "entries",
            Schemas.COUNT,
            "first_invalid_seq",
            NULLABLE_COUNT,
            "fault",
            Map.of("type", List.of("string", "null")),
            "from_seq",
            Schemas.COUNT,
            "unchecked",
            Schemas.COUNT,
            "head",
            Schemas.object("seq", Schemas.COUNT, "hash", Schemas.STRING));

    private final AuditLog log;

    AuditRoutes(AuditLog log) {
        this.log = log;
    }

    List<Route> routes() {
        return List.of(
                Route.of("GET", LOG, "readAudit", "Who did what, the newest first; as lines of JSON: all, in order")
                        .admin(Role.VIEWER)
                        .page()
                        .query("tenant", "Only what concerns this tenant", Schemas.STRING)
                        .query("action", "Only this action", Schemas.STRING)
                        .query("since", "Nothing older", Schemas.TIME)
                        .answersJson(200, "A page of rows", Schemas.page("entries", ROW))
                        .by(this::read),
                Route.of("GET", LOG + "/verify", "verifyAudit", "Whether the log's hash chain holds")
                        .admin(Role.VIEWER)
                        .query("head", "A head noted before, as seq:hash, to which the log is held", Schemas.STRING)
                        .answersJson(200, "Whether it holds, and the first row that does not", CHECK)
                        .by(this::verify));
    }

    private void read(Exchange exchange) throws IOException {
        exchange.with(HeaderValues.create(HeaderNames.VARY, "Accept"));
        Query query = query(exchange);
        if (wantsLines(exchange) && !exchange.isHead()) {
            exchange.requireQueryOf("tenant", "action", "since");
            export(exchange, query);
            return;
        }
        exchange.requireQueryOf("tenant", "action", "since", "limit", "cursor");
        log.settle();
        Cursors.answer(
                exchange,
                "entries",
                (before, limit) -> log.before(query, before(before), limit),
                row -> Long.toString(row.seq()),
                AuditRoutes::members);
    }

    private static long before(@Nullable String cursor) {
        if (cursor == null) {
            return Long.MAX_VALUE;
        }
        long seq = Numbers.parse(cursor);
        if (seq < 1) {
            throw Problem.invalid("cursor", "expected the next_cursor of the page before")
                    .asException();
        }
        return seq;
    }

    private static Query query(Exchange exchange) {
        String tenant = exchange.query("tenant");
        if (tenant != null && !StoreKey.isTenantId(tenant)) {
            throw Problem.invalid("tenant", "expected a tenant's id").asException();
        }
        String action = exchange.query("action");
        if (action != null && !ACTION.matcher(action).matches()) {
            throw Problem.invalid("action", "expected an action, such as tenant.create")
                    .asException();
        }
        String since = exchange.query("since");
        return new Query(tenant, action, since == null ? Long.MIN_VALUE : millis(since));
    }

    private static long millis(String since) {
        try {
            return OffsetDateTime.parse(since).toInstant().toEpochMilli();
        } catch (DateTimeException | ArithmeticException e) {
            throw Problem.invalid("since", "expected a time of RFC 3339, such as 2026-11-28T16:00:00Z")
                    .asException();
        }
    }

    private static boolean wantsLines(Exchange exchange) {
        double lines = 0;
        double json = 0;
        try {
            for (HttpMediaType accepted : exchange.headers().acceptedTypes()) {
                String name = accepted.mediaType().text();
                if (name.equals(LINES)) {
                    lines = Math.max(lines, accepted.qualityFactor());
                } else if (name.equals("application/json")) {
                    json = Math.max(json, accepted.qualityFactor());
                }
            }
        } catch (BadRequestException | IllegalArgumentException e) {
            return false;
        }
        return lines > 0 && lines >= json;
    }

    /** All rows that were there when it began, and the row that says who took them. */
    private void export(Exchange exchange, Query query) throws IOException {
        log.settle();
        AuditEvent event = AuditEvent.of(exchange.admin().credentialId(), "audit.export")
                .tenant(query.tenantId())
                .resource("audit")
                .request(exchange.requestId());
        if (query.action() != null) {
            event = event.with("action", query.action());
        }
        if (query.sinceMillis() != Long.MIN_VALUE) {
            event = event.with("since", Json.time(query.sinceMillis()));
        }
        log.record(event);
        long end = log.head().seq();
        exchange.with(HeaderValues.create(HeaderNames.CONTENT_TYPE, LINES)).with(Headers.NO_STORE);
        exchange.stream(Status.OK_200, out -> {
            long seq = 0;
            List<Row> rows;
            do {
                rows = log.after(query, seq, Limits.PAGE_MAX);
                for (Row row : rows) {
                    if (row.seq() <= end) {
                        out.write(line(row));
                    }
                }
                seq = rows.isEmpty() ? end : rows.getLast().seq();
            } while (rows.size() == Limits.PAGE_MAX && seq < end);
        });
    }

    private static byte[] line(Row row) {
        return Json.print(out -> {
            out.writeStartObject();
            members(out, row);
            out.writeEndObject();
            out.writeRaw('\n');
        });
    }

    private static void members(JsonGenerator json, Row row) throws IOException {
        json.writeNumberField("seq", row.seq());
        json.writeStringField("at", Json.time(row.atMillis()));
        json.writeStringField("actor", row.actor());
        json.writeStringField("action", row.action());
        json.writeStringField("tenant_id", row.tenantId());
        json.writeStringField("resource", row.resource());
        json.writeStringField("result", row.result());
        json.writeStringField("request_id", row.requestId());
        json.writeFieldName("detail");
        json.writeRawValue(row.detail());
        json.writeStringField("key_id", row.keyId());
        json.writeStringField("mac", row.mac());
    }

    private void verify(Exchange exchange) {
        exchange.requireQueryOf("head");
        AuditCheck check = log.verify(head(exchange.query("head")));
        exchange.sendJson(Status.OK_200, json -> {
            json.writeStartObject();
            json.writeBooleanField("valid", check.valid());
            json.writeNumberField("entries", check.entries());
            Long invalid = check.firstInvalidSeq();
            if (invalid == null) {
                json.writeNullField("first_invalid_seq");
            } else {
                json.writeNumberField("first_invalid_seq", invalid);
            }
            AuditCheck.Fault fault = check.fault();
            json.writeStringField("fault", fault == null ? null : fault.name().toLowerCase(Locale.ROOT));
            json.writeNumberField("from_seq", check.fromSeq());
            json.writeNumberField("unchecked", check.unchecked());
            json.writeObjectFieldStart("head");
            json.writeNumberField("seq", check.head().seq());
            json.writeStringField("hash", check.head().hash());
            json.writeEndObject();
            json.writeEndObject();
        });
    }

    private static @Nullable AuditHead head(@Nullable String text) {
        if (text == null) {
            return null;
        }
        Matcher head = HEAD.matcher(text);
        if (!head.matches()) {
            throw Problem.invalid("head", "expected a head as the log or an earlier answer has it: seq:hash")
                    .asException();
        }
        return new AuditHead(Long.parseLong(head.group(1)), head.group(2));
    }
}
