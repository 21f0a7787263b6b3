package io.riptide.proof.trace;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The aims of docs/fairness.md with fewer tenants and requests; {@code bench/fairness} has a thousand. */
class CrowdTest {
    @Test
    void manyTenantsTogetherAreNearOneCaffeineAndTheWorstServedAreBetterOff() {
        Trace trace = Crowd.of(100, 200_000, 20_000);
        Fairness.Row row = Fairness.run(trace, 10 << 20);
        assertThat(row.pressure()).isBetween(1.2, 2.5);
        assertThat(row.reachesAims()).as(row.line()).isTrue();
    }

    @Test
    void theChartIsSvgWithALineForEach() {
        Fairness.Row row = Fairness.run(Crowd.of(20, 5_000, 1_000), 1 << 20);
        String svg = FairnessChart.draw(java.util.List.of(row, row));
        assertThat(svg).startsWith("<svg").endsWith("</svg>\n");
        assertThat(svg.split("<polyline", -1)).hasSize(5);
    }
}
