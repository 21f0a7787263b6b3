package io.riptide.proof.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

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

    @Tag("proof")
    @Test
    void noNodeDoesInManyWorlds() {
        runAll(SEEDS, MANY_SEEDS);
    }

    /** Where a feed or a clock breaks its promise it shows. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void brokenPromisesShow(Flaw flaw) {
        int seen = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            AssertionError failure = run(seed, flaw);
            seen += failure == null ? 0 : 1;
        }
        assertThat(seen).isPositive();
    }
}
