package io.riptide.proof.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The peers on sequences worked out by hand, and the optimum beside every choice that there is. */
class PoliciesTest {
    private static final int OVERHEAD = 9;
    private static final int WEIGHT = OVERHEAD + 1;

    private static String lru(Trace trace, int entries) {
        return Recorded.hits(trace, new LruPolicy(new Weighed(trace, OVERHEAD), (long) entries * WEIGHT));
    }

    private static String optimum(Trace trace, int entries) {
        return Recorded.hits(trace, new BeladyPolicy(new Weighed(trace, OVERHEAD), (long) entries * WEIGHT));
    }

    @Test
    void theLruLetsGoOfWhatWasAskedForLongestAgo() {
        assertThat(lru(Recorded.of(1, 2, 1, 3, 2, 1, 3), 2)).isEqualTo("MMHMMMM");
        assertThat(lru(Recorded.of(1, 2, 3, 4, 1, 2, 5, 1, 2, 3, 4, 5), 3)).isEqualTo("MMMMMMMHHMMM");
    }

    @Test
    void theOptimumKeepsWhatComesSoonest() {
        assertThat(optimum(Recorded.of(1, 2, 3, 4, 1, 2, 5, 1, 2, 3, 4, 5), 3)).isEqualTo("MMMMHHMHHHMM");
    }

    @Test
    void theOptimumMayRefuseWhatComesLater() {
        assertThat(optimum(Recorded.of(1, 2, 1, 2), 1)).isEqualTo("MMHM");
    }

    @Test
    void aLoopLargerThanTheBoundIsTheLrusWorstAndTheOptimumHoldsAPartOfIt() {
        Trace loop = Recorded.of(1, 2, 3, 1, 2, 3, 1, 2, 3);
        assertThat(lru(loop, 2)).isEqualTo("MMMMMMMMM");
        assertThat(optimum(loop, 2)).isEqualTo("MMMHHMHHM");
    }

    @Test
    void anEntryHeavierThanTheBoundIsNeverHeldAndPushesNothingOut() {
        Trace.Recorder recorder = new Trace.Recorder(10);
        for (int key : new int[] {1, 2, 1, 2, 1}) {
            recorder.add(0, key, key == 2 ? 100 : 1);
        }
        Weighed weighed = new Weighed(recorder.trace("t", ""), OVERHEAD);
        assertThat(Recorded.hits(weighed.trace(), new LruPolicy(weighed, 20))).isEqualTo("MMHMH");
        assertThat(Recorded.hits(weighed.trace(), new BeladyPolicy(weighed, 20)))
                .isEqualTo("MMHMH");
    }

    @Test
    void aHeavyEntryPushesOutAsManyAsItNeeds() {
        Trace.Recorder recorder = new Trace.Recorder(10);
        for (int key : new int[] {1, 2, 3, 2, 1}) {
            recorder.add(0, key, key == 3 ? 11 : 1);
        }
        Weighed weighed = new Weighed(recorder.trace("t", ""), OVERHEAD);
        assertThat(Recorded.hits(weighed.trace(), new LruPolicy(weighed, 20))).isEqualTo("MMMMM");
    }

    @Test
    void noChoiceHasMoreHitsThanTheOptimum() {
        SplittableRandom random = new SplittableRandom(11);
        for (int round = 0; round < 300; round++) {
            int[] keys = random.ints(14, 0, 5).toArray();
            Trace trace = Recorded.of(keys);
            int entries = 1 + round % 3;
            assertThat(optimum(trace, entries).chars().filter(c -> c == 'H').count())
                    .as("%s, %d entries", Arrays.toString(keys), entries)
                    .isEqualTo(most(trace, entries));
        }
    }

    /** The most hits that any choice of what to hold gives: by place, the best for each set that may be held. */
    private static long most(Trace trace, int entries) {
        Map<Integer, Long> best = new HashMap<>(Map.of(0, 0L));
        for (int at = 0; at < trace.length(); at++) {
            int asked = 1 << trace.key(at);
            Map<Integer, Long> next = new HashMap<>();
            best.forEach((held, hits) -> {
                long now = hits + ((held & asked) != 0 ? 1 : 0);
                int may = held | asked;
                for (int kept = may; ; kept = (kept - 1) & may) {
                    if (Integer.bitCount(kept) <= entries) {
                        next.merge(kept, now, Math::max);
                    }
                    if (kept == 0) {
                        break;
                    }
                }
            });
            best = next;
        }
        return best.values().stream().mapToLong(hits -> hits).max().orElse(0);
    }
}
