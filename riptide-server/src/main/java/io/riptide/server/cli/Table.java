package io.riptide.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Rows of text in columns. */
final class Table {
    private static final String GAP = "  ";

    private Table() {}

    /** Columns padded to their widest cell; the last one as it is. */
    static String aligned(List<String> head, List<List<String>> rows) {
        List<List<String>> all = Stream.concat(Stream.of(head), rows.stream()).toList();
        int[] widths = IntStream.range(0, head.size())
                .map(c ->
                        all.stream().mapToInt(row -> row.get(c).length()).max().orElse(0))
                .toArray();
        return all.stream().map(row -> line(row, widths)).collect(Collectors.joining());
    }

    /** A whole number for people. */
    static String count(JsonNode number) {
        return String.format(Locale.ROOT, "%,d", number.asLong());
    }

    private static String line(List<String> row, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int c = 0; c < widths.length; c++) {
            String cell = row.get(c);
            line.append(cell).repeat(' ', widths[c] - cell.length()).append(GAP);
        }
        return line.toString().stripTrailing() + "\n";
    }

    /** As Markdown; keys and values that hold its signs are set as code. */
    static String markdown(List<String> head, List<List<String>> rows) {
        StringBuilder text = new StringBuilder();
        List<String> titles = head.stream()
                .map(t -> t.charAt(0) + t.substring(1).toLowerCase(Locale.ROOT))
                .toList();
        text.append("| ").append(String.join(" | ", titles)).append(" |\n");
        text.append("|---".repeat(head.size())).append("|\n");
        for (List<String> row : rows) {
            String key = "`" + row.getFirst() + "`";
            String rest = String.join(" | ", row.subList(1, row.size())).replace("<", "&lt;");
            text.append("| ").append(key).append(" | ").append(rest).append(" |\n");
        }
        return text.toString();
    }
}
