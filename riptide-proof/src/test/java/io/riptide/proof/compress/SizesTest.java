package io.riptide.proof.compress;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.config.CacheConfig.Compression;
import io.riptide.proof.Needs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How small values become that training did not see: what docs/compression.md says, and the aims behind it. */
class SizesTest {
    /** Where packages of Node.js are installed, if they are. */
    private static final List<Path> PACKAGES = List.of(
            Path.of("/usr/lib/node_modules"), Path.of("/usr/local/lib/node_modules"), Path.of("/usr/share/nodejs"));

    @TempDir
    private Path folder;

    private Sizes sizes;

    @BeforeEach
    void make() {
        sizes = new Sizes(folder);
    }

    @Test
    void generatedDocumentsOfTwoKibBecomeSeventyPercentSmaller() throws IOException {
        for (int seed = 10; seed < 13; seed++) {
            Sample orders =
                    new Sample("orders", 1024, new Documents(seed).next(200), new Documents(seed + 100).next(200));
            assertThat(orders.unseenBytes() / 200).isBetween(1800L, 2300L);
            assertThat(sizes.measure(orders, Compression.ZSTD_DICTIONARY).value())
                    .as("seed %d", seed)
                    .isGreaterThan(70);
        }
    }

    @Test
    void generatedDocumentsAreNotSmallByThemselves() throws IOException {
        Sample orders = new Sample("orders", 1024, List.of(), new Documents(2).next(200));
        assertThat(sizes.measure(orders, Compression.ZSTD).value()).isLessThan(60);
    }

    @Test
    void pagesOfFiftyKibBecomeSeventyPercentSmallerWithTheBestCodec() throws IOException {
        Sample pages = new Sample("pages", 1024, pages(1), pages(2));
        assertThat(pages.unseenBytes() / pages.unseen().size()).isBetween(40L << 10, 60L << 10);
        assertThat(sizes.measure(pages, Compression.ZSTD_DICTIONARY).value()).isGreaterThan(70);
        assertThat(sizes.measure(pages, Compression.ZSTD).value()).isGreaterThan(70);
    }

    private static List<byte[]> pages(int seed) {
        Documents documents = new Documents(seed);
        return Stream.generate(documents::page).limit(80).toList();
    }

    @Test
    void packageFilesOfThisMachineBecomeSixtyPercentSmaller() throws IOException {
        List<byte[]> found = new ArrayList<>();
        for (Path packages : PACKAGES) {
            found.addAll(
                    Files.isDirectory(packages) ? Found.under(packages, "package.json", 200, 32 << 10) : List.of());
        }
        Needs.that(found.size() >= 120, "package.json files of some installed packages");
        Sample files = Sample.split("package.json", 256, found);
        assertThat(sizes.measure(files, Compression.ZSTD_DICTIONARY).value()).isGreaterThan(60);
    }
}
