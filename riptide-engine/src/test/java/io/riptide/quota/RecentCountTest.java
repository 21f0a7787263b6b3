package io.riptide.quota;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class RecentCountTest {
    private record At(long nanos, long count) {}

    @Property(tries = 500)
    void itCountsWhatCameInTheLastSixtySlots(
            @ForAll @Size(max = 60) List<@IntRange(max = 200) Integer> pauses, @ForAll @IntRange(max = 999) int start) {
        RecentCount recent = new RecentCount(600, start);
        List<At> all = new ArrayList<>();
        long now = start;
        for (int pause : pauses) {
            now += pause;
            all.add(new At(now, pause % 7));
            long slot = now / 10;
            long expected = all.stream()
                    .filter(one -> one.nanos / 10 > slot - 60)
                    .mapToLong(At::count)
                    .sum();
            assertThat(recent.add(pause % 7, now)).isEqualTo(expected);
        }
    }

    @Test
    void clearedItBeginsAnew() {
        RecentCount recent = new RecentCount(600, 0);
        assertThat(recent.add(5, 100)).isEqualTo(5);
        recent.clear();
        assertThat(recent.add(1, 100)).isEqualTo(1);
        assertThat(recent.add(0, 10_000)).isZero();
    }
}
