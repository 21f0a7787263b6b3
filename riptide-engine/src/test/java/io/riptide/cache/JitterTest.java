package io.riptide.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JitterTest {
    @Property
    void aLifeIsShortenedByNoMoreThanItsShareAndNeverToNothing(
            @ForAll @LongRange(min = 1, max = 315_360_000_000L) long life,
            @ForAll @IntRange(max = 50) int percent,
            @ForAll long version) {
        long shortened = Jitter.shorten(life, percent, version);
        assertThat(shortened).isBetween(Math.max(1, life - life * percent / 100 - 1), life);
    }

    @Test
    void versionsThatFollowEachOtherSpreadEvenly() {
        long[] tenths = new long[10];
        LongStream.range(0, 100_000)
                .map(i -> Jitter.shorten(1_000_000, 50, (1_793_491_200_000L << 20) + i))
                .forEach(life -> tenths[(int) Math.min(9, (1_000_000 - life) / 50_000)]++);
        assertThat(LongStream.of(tenths).boxed()).allMatch(count -> count > 9_500 && count < 10_500);
    }

    @Test
    void withoutJitterALifeIsWhatItIs() {
        assertThat(Jitter.shorten(1234, 0, 99)).isEqualTo(1234);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 51})
    void aShareOutsideItsBoundsIsRefused(int percent) {
        assertThatThrownBy(() -> PutOptions.DEFAULT.jitterPercent(percent))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected: 0 to 50");
    }
}
