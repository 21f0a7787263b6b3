package io.riptide.server;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Prometheus's text format, taken apart: what a scrape would store. */
record MetricText(Map<String, String> types, Map<String, Double> samples) {
    private static final Pattern SAMPLE = Pattern.compile("([a-z_]+)(?:\\{(.*)})? (\\S+)");
    private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"([^\"]*)\",?");

    static MetricText of(byte[] text) {
        return of(new String(text, java.nio.charset.StandardCharsets.UTF_8));
    }

    static MetricText of(String text) {
        Map<String, String> types = new TreeMap<>();
        Map<String, Double> samples = new TreeMap<>();
        for (String line : text.lines().toList()) {
            if (line.startsWith("# TYPE ")) {
                String[] words = line.split(" ");
                types.put(words[2], words[3]);
            } else if (!line.startsWith("#")) {
                Matcher sample = SAMPLE.matcher(line);
                if (!sample.matches()) {
                    throw new AssertionError("no sample: " + line);
                }
                double value = sample.group(3).equals("NaN") ? Double.NaN : Double.parseDouble(sample.group(3));
                if (samples.put(name(sample.group(1), sample.group(2)), value) != null) {
                    throw new AssertionError("twice: " + line);
                }
            }
        }
        return new MetricText(types, samples);
    }

    private static String name(String name, String labels) {
        Map<String, String> sorted = new TreeMap<>();
        Matcher label = LABEL.matcher(labels == null ? "" : labels);
        while (label.find()) {
            sorted.put(label.group(1), label.group(2));
        }
        return name + sorted;
    }

    /** A sample that is there with a tenant's label alone; null where it is not. */
    Double of(String name, String tenant) {
        return samples.get(name + "{tenant_id=" + tenant + "}");
    }

    /** A tenant's operations, those that are zero left out: {@code get hit_l1} and the like. */
    Map<String, Long> operations(String tenant) {
        Map<String, Long> operations = new TreeMap<>();
        Pattern mine = Pattern.compile(
                "cache_operations_total\\{operation=(\\w+), result=(\\w+), tenant_id=" + Pattern.quote(tenant) + "}");
        samples.forEach((name, value) -> {
            Matcher operation = mine.matcher(name);
            if (operation.matches() && value != 0) {
                operations.put(operation.group(1) + " " + operation.group(2), value.longValue());
            }
        });
        return operations;
    }

    /** How many samples carry a tenant's label. */
    long samplesOf(String tenant) {
        return samples.keySet().stream()
                .filter(name -> name.contains("tenant_id=" + tenant + "}"))
                .count();
    }
}
