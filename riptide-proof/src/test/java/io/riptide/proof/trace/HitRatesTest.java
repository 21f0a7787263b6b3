package io.riptide.proof.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The product's own first tier beside its peers, on small traces; {@code bench/traces} replays the long ones. */
class HitRatesTest {
    private static final List<Double> SHARES = List.of(0.02, 0.1);
    private static final int RUNS = 5;

    /** That of several tenants is longer: L1 is divided anew once a second, which is 10,000 requests. */
    static Stream<Trace> traces() {
        Stream<Trace> ofOne = Generated.all(50_000).stream().filter(trace -> trace.tenants() == 1);
        Stream<Trace> ofSeveral = Generated.all(200_000).stream().filter(trace -> trace.tenants() > 1);
        return Stream.concat(ofOne, ofSeveral);
    }

    @ParameterizedTest
    @MethodSource("traces")
    void aTenantAloneHasCaffeinesHitsAndNobodyMoreThanTheOptimum(Trace trace) {
        List<Rates> rates = Simulation.run(trace, SHARES, RUNS);
        assertThat(rates).hasSize(SHARES.size());
        assertThat(rates).allSatisfy(rate -> {
            if (trace.tenants() == 1) {
                // The margin is what such runs differ by; on "blend", where Caffeine differs from itself, by points.
                assertThat(rate.ahead() + rate.margin())
                        .as("points ahead, and the margin: %s", rate)
                        .isGreaterThanOrEqualTo(-Report.AIM);
            }
            if (trace.tenants() > 1) {
                assertThat(rate.ahead() + rate.margin())
                        .as("points ahead of one Caffeine for all, and the margin: %s", rate)
                        .isGreaterThanOrEqualTo(-Report.AIM_OF_MANY);
            }
            if (trace.sameSizes()) {
                double optimum = rate.of(Contender.OPTIMUM);
                assertThat(rate.percent().values()).allMatch(percent -> percent <= optimum);
            }
        });
        assertThat(rates.getLast().of(Contender.RIPTIDE)).isPositive();
    }
}
