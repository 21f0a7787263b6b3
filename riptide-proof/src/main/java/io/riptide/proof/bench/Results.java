package io.riptide.proof.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Figures as they come in, a table of them, and the same as JSON. */
final class Results {
    private record Row(String part, String figure, double value, String unit, String aim) {}

    private final List<Row> rows = new ArrayList<>();

    /** Notes a figure and shows it; the aim says what it should reach, or is empty. */
    void add(String part, String figure, double value, String unit, String aim) {
        rows.add(new Row(part, figure, value, unit, aim));
        System.out.printf(Locale.ROOT, "  %-10s %-52s %14.2f %s%n", part, figure, value, unit);
    }

    /** As a Markdown table. */
    void print() {
        System.out.println("\n| part | figure | value | unit | aim |\n|---|---|---:|---|---|");
        for (Row row : rows) {
            System.out.printf(
                    Locale.ROOT, "| %s | %s | %.2f | %s | %s |%n", row.part, row.figure, row.value, row.unit, row.aim);
        }
    }

    /** Writes them with what the machine is. */
    void write(Path file) throws IOException {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("java", System.getProperty("java.vm.version"));
        all.put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        all.put("processors", Runtime.getRuntime().availableProcessors());
        all.put("results", rows);
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.writeString(
                file,
                new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(all));
    }
}
