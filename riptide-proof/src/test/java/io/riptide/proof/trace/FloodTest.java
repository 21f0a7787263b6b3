package io.riptide.proof.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A tenant whose working set fits into half of the first tier, beside one that asks nine times as often for more. */
class FloodTest {
    private static final int STEADY_KEYS = 1_000;
    private static final int STEADY_REQUESTS = 15_000;
    private static final int FLOOD = 9;
    /** Two and a half steady sets: its fair share is one and a quarter. */
    private static final double STEADY_SETS = 2.5;

    static Stream<Arguments> floods() {
        return Stream.of(
                Arguments.of("keys that never come again", Patterns.once()),
                Arguments.of("a loop that does not fit", Patterns.loop(10_000)),
                Arguments.of("favourites among very many", Patterns.zipf(100_000, 0.8, 30)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("floods")
    void aFloodOfReadsLeavesANeighboursHitRateWithinAPoint(String name, LongSupplier flood) {
        double alone = steadyHits(trace("alone", 0, flood));
        double beside = steadyHits(trace(name, FLOOD, flood));
        assertThat(alone).isGreaterThan(90);
        assertThat(beside).isBetween(alone - 1, alone + 1);
    }

    private static double steadyHits(Trace trace) {
        try (StoredTrace stored = StoredTrace.fill(trace, 1)) {
            int weight = stored.weighed().weight(0);
            long bound = (long) (STEADY_SETS * STEADY_KEYS * weight);
            return PerTenant.replay(trace, stored.cache(bound, 0)).of(0);
        }
    }

    private static Trace trace(String name, int floods, LongSupplier flood) {
        LongSupplier steady = Patterns.zipf(STEADY_KEYS, 0.5, 31);
        Trace.Recorder recorder = new Trace.Recorder(STEADY_REQUESTS * (1 + floods));
        for (int i = 0; i < STEADY_REQUESTS; i++) {
            var steadily = recorder.add(0, steady.getAsLong(), Trace.Recorder.SIZE);
            for (int j = 0; j < floods; j++) {
                var flooding = recorder.add(1, flood.getAsLong(), Trace.Recorder.SIZE);
            }
        }
        return recorder.trace(name, name);
    }
}
