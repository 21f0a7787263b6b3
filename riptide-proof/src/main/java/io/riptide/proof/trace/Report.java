package io.riptide.proof.trace;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The page that tells what came of a run: how it was made, the traces, the table. */
record Report(String command, String machine, int runs, List<Trace> traces, List<Rates> rates) {
    /** Points by which RipTide may be behind Caffeine where there is one tenant. */
    static final double AIM = 0.5;
    /** Points by which RipTide may be behind one Caffeine for all where there are several. */
    static final double AIM_OF_MANY = 2;

    /** As Markdown. */
    String page() {
        return """
                # Hit rates

                How often the first tier answers, beside Caffeine alone, an LRU and the optimum, on the same traces
                under the same bound. Aim: with one tenant at most %s point behind Caffeine.

                ![hit rates by trace and bound](hit-rates.svg)

                ```
                %s
                ```

                %s

                - **RipTide** is the product itself, through its public API over RocksDB: a read that the first tier
                  answers is a hit, one that the store answers fills the first tier and is none. **Caffeine** is one
                  cache of the same weigher and bound for all tenants. **LRU** lets go of what was asked for longest
                  ago.
                - The **optimum** knows what comes and lets go of what is used last (Belady's MIN, free to refuse an
                  entry). Where all entries weigh the same no cache has more hits. Where they don't (marked ~) the most
                  hits cannot be computed in reasonable time, and the same rule is a mark to compare with, not a bound:
                  a cache may be above it.
                - The **bound** is a share of what all entries of the trace weigh together: value, key and what an
                  entry costs besides, as the first tier itself weighs them. Rates are hits of a hundred requests, the
                  first request of each key counted as the miss that it is.
                - Traces are replayed by one thread, 10,000 requests to a second. Caffeine, and RipTide upon it, draws
                  lots when it admits and tunes itself by what follows, and how keys hash tells which its sketch mixes
                  up; so it differs from itself, on "blend" by points. Both are means of %d runs, each with keys that
                  hash differently, and ± is twice the standard error of the difference.

                %s

                | trace | what it is |
                |---|---|
                %s
                %s
                Traces of others are read from files that are plain or packed by gzip or Zstandard, each entry taken to
                be of the same size: `bench/traces arc:P3.lis lirs:multi3.trace.gz`. Formats: %s.
                """.formatted(
                        number(AIM), command, machine, runs, verdict(), traceRows(), table(), TraceFormat.labels());
    }

    /** The table alone, as Markdown. */
    String table() {
        String head = """
                | trace | bound | MiB | RipTide | Caffeine | LRU | optimum | RipTide − Caffeine | ± |
                |---|---:|---:|---:|---:|---:|---:|---:|---:|
                """;
        return head + rates.stream().map(Report::row).collect(Collectors.joining());
    }

    /** Where RipTide is short of the aim, with one tenant, by more than such runs differ. */
    List<Rates> behind() {
        return alone().filter(rate -> rate.ahead() + rate.margin() < -AIM).toList();
    }

    private Stream<Rates> alone() {
        return rates.stream().filter(rate -> rate.trace().tenants() == 1);
    }

    private String verdict() {
        long within = alone().filter(rate -> rate.ahead() >= -AIM).count();
        List<Rates> below = rates.stream()
                .filter(rate -> rate.of(Contender.LRU) > rate.of(Contender.RIPTIDE))
                .toList();
        String where =
                below.stream().map(rate -> rate.trace().name()).distinct().collect(Collectors.joining(", "));
        return String.format(
                Locale.ROOT,
                "Of %d rows with one tenant RipTide is at most %.1f point behind Caffeine in %d; further behind, but by"
                        + " less than such runs differ, in %d; further behind by more than that in %d. An LRU is ahead"
                        + " of RipTide in %d of all rows%s.",
                alone().count(),
                AIM,
                within,
                alone().count() - within - behind().size(),
                behind().size(),
                below.size(),
                below.isEmpty() ? "" : " (" + where + ")");
    }

    private String traceRows() {
        return traces.stream()
                .map(trace -> "| " + cell(trace.name()) + " | " + cell(trace.description()) + " |\n")
                .collect(Collectors.joining());
    }

    private static String row(Rates rate) {
        String optimum = (rate.trace().sameSizes() ? "" : "~") + number(rate.of(Contender.OPTIMUM));
        return Stream.of(
                        cell(rate.trace().name()),
                        number(rate.share() * 100) + " %",
                        number((double) rate.bytes() / (1 << 20)),
                        number(rate.of(Contender.RIPTIDE)),
                        number(rate.of(Contender.CAFFEINE)),
                        number(rate.of(Contender.LRU)),
                        optimum,
                        String.format(Locale.ROOT, "%+.2f", rate.ahead()),
                        number(rate.margin()))
                .collect(Collectors.joining(" | ", "| ", " |\n"));
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    /** A file's name may hold what would end a cell. */
    private static String cell(String text) {
        return text.replace("\\", "\\\\").replace("|", "\\|").replaceAll("\\s+", " ");
    }
}
