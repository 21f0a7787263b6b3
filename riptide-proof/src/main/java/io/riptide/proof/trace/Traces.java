package io.riptide.proof.trace;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Runs the simulator on its own traces and those that are named, prints the table, writes the page and the picture. */
public final class Traces {
    private static final int REQUESTS = 500_000;
    private static final int RUNS = 5;
    private static final String USAGE = "usage: bench/traces [--requests N] [--out DIRECTORY] [FORMAT:FILE]...\n"
            + "  --requests N   of each of its own traces, and at most of a file (1,000 to 50,000,000; 500,000)\n"
            + "  --out DIR      where hit-rates.md and hit-rates.svg are written (docs)\n"
            + "  FORMAT         one of " + TraceFormat.labels();

    private final List<TraceFile> files = new ArrayList<>();
    private int requests = REQUESTS;
    private Path out;

    private Traces(String[] arguments, Path root, Path from) {
        this.out = root.resolve("docs");
        for (int i = 0; i < arguments.length; i++) {
            switch (arguments[i]) {
                case "--requests" -> requests = count(value(arguments, ++i));
                case "--out" -> out = from.resolve(value(arguments, ++i));
                default -> files.add(TraceFile.of(arguments[i], from));
            }
        }
    }

    /** Arguments: as the usage says. Exit code 1 where RipTide is short of its aim, 2 where an argument is wrong. */
    public static void main(String[] arguments) throws IOException {
        try {
            Path root = Path.of(System.getProperty("riptide.root", "."));
            Path from = Path.of(System.getProperty("riptide.from", "."));
            if (!new Traces(arguments, root, from).run()) {
                System.exit(1);
            }
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage() + "\n" + USAGE);
            System.exit(2);
        }
    }

    private static String value(String[] arguments, int at) {
        if (at == arguments.length) {
            throw new IllegalArgumentException(arguments[at - 1] + ": nothing follows (expected: a value)");
        }
        return arguments[at];
    }

    private static int count(String text) {
        String digits = text.replace("_", "").replace(",", "");
        if (!digits.matches("[0-9]{4,8}")
                || Integer.parseInt(digits) < 1_000
                || Integer.parseInt(digits) > 50_000_000) {
            throw new IllegalArgumentException("--requests: " + text + " (expected: 1,000 to 50,000,000)");
        }
        return Integer.parseInt(digits);
    }

    /** As another would run it: without where the files lie here. */
    private String command() {
        StringBuilder command = new StringBuilder("bench/traces");
        if (requests != REQUESTS) {
            command.append(" --requests ").append(requests);
        }
        files.forEach(file -> command.append(' ').append(file.label()));
        return command.toString();
    }

    private boolean run() throws IOException {
        List<Trace> traces = new ArrayList<>();
        for (TraceFile file : files) {
            traces.add(file.read(requests));
        }
        traces.addAll(0, Generated.all(requests));
        List<Rates> rates = new ArrayList<>();
        for (Trace trace : traces) {
            System.err.printf(
                    Locale.ROOT, "%s: %,d requests of %,d keys%n", trace.name(), trace.length(), trace.keys());
            rates.addAll(Simulation.run(trace, Simulation.SHARES, RUNS));
        }
        Report report = new Report(command(), Machine.line(), RUNS, traces, rates);
        System.out.print(report.table());
        Files.createDirectories(out);
        Files.writeString(out.resolve("hit-rates.md"), report.page());
        Files.writeString(out.resolve("hit-rates.svg"), Chart.draw(rates));
        report.behind()
                .forEach(rate -> System.err.printf(
                        Locale.ROOT,
                        "%s at %.0f %%: %.2f points behind Caffeine (aim: at most %.1f)%n",
                        rate.trace().name(),
                        rate.share() * 100,
                        -rate.ahead(),
                        Report.AIM));
        return report.behind().isEmpty();
    }
}
