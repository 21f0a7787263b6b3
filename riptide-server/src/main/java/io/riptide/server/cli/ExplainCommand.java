package io.riptide.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code riptide cache explain}: where an entry is, or why a read finds none. */
@Command(name = "explain", description = "Tells where an entry is, or why a read finds none.")
final class ExplainCommand implements Callable<Integer> {
    private final Map<String, String> environment;
    private final Terminal terminal;

    @Mixin
    private RemoteOptions remote = new RemoteOptions();

    @Option(names = "--tenant", required = true, paramLabel = "ID", description = "Whose.")
    private String tenant = "";

    @Parameters(index = "0", paramLabel = "NAMESPACE", description = "The namespace.")
    private String namespace = "";

    @Parameters(index = "1", paramLabel = "KEY", description = "The key; after -- where it begins with a dash.")
    private String key = "";

    ExplainCommand(Map<String, String> environment, Terminal terminal) {
        this.environment = environment;
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        String query = "?tenant=" + RemoteServer.encoded(remote.text("--tenant", tenant))
                + "&namespace=" + RemoteServer.encoded(remote.text("NAMESPACE", namespace))
                + "&key=" + RemoteServer.encoded(remote.text("KEY", key));
        try (RemoteServer server = remote.asAdmin(environment)) {
            JsonNode answer = server.get("/admin/cache/explain" + query).json();
            terminal.out().print(remote.json() ? answer + "\n" : table(answer));
            terminal.out().flush();
        }
        return 0;
    }

    private static String table(JsonNode answer) {
        List<List<String>> rows = new ArrayList<>();
        for (Map.Entry<String, JsonNode> member : answer.properties()) {
            JsonNode value = member.getValue();
            String name = Terminal.printable(member.getKey()).replace('_', ' ');
            rows.add(List.of(name, Terminal.printable(shown(value))));
        }
        return Table.aligned(List.of("WHAT", "VALUE"), rows);
    }

    private static String shown(JsonNode value) {
        List<String> parts = new ArrayList<>();
        if (value.isObject()) {
            value.properties()
                    .forEach(part ->
                            parts.add(part.getKey() + " " + part.getValue().asText()));
        } else {
            value.forEach(part -> parts.add(part.asText()));
        }
        return value.isContainerNode() ? String.join(", ", parts) : value.asText();
    }
}
