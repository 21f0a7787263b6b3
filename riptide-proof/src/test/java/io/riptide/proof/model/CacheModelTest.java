package io.riptide.proof.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.proof.model.Step.Advance;
import io.riptide.proof.model.Step.At;
import io.riptide.proof.model.Step.Reopen;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.Tuple;

/** Random operations on the cache over the real store agree in every read with a plain map. */
class CacheModelTest {
    private static final int THREADS = 3;

    @Property(tries = 25)
    void oneThreadAgreesWithAMap(@ForAll("steps") List<Step> steps) throws IOException {
        try (Disposable directory = new Disposable()) {
            run(directory.path(), steps);
        }
    }

    @Property(tries = 10)
    void threadsThatShareTenantsEachAgreeWithTheirMap(@ForAll("rounds") List<List<List<Step>>> rounds)
            throws Exception {
        try (Disposable directory = new Disposable()) {
            runThreads(directory.path(), rounds);
        }
    }

    @Tag("proof")
    @Property(tries = 2000)
    void oneThreadAgreesWithAMapForLong(@ForAll("steps") List<Step> steps) throws IOException {
        oneThreadAgreesWithAMap(steps);
    }

    @Tag("proof")
    @Property(tries = 500)
    void threadsAgreeForLong(@ForAll("rounds") List<List<List<Step>>> rounds) throws Exception {
        threadsThatShareTenantsEachAgreeWithTheirMap(rounds);
    }

    private static void run(Path directory, List<Step> steps) {
        ModelledCache cache = ModelledCache.open(directory);
        try {
            for (Step step : steps) {
                switch (step) {
                    case Advance advance -> cache.advance(advance.millis());
                    case Reopen reopen -> cache = cache.reopened();
                    case At at -> cache.step(at, "");
                }
            }
            cache.checkAll();
        } finally {
            cache.close();
        }
    }

    /**
     * Threads share tenants, namespaces, first tier and store, and each has keys of its own; time moves between rounds.
     */
    private static void runThreads(Path directory, List<List<List<Step>>> rounds) throws Exception {
        ModelledCache cache = ModelledCache.open(directory);
        try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            for (List<List<Step>> round : rounds) {
                List<Future<?>> running = new ArrayList<>();
                ModelledCache shared = cache;
                for (int i = 0; i < round.size(); i++) {
                    String own = "thread" + i + "/";
                    List<Step> steps = round.get(i);
                    running.add(threads.submit(() -> steps.forEach(step -> {
                        if (step instanceof At at) {
                            shared.step(at, own);
                        }
                    })));
                }
                for (Future<?> thread : running) {
                    thread.get();
                }
                cache.advance(700);
                cache.checkAll();
                cache = cache.reopened();
            }
        } finally {
            cache.close();
        }
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        return step().list().ofMinSize(1).ofMaxSize(120);
    }

    @Provide
    Arbitrary<List<List<List<Step>>>> rounds() {
        return at().map(Step.class::cast)
                .list()
                .ofSize(40)
                .list()
                .ofSize(THREADS)
                .list()
                .ofMinSize(1)
                .ofMaxSize(3);
    }

    private static Arbitrary<Step> step() {
        return Arbitraries.frequencyOf(
                Tuple.of(30, at().map(Step.class::cast)),
                Tuple.of(4, Arbitraries.longs().between(1, 3000).map(Advance::new)),
                Tuple.of(1, Arbitraries.just(new Reopen())));
    }

    private static Arbitrary<At> at() {
        return Combinators.combine(
                        Arbitraries.of("acme", "globex", "acme-2"),
                        Arbitraries.of("pages", "p"),
                        Arbitraries.of("a", "b", "ä/ö", "c d"),
                        Arbitraries.of(Step.Kind.values()),
                        Arbitraries.bytes().array(byte[].class).ofMaxSize(3000),
                        Arbitraries.longs().between(1, 4000))
                .as(At::new);
    }

    /** A directory that goes with all in it. */
    private record Disposable(Path path) implements AutoCloseable {
        Disposable() throws IOException {
            this(Files.createTempDirectory("riptide-model"));
            assertThat(path).isEmptyDirectory();
        }

        @Override
        public void close() throws IOException {
            try (Stream<Path> files = Files.walk(path)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}
