package io.riptide.door;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.problem.Problem;
import io.riptide.problem.ProblemCode;
import io.riptide.spi.ControlStore;
import io.riptide.testkit.ManualTime;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How often keys are noted, and in how large pieces what was noted is written. */
class LastUsesTest {
    private final ManualTime time = new ManualTime();
    private final List<Map<String, Long>> written = new ArrayList<>();
    private boolean away;
    private final LastUses uses = new LastUses(store(), time);

    @SuppressWarnings("unchecked")
    private ControlStore store() {
        return (ControlStore) Proxy.newProxyInstance(
                LastUsesTest.class.getClassLoader(),
                new Class<?>[] {ControlStore.class},
                (proxy, method, arguments) -> {
                    assertThat(method.getName()).isEqualTo("touchKeys");
                    if (away) {
                        throw Problem.of(ProblemCode.STORE_UNAVAILABLE, "It is away.")
                                .asException();
                    }
                    written.add(new HashMap<>((Map<String, Long>) arguments[0]));
                    return null;
                });
    }

    private void note(int keys) {
        for (int i = 0; i < keys; i++) {
            uses.note(new LastUses.Mark("k" + i, null), time.wallMillis());
        }
    }

    private List<Integer> sizes() {
        return written.stream().map(Map::size).toList();
    }

    @Test
    void aKeyIsNotedOnceAMinute() {
        LastUses.Mark fresh = new LastUses.Mark("fresh", null);
        LastUses.Mark used = new LastUses.Mark("used", time.wallMillis());
        long first = time.wallMillis();
        uses.note(fresh, first);
        uses.note(used, first + 59_999);
        uses.note(fresh, first + 59_999);
        uses.flush();
        assertThat(written).containsExactly(Map.of("fresh", first));
        uses.note(fresh, first + 60_000);
        uses.note(used, first + 60_000);
        uses.flush();
        assertThat(written).hasSize(2).last().isEqualTo(Map.of("fresh", first + 60_000, "used", first + 60_000));
    }

    @Test
    void whatWasNotedIsWrittenEveryTenSeconds() {
        note(1);
        time.advance(Duration.ofMillis(9_999));
        uses.tick();
        assertThat(written).isEmpty();
        time.advance(Duration.ofMillis(1));
        uses.tick();
        assertThat(sizes()).containsExactly(1);
        note(1);
        time.advance(Duration.ofMillis(9_999));
        uses.tick();
        assertThat(written).hasSize(1);
        time.advance(Duration.ofMillis(1));
        uses.tick();
        assertThat(written).hasSize(2);
        time.advance(Duration.ofSeconds(10));
        uses.tick();
        assertThat(written).as("nothing is left to write").hasSize(2);
    }

    @Test
    void aRoundWritesOneBatchAndAStopAllOfThem() {
        note(12_000);
        time.advance(Duration.ofSeconds(10));
        uses.tick();
        assertThat(sizes()).containsExactly(5_000);
        uses.flush();
        assertThat(sizes()).containsExactly(5_000, 5_000, 2_000);
    }

    @Test
    void whatCannotBeWrittenIsTriedAgainAndAStopGivesUpAtOnce() {
        note(12_000);
        away = true;
        uses.flush();
        away = false;
        assertThat(written).isEmpty();
        uses.flush();
        assertThat(sizes()).containsExactly(5_000, 5_000, 2_000);
    }

    @Test
    void ofMoreThanAHundredThousandKeysTheRestIsNotNoted() {
        note(100_001);
        uses.flush();
        assertThat(sizes()).hasSize(20).containsOnly(5_000);
        assertThat(written.stream().flatMap(batch -> batch.keySet().stream()))
                .hasSize(100_000)
                .doesNotContain("k100000");
    }

    @Test
    void ofTwoUsesBeforeOneWriteTheLaterIsWritten() {
        LastUses.Mark mark = new LastUses.Mark("k", null);
        uses.note(mark, 1);
        uses.note(mark, 60_001);
        uses.flush();
        assertThat(written).containsExactly(Map.of("k", 60_001L));
    }
}
