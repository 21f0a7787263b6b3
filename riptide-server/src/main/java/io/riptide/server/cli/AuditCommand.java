package io.riptide.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code riptide audit}: who did what on a running server, and whether the log of it holds. */
@Command(
        name = "audit",
        description = "Shows who did what on a server, and checks that the log of it was not changed.",
        synopsisSubcommandLabel = "COMMAND")
final class AuditCommand {
    private static final int PAGE = 1_000;
    private static final int MOST_BEHIND = 10_000;
    private static final List<String> HEAD =
            List.of("SEQ", "AT", "ACTOR", "ACTION", "TENANT", "RESULT", "RESOURCE", "DETAIL");

    private final Map<String, String> environment;
    private final Terminal terminal;
    private final BooleanSupplier nextRound;

    /**
     * With that between two looks at the log.
     *
     * @param nextRound waits about a second; false ends it
     */
    AuditCommand(Map<String, String> environment, Terminal terminal, BooleanSupplier nextRound) {
        this.environment = environment;
        this.terminal = terminal;
        this.nextRound = nextRound;
    }

    @Command(name = "tail", description = "Shows the newest rows of the audit log, in their order.")
    int tail(
            @Mixin RemoteOptions remote,
            @Option(names = "--follow", description = "Goes on with what comes, until it is interrupted.")
                    boolean follow,
            @Option(names = "--tenant", paramLabel = "ID", description = "Only its rows.") @Nullable String tenant,
            @Option(names = "--action", paramLabel = "ACTION", description = "Only this, such as tenant.create.")
                    @Nullable String action,
            @Option(
                            names = "--since",
                            paramLabel = "TIME",
                            description = "Nothing older, such as 2026-11-28T16:00:00Z.")
                    @Nullable String since,
            @Option(
                            names = "--limit",
                            paramLabel = "N",
                            description = "At most so many. Default: ${DEFAULT-VALUE}",
                            defaultValue = "20")
                    int limit) {
        if (limit < 1 || limit > PAGE) {
            throw remote.wrong("--limit: expected 1 to " + PAGE);
        }
        String query =
                query(remote, "tenant", tenant) + query(remote, "action", action) + query(remote, "since", since);
        try (RemoteServer server = remote.asAdmin(environment)) {
            Deque<JsonNode> rows = new ArrayDeque<>();
            server.get("/admin/audit?limit=" + limit + query)
                    .json()
                    .path("entries")
                    .forEach(rows::addFirst);
            print(remote.json(), rows, true);
            long last =
                    rows.isEmpty() ? newest(server) : rows.getLast().path("seq").asLong();
            while (follow && nextRound.getAsBoolean() && !terminal.out().checkError()) {
                Deque<JsonNode> more = behind(server, query, last);
                print(remote.json(), more, false);
                last = more.isEmpty() ? last : more.getLast().path("seq").asLong();
            }
        }
        return 0;
    }

    private static String query(RemoteOptions remote, String name, @Nullable String value) {
        return value == null ? "" : "&" + name + "=" + RemoteServer.encoded(remote.text("--" + name, value));
    }

    private static long newest(RemoteServer server) {
        return server.get("/admin/audit?limit=1")
                .json()
                .path("entries")
                .path(0)
                .path("seq")
                .asLong();
    }

    /** What was written behind that row, as much as a screen bears. */
    private Deque<JsonNode> behind(RemoteServer server, String query, long last) {
        Deque<JsonNode> rows = new ArrayDeque<>();
        String cursor = "";
        while (true) {
            JsonNode page =
                    server.get("/admin/audit?limit=" + PAGE + query + cursor).json();
            for (JsonNode row : page.path("entries")) {
                if (row.path("seq").asLong() <= last) {
                    return rows;
                }
                rows.addFirst(row);
            }
            if (!page.hasNonNull("next_cursor")) {
                return rows;
            }
            if (rows.size() >= MOST_BEHIND) {
                terminal.err().println("There are more than " + MOST_BEHIND + " new rows; these are the newest.");
                return rows;
            }
            cursor = "&cursor=" + RemoteServer.encoded(page.get("next_cursor").asText());
        }
    }

    private void print(boolean json, Deque<JsonNode> rows, boolean withHead) {
        if (json) {
            rows.forEach(row -> terminal.out().println(row));
        } else if (withHead || !rows.isEmpty()) {
            String table =
                    Table.aligned(HEAD, rows.stream().map(AuditCommand::cells).toList());
            terminal.out().print(withHead ? table : table.substring(table.indexOf('\n') + 1));
        }
        terminal.out().flush();
    }

    private static List<String> cells(JsonNode row) {
        List<String> detail = new ArrayList<>();
        row.path("detail")
                .properties()
                .forEach(member ->
                        detail.add(member.getKey() + "=" + member.getValue().asText()));
        return List.of(
                row.path("seq").asText(),
                row.path("at").asText(),
                Terminal.printable(row.path("actor").asText()),
                Terminal.printable(row.path("action").asText()),
                row.hasNonNull("tenant_id")
                        ? Terminal.printable(row.path("tenant_id").asText())
                        : "-",
                Terminal.printable(row.path("result").asText()),
                Terminal.printable(row.path("resource").asText()),
                Terminal.printable(String.join(" ", detail)));
    }

    @Command(
            name = "verify",
            description = "Checks the log's chain of seals; exits 1 and names the first row where it does not hold.")
    int verify(
            @Mixin RemoteOptions remote,
            @Option(
                            names = "--head",
                            paramLabel = "SEQ:HASH",
                            description = "A head that was noted before: the log is held to it as well.")
                    @Nullable String head) {
        String path = "/admin/audit/verify"
                + (head == null ? "" : "?" + query(remote, "head", head).substring(1));
        try (RemoteServer server = remote.asAdmin(environment)) {
            JsonNode check = server.get(path).json();
            boolean valid = check.path("valid").asBoolean();
            if (remote.json()) {
                terminal.out().println(check);
            } else {
                (valid ? terminal.out() : terminal.err()).println(valid ? whole(check) : broken(check));
            }
            return valid ? 0 : Main.FAILED;
        }
    }

    private static String whole(JsonNode check) {
        long unchecked = check.path("unchecked").asLong();
        JsonNode head = check.path("head");
        return "The chain holds: " + check.path("entries").asLong() + " rows, from "
                + check.path("from_seq").asLong() + " on. Head: "
                + head.path("seq").asLong() + ":"
                + Terminal.printable(head.path("hash").asText())
                + (unchecked == 0
                        ? ""
                        : "\n" + unchecked + " of them are sealed with keys that this node does not have; rows behind"
                                + " them vouch for them.");
    }

    private static String broken(JsonNode check) {
        String why = switch (check.path("fault").asText()) {
            case "changed" -> "it is not what was written";
            case "missing" -> "it is not there";
            case "added" -> "it stands behind the end";
            case "head" -> "the end of the log there is not what was written";
            case "anchor" -> "where the log begins is not what was written";
            default -> "it does not hold";
        };
        return "The chain is broken at row " + check.path("first_invalid_seq").asLong() + ": " + why + ".";
    }
}
