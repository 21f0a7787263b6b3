package io.riptide.server.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A namespace's keys, printed page by page as they come: as many as there are need no more memory than one page. */
final class CacheListing {
    private static final int PAGE = 1000;
    private static final List<String> HEAD = List.of("BYTES", "AGE", "LEFT", "TYPE", "KEY");

    private final RemoteServer server;
    private final String path;
    private final Terminal terminal;

    CacheListing(RemoteServer server, String path, Terminal terminal) {
        this.server = server;
        this.path = path;
        this.terminal = terminal;
    }

    /** What takes the rows of a page. */
    private interface Pages {
        void print(JsonNode entries) throws IOException;
    }

    /** For people; where there is more it says how to go on. */
    int table(long most, @Nullable String cursor) throws IOException {
        PrintWriter out = terminal.out();
        boolean[] begun = new boolean[1];
        String next = each(most, cursor, entries -> {
            List<List<String>> rows = new ArrayList<>();
            entries.forEach(row -> rows.add(row(row)));
            String text = Table.aligned(HEAD, rows);
            out.print(begun[0] ? text.substring(text.indexOf('\n') + 1) : text);
            begun[0] = true;
        });
        out.flush();
        if (next != null) {
            terminal.err().println("There are more: --cursor " + Terminal.printable(next));
        }
        requireWritten();
        return 0;
    }

    private static List<String> row(JsonNode row) {
        return List.of(
                row.path("size_bytes").asText(),
                duration(row.path("age_seconds").asLong()),
                duration(row.path("ttl_seconds").asLong()),
                Terminal.printable(row.path("content_type").asText()),
                Terminal.printable(row.path("key").asText()));
    }

    /** The two largest units: 3d 4h, 12m 30s, 5s. */
    static String duration(long seconds) {
        if (seconds >= 86_400) {
            return seconds / 86_400 + "d " + seconds / 3600 % 24 + "h";
        }
        if (seconds >= 3600) {
            return seconds / 3600 + "h " + seconds / 60 % 60 + "m";
        }
        return seconds >= 60 ? seconds / 60 + "m " + seconds % 60 + "s" : seconds + "s";
    }

    /** For programs: one document in the shape of the server's own pages. */
    int json(long most, @Nullable String cursor) throws IOException {
        try (JsonGenerator json = new JsonMapper().createGenerator(terminal.out())) {
            json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
            // Where a page fails, what was printed must not pass for the whole.
            json.disable(JsonGenerator.Feature.AUTO_CLOSE_JSON_CONTENT);
            json.writeStartObject();
            json.writeArrayFieldStart("entries");
            String next = each(most, cursor, entries -> {
                for (JsonNode row : entries) {
                    json.writeTree(row);
                }
                json.flush();
            });
            json.writeEndArray();
            if (next != null) {
                json.writeStringField("next_cursor", next);
            }
            json.writeEndObject();
        }
        terminal.out().println();
        requireWritten();
        return 0;
    }

    /** The cursor of what follows, or null where nothing does. */
    private @Nullable String each(long most, @Nullable String cursor, Pages pages) throws IOException {
        String next = cursor;
        long left = most;
        do {
            String query = "?limit=" + Math.min(left, PAGE);
            JsonNode page = server.get(path + (next == null ? query : query + "&cursor=" + RemoteServer.encoded(next)))
                    .json();
            JsonNode entries = page.path("entries");
            pages.print(entries);
            left -= entries.size();
            next = page.hasNonNull("next_cursor") ? page.get("next_cursor").asText() : null;
            // Whoever read what is printed may have had enough of it.
        } while (next != null && left > 0 && !terminal.out().checkError());
        return next;
    }

    private void requireWritten() {
        if (terminal.out().checkError()) {
            throw RemoteFailure.of("the standard output takes no more");
        }
    }
}
