package io.riptide.server;

import com.fasterxml.jackson.core.JsonGenerator;
import io.helidon.http.Status;
import io.riptide.entry.StoreKey;
import io.riptide.problem.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Pages of rows in the order of their ids. A cursor is the last id of the page before, made opaque. */
final class Cursors {
    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();
    private static final Base64.Decoder DECODER = Base64.getUrlDecoder();

    private Cursors() {}

    /** The id after which the page begins, or null; a cursor that is none is refused by name. */
    private static @Nullable String after(Exchange exchange) {
        String cursor = exchange.query("cursor");
        if (cursor == null) {
            return null;
        }
        try {
            String id = new String(DECODER.decode(cursor), StandardCharsets.ISO_8859_1);
            if (StoreKey.isTenantId(id)) {
                return id;
            }
        } catch (IllegalArgumentException e) {
            // It is refused below, like everything else that no answer has given out.
        }
        throw Problem.invalid("cursor", "expected the next_cursor of the page before")
                .asException();
    }

    /** Answers with the page that was asked for; whether another follows is asked only where this one is full. */
    static <T> void answer(Exchange exchange, String plural, Source<T> source, Function<T, String> id, Row<T> printer) {
        int limit = exchange.queryNumber("limit", 1, Limits.PAGE_MAX, Limits.PAGE_DEFAULT);
        List<T> rows = source.after(after(exchange), limit);
        String last = rows.size() < limit ? null : id.apply(rows.getLast());
        String next = last == null || source.after(last, 1).isEmpty()
                ? null
                : ENCODER.encodeToString(last.getBytes(StandardCharsets.ISO_8859_1));
        exchange.sendJson(Status.OK_200, json -> {
            json.writeStartObject();
            json.writeArrayFieldStart(plural);
            for (T row : rows) {
                json.writeStartObject();
                printer.print(json, row);
                json.writeEndObject();
            }
            json.writeEndArray();
            if (next != null) {
                json.writeStringField("next_cursor", next);
            }
            json.writeEndObject();
        });
    }

    /** Where rows come from, in the order of their ids. */
    @FunctionalInterface
    interface Source<T> {
        List<T> after(@Nullable String id, int limit);
    }

    /** Prints the members of a row. */
    @FunctionalInterface
    interface Row<T> {
        void print(JsonGenerator json, T row) throws IOException;
    }
}
