package io.riptide.proof.compress;

import io.riptide.config.CacheConfig.Compression;
import io.riptide.entry.Dictionary;
import io.riptide.proof.trace.Machine;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** {@code bench/compression}: prints, as Markdown, how much smaller values become and what that takes. */
public final class Compressions {
    private static final int PAGE_MIN = 40 << 10;
    private static final int PAGE_MAX = 64 << 10;
    /** With fewer nothing can be learned and judged. */
    private static final int ENOUGH = 60;

    private final PrintStream out;
    private final List<Path> folders;

    private Compressions(PrintStream out, List<Path> folders) {
        this.out = out;
        this.folders = folders;
    }

    /** Arguments: folders to look for files in; none: {@code /usr}. */
    public static void main(String[] args) throws IOException {
        List<Path> folders = args.length == 0
                ? List.of(Path.of("/usr"))
                : Stream.of(args).map(Path::of).toList();
        new Compressions(System.out, folders).run();
    }

    private void run() throws IOException {
        out.println(Machine.line());
        out.println();
        sizes();
        out.println();
        times();
        out.println();
        training();
    }

    private void sizes() throws IOException {
        List<Sample> samples = new ArrayList<>();
        samples.add(
                new Sample("orders, JSON, generated", 1024, new Documents(1).next(400), new Documents(2).next(400)));
        addFound(samples, "`package.json` of installed packages", 256, files("package.json", 200, 32 << 10));
        samples.add(new Sample("shop pages, HTML, generated", 1024, pages(1), pages(2)));
        addFound(samples, "HTML files of 40 to 64 KiB", 1024, files(".html", PAGE_MIN, PAGE_MAX));
        out.println("| values that training did not see | number | mean bytes | lz4 | zstd | zstd_dictionary | with"
                + " envelopes |");
        out.println("|---|---:|---:|---:|---:|---:|---:|");
        Path folder = Files.createTempDirectory("riptide-compression");
        try {
            Sizes sizes = new Sizes(folder);
            for (Sample sample : samples) {
                row(sizes, sample);
            }
        } finally {
            remove(folder);
        }
    }

    private void row(Sizes sizes, Sample sample) throws IOException {
        Sizes.Saved learned = sizes.measure(sample, Compression.ZSTD_DICTIONARY);
        out.printf(
                Locale.ROOT,
                "| %s | %d | %d | %.1f %% | %.1f %% | **%.1f %%** | %.1f %% |%n",
                sample.name(),
                sample.unseen().size(),
                sample.unseenBytes() / sample.unseen().size(),
                sizes.measure(sample, Compression.LZ4).value(),
                sizes.measure(sample, Compression.ZSTD).value(),
                learned.value(),
                learned.stored());
    }

    private void addFound(List<Sample> samples, String name, int thresholdBytes, List<byte[]> values) {
        if (values.size() < ENOUGH) {
            out.println("Left out, for only " + values.size() + " are under " + folders + ": " + name);
            out.println();
        } else {
            samples.add(Sample.split(name, thresholdBytes, values));
        }
    }

    private static List<byte[]> pages(int seed) {
        Documents documents = new Documents(seed);
        return Stream.generate(documents::page).limit(100).toList();
    }

    private List<byte[]> files(String nameEnds, int minBytes, int maxBytes) throws IOException {
        List<byte[]> found = new ArrayList<>();
        for (Path folder : folders) {
            found.addAll(Files.isDirectory(folder) ? Found.under(folder, nameEnds, minBytes, maxBytes) : List.of());
        }
        return found;
    }

    private void times() {
        List<byte[]> values = new Documents(2).next(200);
        Dictionary dictionary = Dictionary.train(new Documents(1).next(100)).orElseThrow();
        out.println("| codec | ns to seal 2 KiB | ns to open it |");
        out.println("|---|---:|---:|");
        for (Times.Taken taken : new Times(values, dictionary).measure()) {
            out.println("| " + taken.codec() + " | " + taken.sealNanos() + " | " + taken.openNanos() + " |");
        }
    }

    private void training() {
        out.println("| samples | ms to train |");
        out.println("|---|---:|");
        for (int kib : new int[] {96, 256, 1024}) {
            List<byte[]> samples = new ArrayList<>();
            Documents documents = new Documents(1);
            for (int bytes = 0; bytes < kib << 10; bytes += samples.getLast().length) {
                samples.add(documents.next());
            }
            long best = Long.MAX_VALUE;
            for (int i = 0; i < 5; i++) {
                long begun = System.nanoTime();
                Dictionary.train(samples).orElseThrow().close();
                best = Math.min(best, System.nanoTime() - begun);
            }
            out.println("| " + kib + " KiB | " + best / 1_000_000 + " |");
        }
    }

    private static void remove(Path folder) throws IOException {
        List<Path> all;
        try (Stream<Path> found = Files.walk(folder)) {
            all = found.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : all) {
            Files.deleteIfExists(path);
        }
    }
}
