package io.riptide.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code riptide usage}: what a tenant uses, beside its quotas. */
@Command(name = "usage", description = "Shows what a tenant uses, beside its quotas.")
final class UsageCommand implements Callable<Integer> {
    private static final double PERCENT = 100;

    private final Map<String, String> environment;
    private final Terminal terminal;

    @Mixin
    private RemoteOptions remote = new RemoteOptions();

    @Parameters(index = "0", paramLabel = "TENANT", description = "Whose.")
    private String tenant = "";

    UsageCommand(Map<String, String> environment, Terminal terminal) {
        this.environment = environment;
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        String path = RemoteServer.path("admin", "tenants", remote.text("TENANT", tenant), "usage");
        try (RemoteServer server = remote.asAdmin(environment)) {
            JsonNode usage = server.get(path).json();
            terminal.out().print(remote.json() ? usage + "\n" : table(usage));
            terminal.out().flush();
        }
        return 0;
    }

    private static String table(JsonNode usage) {
        List<List<String>> rows = new ArrayList<>();
        for (String figure : List.of("memory_bytes", "storage_bytes", "active_sessions")) {
            rows.add(row(usage, figure, figure));
        }
        rows.add(row(usage, "operations_last_minute", "operations_per_minute"));
        for (String figure : List.of("cache_entries", "operations_total", "data_transfer_bytes")) {
            rows.add(List.of(figure.replace('_', ' '), Table.count(usage.path(figure)), "", ""));
        }
        return Table.aligned(List.of("WHAT", "NOW", "QUOTA", "USED"), rows);
    }

    private static List<String> row(JsonNode usage, String figure, String quota) {
        double share = usage.path("quota_usage").path(quota).asDouble();
        return List.of(
                figure.replace('_', ' '),
                Table.count(usage.path(figure)),
                Table.count(usage.path("quotas").path(quota)),
                String.format(Locale.ROOT, "%.1f %%", PERCENT * share));
    }
}
