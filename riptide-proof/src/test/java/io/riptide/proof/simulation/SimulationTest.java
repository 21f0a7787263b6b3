package io.riptide.proof.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Three nodes over one store, with all that goes wrong between them; a failure tells its seed and what happened. */
class SimulationTest {
    private static final int STEPS = 300;
    private static final int SEEDS = 500;
    private static final int MANY_SEEDS = 20_000;

    private static @Nullable AssertionError run(long seed, Flaw flaw) {
        World world = new World(seed, flaw);
        try {
            world.run(STEPS);
            return null;
        } catch (AssertionError | RuntimeException e) {
            return new AssertionError("seed " + seed + ": " + e + "\n" + world.story(), e);
        }
    }

    private static void runAll(long from, long to) {
        for (long seed = from; seed < to; seed++) {
            AssertionError failure = run(seed, Flaw.NONE);
            if (failure != null) {
                throw failure;
            }
        }
    }

    @Test
    void noNodeAnswersWhatItMustKnowToBeGone() {
        runAll(0, SEEDS);
    }

    /** Seeds that failed before their fault was mended: two nodes gave what they wrote one version. */
    @ParameterizedTest
    @ValueSource(longs = 1757)
    void seedsThatFailedOnce(long seed) {
        runAll(seed, seed + 1);
    }

    @Tag("proof")
    @Test
    void noNodeDoesInManyWorlds() {
        runAll(SEEDS, MANY_SEEDS);
    }

    /** Where a feed or a clock breaks its promise it shows. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void brokenPromisesShow(Flaw flaw) {
        boolean seen = LongStream.range(0, SEEDS).anyMatch(seed -> run(seed, flaw) != null);
        assertThat(seen).isTrue();
    }
}
