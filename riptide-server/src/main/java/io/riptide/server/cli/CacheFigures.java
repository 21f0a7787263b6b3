package io.riptide.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The server's figures of a cache as a table for people. */
final class CacheFigures {
    private static final double PERCENT = 100;

    private CacheFigures() {}

    /** Each figure that is there on a line of its own, with its unit. */
    static String table(JsonNode stats) {
        List<List<String>> rows = new ArrayList<>();
        if (stats.has("tenant_id")) {
            rows.add(List.of("tenant", Terminal.printable(stats.get("tenant_id").asText())));
        }
        for (Map.Entry<String, JsonNode> figure : stats.properties()) {
            String name = Terminal.printable(figure.getKey()).replace('_', ' ');
            JsonNode value = figure.getValue();
            if (value.isObject()) {
                value.properties()
                        .forEach(part -> rows.add(List.of(
                                name + ", " + Terminal.printable(part.getKey()),
                                shown(part.getKey(), part.getValue()))));
            } else if (value.isNumber()) {
                rows.add(List.of(name, shown(figure.getKey(), value)));
            }
        }
        return Table.aligned(List.of("FIGURE", "VALUE"), rows);
    }

    private static String shown(String name, JsonNode value) {
        if (name.equals("hit_rate")) {
            return String.format(Locale.ROOT, "%.1f %%", PERCENT * value.asDouble());
        }
        return value.isIntegralNumber()
                ? String.format(Locale.ROOT, "%,d", value.asLong())
                : String.format(Locale.ROOT, "%.3f", value.asDouble());
    }
}
