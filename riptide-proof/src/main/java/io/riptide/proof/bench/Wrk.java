package io.riptide.proof.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** wrk, which saturates a server from one thread. */
final class Wrk {
    /** What it found. */
    record Outcome(double rate, long requests) {}

    private Wrk() {}

    static Outcome run(String url, int connections, double seconds, List<String> headers, String lua) throws Exception {
        List<String> command = new ArrayList<>(
                List.of("wrk", "-t1", "-c" + connections, "-d" + Math.max(1, Math.round(seconds)) + "s"));
        headers.forEach(header -> command.addAll(List.of("-H", header)));
        Path script = null;
        if (!lua.isEmpty()) {
            script = Files.createTempFile("bench", ".lua");
            Files.writeString(script, lua);
            command.addAll(List.of("-s", script.toString()));
        }
        command.add(url);
        String printed = Child.run(command);
        if (script != null) {
            Files.delete(script);
        }
        if (printed.contains("Non-2xx")) {
            throw new IllegalStateException("wrong answers: " + printed);
        }
        return new Outcome(number(printed, "Requests/sec:\\s+([\\d.]+)"), (long) number(printed, "(\\d+) requests in"));
    }

    private static double number(String printed, String pattern) {
        Matcher found = Pattern.compile(pattern).matcher(printed);
        if (!found.find()) {
            throw new IllegalStateException("wrk said: " + printed);
        }
        return Double.parseDouble(found.group(1));
    }
}
