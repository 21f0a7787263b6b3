package io.riptide.proof.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TraceTest {
    @Test
    void keysAreNumberedAsTheyAppearAndAreTheirTenantsOwn() {
        Trace.Recorder recorder = new Trace.Recorder(10);
        recorder.add(1, "a", 5);
        recorder.add(0, "a", 7);
        recorder.add(1, "a", 9);
        Trace trace = recorder.trace("t", "d");
        assertThat(IntStream.range(0, 3).map(trace::key)).containsExactly(0, 1, 0);
        assertThat(trace.keys()).isEqualTo(2);
        assertThat(trace.tenants()).isEqualTo(2);
        assertThat(trace.tenant(0)).isEqualTo(1);
        assertThat(trace.size(0)).isEqualTo(5);
        assertThat(trace.sameSizes()).isFalse();
    }

    @Test
    void whatIsBeyondTheLimitIsLeftOutAndSaid() {
        Trace.Recorder recorder = new Trace.Recorder(2000);
        int taken = 0;
        while (recorder.add((long) taken)) {
            taken++;
        }
        Trace trace = recorder.trace("t", "d");
        assertThat(taken).isEqualTo(2000);
        assertThat(trace.length()).isEqualTo(2000);
        assertThat(trace.keys()).isEqualTo(2000);
        assertThat(trace.cut()).isTrue();
    }

    @Test
    void aKeysTextIsItsOwnAndAllHaveOneLength() {
        assertThat(IntStream.of(0, 1, 15, 16, 4096, Integer.MAX_VALUE).mapToObj(Trace::text))
                .doesNotHaveDuplicates()
                .allMatch(text -> text.length() == 8);
    }

    @Test
    void aBoundIsInWholeEntriesWhereAllWeighTheSame() {
        Weighed weighed = new Weighed(Recorded.of(1, 2, 3, 4, 5), 9);
        assertThat(weighed.total()).isEqualTo(50);
        assertThat(weighed.bound(0.5)).isEqualTo(20);
    }
}
