package io.riptide.proof.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.List;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PatternsTest {
    @Test
    void zipfDrawsEachRankInProportion() {
        List<Long> keys = Recorded.first(200_000, Patterns.zipf(100, 1, 42));
        // The hundredth harmonic number.
        double sum = IntStream.rangeClosed(1, 100).mapToDouble(r -> 1.0 / r).sum();
        assertThat(keys).allMatch(key -> key >= 0 && key < 100);
        for (long rank : new long[] {0, 1, 9}) {
            assertThat((double) keys.stream().filter(key -> key == rank).count())
                    .isCloseTo(200_000 / (sum * (rank + 1)), withinPercentage(5));
        }
    }

    @Test
    void whatIsDrawnIsTheSameForTheSameSeedAlone() {
        List<Long> keys = Recorded.first(100, Patterns.zipf(1000, 0.9, 1));
        assertThat(Recorded.first(100, Patterns.zipf(1000, 0.9, 1))).isEqualTo(keys);
        assertThat(Recorded.first(100, Patterns.zipf(1000, 0.9, 2))).isNotEqualTo(keys);
    }

    @Test
    void aLoopBringsAllInTurn() {
        assertThat(Recorded.first(7, Patterns.loop(3))).containsExactly(0L, 1L, 2L, 0L, 1L, 2L, 0L);
    }

    @Test
    void whatIsAskedForOnceNeverComesAgain() {
        assertThat(Recorded.first(1000, Patterns.once())).doesNotHaveDuplicates();
    }

    @Test
    void twoTakeTurnsAndGoOnWhereTheyWere() {
        LongSupplier scan = Patterns.above(100, Patterns.once());
        assertThat(Recorded.first(10, Patterns.inTurn(Patterns.loop(4), 3, scan, 2)))
                .containsExactly(0L, 1L, 2L, 100L, 101L, 3L, 0L, 1L, 102L, 103L);
    }

    @Test
    void aShiftingSetMovesOnByHalfOfItselfAndKeepsTheRanksOfWhatStays() {
        List<Long> keys = Recorded.first(30_000, Patterns.shifting(10, 10_000, 1, 3));
        for (int move = 0; move < 3; move++) {
            long first = move * 5L;
            List<Long> stay = keys.subList(move * 10_000, (move + 1) * 10_000);
            assertThat(stay.stream().distinct().sorted().toList())
                    .isEqualTo(IntStream.range(0, 10).mapToObj(i -> first + i).toList());
        }
        assertThat(favourite(keys.subList(10_000, 20_000))).isEqualTo(10);
        assertThat(favourite(keys.subList(20_000, 30_000))).isEqualTo(10);
    }

    private static long favourite(List<Long> keys) {
        return keys.stream().collect(Collectors.groupingBy(key -> key, Collectors.counting())).entrySet().stream()
                .max(java.util.Map.Entry.comparingByValue())
                .orElseThrow()
                .getKey();
    }
}
