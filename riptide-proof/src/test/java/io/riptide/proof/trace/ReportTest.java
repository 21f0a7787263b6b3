package io.riptide.proof.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;

class ReportTest {
    private static final Trace SMALL = Recorded.of(1, 2, 1, 3, 2, 1, 3);

    private static Rates rates(Trace trace, double share, double riptide, double caffeine) {
        return new Rates(
                trace,
                share,
                3 << 19,
                Map.of(
                        Contender.RIPTIDE,
                        riptide,
                        Contender.CAFFEINE,
                        caffeine,
                        Contender.LRU,
                        12.0,
                        Contender.OPTIMUM,
                        50.126),
                0.15);
    }

    private static Trace named(String name) {
        Trace.Recorder recorder = new Trace.Recorder(2);
        recorder.add(0, 1L, 1);
        recorder.add(0, 2L, 2);
        return recorder.trace(name, "of two sizes");
    }

    @Test
    void aSmallRunsTable() {
        // Two thirds of three keys: RipTide and Caffeine draw on a sketch, the others can be worked out by hand.
        List<Rates> rates = Simulation.run(SMALL, List.of(0.7), 2);
        assertThat(rates).singleElement().satisfies(rate -> {
            assertThat(rate.of(Contender.LRU)).isEqualTo(100.0 / 7);
            assertThat(rate.of(Contender.OPTIMUM)).isEqualTo(300.0 / 7);
        });
        assertThat(new Report("bench/traces", "", 2, List.of(SMALL), rates)
                        .table()
                        .lines())
                .hasSize(3)
                .last()
                .asString()
                .matches("\\| small \\| 70.00 % \\| 0.00 \\| [0-9.]+ \\| [0-9.]+ \\| 14.29 \\| 42.86 "
                        + "\\| [+-][0-9.]+ \\| [0-9.]+ \\|");
    }

    @Test
    void theTableShowsEachContenderAndMarksWhatIsNoBound() {
        Report report = new Report("c", "m", 2, List.of(), List.of(rates(named("a|b"), 0.025, 40, 40.25)));
        assertThat(report.table().lines().skip(2))
                .containsExactly("| a\\|b | 2.50 % | 1.50 | 40.00 | 40.25 | 12.00 | ~50.13 | -0.25 | 0.30 |");
    }

    @Test
    void thePageHoldsCommandMachineTracesAndTable() {
        Trace trace = named("x");
        Report report =
                new Report("bench/traces arc:x", "Machine: m.", 2, List.of(trace), List.of(rates(trace, 0.1, 1, 2)));
        assertThat(report.page())
                .contains("```\nbench/traces arc:x\n```\n\nMachine: m.\n")
                .contains("| x | of two sizes |\n")
                .contains("](hit-rates.svg)")
                .contains(report.table())
                .contains("umass-storage");
    }

    @Test
    void whatIsBehindByMoreThanTheAimIsTold() {
        Rates near = rates(SMALL, 0.1, 39.6, 40);
        Rates unsure = rates(SMALL, 0.1, 39.25, 40);
        Rates far = rates(SMALL, 0.2, 39.15, 40);
        Trace.Recorder two = new Trace.Recorder(2);
        two.add(0, 1L, 1);
        two.add(1, 1L, 1);
        Rates ofTwo = rates(two.trace("two", ""), 0.2, 1, 40);
        Report report = new Report("c", "m", 2, List.of(), List.of(near, unsure, far, ofTwo));
        assertThat(report.behind()).containsExactly(far);
        assertThat(report.page())
                .contains("Of 3 rows with one tenant RipTide is at most 0.5 point behind Caffeine in 1;")
                .contains("than such runs differ, in 1; further behind by more than that in 1.")
                .contains("An LRU is ahead of RipTide in 1 of all rows (two).");
    }

    @Test
    void theChartHasAPanelForEachTraceAndALineForEachContender() throws Exception {
        Trace odd = named("<&\u0001>");
        String svg = Chart.draw(List.of(rates(SMALL, 0.1, 0, 100), rates(SMALL, 0.2, 50, 50), rates(odd, 0.1, 1, 2)));
        Document document = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
        assertThat(document.getElementsByTagName("polyline").getLength()).isEqualTo(2 * Contender.values().length);
        assertThat(document.getDocumentElement().getTextContent())
                .contains("small", "<& >", "RipTide", "Caffeine", "LRU", "optimum", "100 %");
        // No hits lie on the ground of a panel, all on its top.
        assertThat(svg).contains("points=\"149.0,222.0 343.0,130.0\"").contains("points=\"149.0,38.0 343.0,130.0\"");
    }
}
