package io.riptide.proof.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GeneratedTest {
    private final Map<String, Trace> traces =
            Generated.all(10_000).stream().collect(Collectors.toMap(Trace::name, Function.identity()));

    private Trace trace(String name) {
        return traces.get(name);
    }

    @Test
    void allAreAsLongAsAskedForAndSayWhatTheyAre() {
        assertThat(traces.values()).allSatisfy(trace -> {
            assertThat(trace.length()).isEqualTo(10_000);
            assertThat(trace.description()).contains("seed");
            assertThat(trace.cut()).isFalse();
        });
        assertThat(Generated.all(10_000)).extracting(Trace::name).doesNotHaveDuplicates();
    }

    @Test
    void theSameLengthGivesTheSameRequests() {
        for (Trace again : Generated.all(10_000)) {
            assertThat(keys(again)).as(again.name()).isEqualTo(keys(trace(again.name())));
        }
    }

    @Test
    void aFifthOfTheScansIsSeenOnce() {
        Trace scans = trace("scans");
        Map<Integer, Long> uses =
                keys(scans).stream().collect(Collectors.groupingBy(key -> key, Collectors.counting()));
        assertThat(uses.values().stream().filter(many -> many == 1).count()).isGreaterThanOrEqualTo(2_000);
    }

    @Test
    void aTenantsKeysAreItsOwnAndEachTenantAsks() {
        Trace tenants = trace("tenants");
        assertThat(tenants.tenants()).isEqualTo(8);
        assertThat(keys(tenants).stream().map(tenants::tenant).distinct()).hasSize(8);
        assertThat(traces.values().stream().filter(trace -> trace != tenants)).allMatch(trace -> trace.tenants() == 1);
    }

    @Test
    void sizesGoFromOneToSixteenKibibytesAndHalfAreBelowFour() {
        Trace sizes = trace("sizes");
        assertThat(sizes.sameSizes()).isFalse();
        assertThat(traces.values().stream().filter(trace -> trace != sizes)).allMatch(Trace::sameSizes);
        List<Integer> all =
                IntStream.range(0, sizes.keys()).mapToObj(sizes::size).sorted().toList();
        assertThat(all.getFirst()).isBetween(1024, 1200);
        assertThat(all.getLast()).isBetween(15_000, 16_384);
        assertThat(all.get(all.size() / 2)).isBetween(3_000, 5_300);
    }

    private static List<Integer> keys(Trace trace) {
        return IntStream.range(0, trace.length()).mapToObj(trace::key).toList();
    }
}
