package io.riptide.proof.trace;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A thousand tenants in one first tier, beside one Caffeine for all: prints a table, writes it and the picture. */
public final class Fairness {
    private static final int TENANTS = 1_000;
    private static final int REQUESTS = 4_000_000;
    private static final long BOUND = 256L << 20;
    /** Keys, so that all entries together weigh about 1.5, 2 and 3 times the bound. */
    private static final List<Integer> KEYS = List.of(400_000, 540_000, 810_000);

    private static final double AIM = 2;
    private static final String BEGINS = "<!-- measured by bench/fairness -->\n";
    private static final String ENDS = "<!-- end -->\n";

    private Fairness() {}

    /** No arguments. Exit code 1 where an aim is missed with entries of up to two bounds. */
    public static void main(String[] arguments) throws IOException {
        List<Row> rows = new ArrayList<>();
        for (int keys : KEYS) {
            Row row = run(Crowd.of(TENANTS, REQUESTS, keys), BOUND);
            rows.add(row);
            System.out.print(row.line());
        }
        Path docs = Path.of(System.getProperty("riptide.root", ".")).resolve("docs");
        Path page = docs.resolve("fairness.md");
        String text = Files.readString(page);
        int begins = text.indexOf(BEGINS) + BEGINS.length();
        int ends = text.indexOf(ENDS);
        Files.writeString(page, text.substring(0, begins) + measured(rows) + text.substring(ends));
        Files.writeString(docs.resolve("fairness.svg"), FairnessChart.draw(rows));
        if (!rows.stream().filter(row -> row.pressure() <= 2).allMatch(Row::reachesAims)) {
            System.exit(1);
        }
    }

    /** Replays to both. */
    static Row run(Trace trace, long bound) {
        try (StoredTrace stored = StoredTrace.fill(trace, 1)) {
            Weighed weighed = stored.weighed();
            return new Row(
                    (double) weighed.total() / bound,
                    PerTenant.replay(trace, stored.cache(bound, 0)),
                    PerTenant.replay(trace, new CaffeinePolicy(weighed, bound, 0)));
        }
    }

    private static String measured(List<Row> rows) throws IOException {
        StringBuilder text = new StringBuilder("""
                | all entries weigh | all: RipTide | all: Caffeine | worst tenth: RipTide \
                | worst tenth: Caffeine | median: RipTide | median: Caffeine |
                |---:|---:|---:|---:|---:|---:|---:|
                """);
        rows.forEach(row -> text.append(row.line()));
        return text.append('\n').append(Machine.line()).append('\n').toString();
    }

    /**
     * What came of one trace.
     *
     * @param pressure what all entries weigh, in bounds
     */
    record Row(double pressure, PerTenant riptide, PerTenant caffeine) {
        boolean reachesAims() {
            return riptide.all() >= caffeine.all() - AIM && riptide.worstDecile() > caffeine.worstDecile();
        }

        String line() {
            return String.format(
                    Locale.ROOT,
                    "| %.1f bounds | %.2f | %.2f | %.2f | %.2f | %.2f | %.2f |%n",
                    pressure,
                    riptide.all(),
                    caffeine.all(),
                    riptide.worstDecile(),
                    caffeine.worstDecile(),
                    riptide.median(),
                    caffeine.median());
        }
    }
}
