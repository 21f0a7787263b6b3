package io.riptide.server.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a server lists, printed page by page as it comes: as many rows as there are need no more memory than one page.
 *
 * @param rows the plural that they stand under
 * @param head the columns of the table
 * @param cells a row of the table
 */
record Listing(String rows, List<String> head, Function<JsonNode, List<String>> cells) {
    private static final int PAGE = 1000;

    /** What takes the rows of a page. */
    private interface Pages {
        void print(JsonNode rows) throws IOException;
    }

    /**
     * Prints them: for programs as one document in the shape of the server's own pages, for people as a table; where
     * there is more than is wanted, both say how to go on.
     *
     * @param path with its query, if any
     */
    int print(RemoteServer server, String path, PageOptions wanted, boolean json, Terminal terminal)
            throws IOException {
        if (json) {
            json(server, path, wanted, terminal);
        } else {
            table(server, path, wanted, terminal);
        }
        if (terminal.out().checkError()) {
            throw RemoteFailure.of("the standard output takes no more");
        }
        return 0;
    }

    private void table(RemoteServer server, String path, PageOptions wanted, Terminal terminal) throws IOException {
        PrintWriter out = terminal.out();
        boolean[] begun = new boolean[1];
        String next = each(server, path, wanted, terminal, page -> {
            List<List<String>> table = new ArrayList<>();
            page.forEach(row -> table.add(cells.apply(row)));
            String text = Table.aligned(head, table);
            out.print(begun[0] ? text.substring(text.indexOf('\n') + 1) : text);
            begun[0] = true;
        });
        out.flush();
        if (next != null) {
            terminal.err().println("There are more: --cursor " + Terminal.printable(next));
        }
    }

    private void json(RemoteServer server, String path, PageOptions wanted, Terminal terminal) throws IOException {
        try (JsonGenerator json = new JsonMapper().createGenerator(terminal.out())) {
            json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
            // Where a page fails, what was printed must not pass for the whole.
            json.disable(JsonGenerator.Feature.AUTO_CLOSE_JSON_CONTENT);
            json.writeStartObject();
            json.writeArrayFieldStart(rows);
            String next = each(server, path, wanted, terminal, page -> {
                for (JsonNode row : page) {
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
    }

    /** The cursor of what follows, or null where nothing does. */
    private @Nullable String each(RemoteServer server, String path, PageOptions wanted, Terminal terminal, Pages pages)
            throws IOException {
        String next = wanted.cursor();
        long left = wanted.most();
        do {
            String query = (path.contains("?") ? "&" : "?") + "limit=" + Math.min(left, PAGE);
            JsonNode page = server.get(path + (next == null ? query : query + "&cursor=" + RemoteServer.encoded(next)))
                    .json();
            pages.print(page.path(rows));
            left -= page.path(rows).size();
            next = page.hasNonNull("next_cursor") ? page.get("next_cursor").asText() : null;
            // Whoever read what is printed may have had enough of it.
        } while (next != null && left > 0 && !terminal.out().checkError());
        return next;
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
}
