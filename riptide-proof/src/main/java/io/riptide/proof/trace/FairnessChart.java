package io.riptide.proof.trace;

import com.google.errorprone.annotations.FormatMethod;
import java.util.List;
import java.util.Locale;

/** Draws, for each row, the hit rate of every tenant, the worst served first, as SVG 1.1; a light ground. */
final class FairnessChart {
    private static final int PANEL = 300;
    private static final int HEIGHT = 300;
    private static final int LEFT = 48;
    private static final int ABOVE = 62;
    private static final int BELOW = 44;
    private static final int POINTS = 100;

    private final StringBuilder svg = new StringBuilder();

    private FairnessChart() {}

    /** A panel for each. */
    static String draw(List<Fairness.Row> rows) {
        FairnessChart chart = new FairnessChart();
        int width = rows.size() * PANEL + 20;
        chart.add(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\""
                        + " font-family=\"system-ui, 'Segoe UI', Helvetica, Arial, sans-serif\" font-size=\"12\""
                        + " fill=\"#343a40\">",
                width, HEIGHT, width, HEIGHT);
        chart.add("<title>Hit rate of each of a thousand tenants, the worst served first</title>");
        chart.add("<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>", width, HEIGHT);
        chart.legend();
        for (int i = 0; i < rows.size(); i++) {
            chart.panel(rows.get(i), i * PANEL);
        }
        chart.svg.append("</svg>\n");
        return chart.svg.toString();
    }

    private void legend() {
        add("<line x1=\"%d\" y1=\"18\" x2=\"%d\" y2=\"18\" %s/>", LEFT, LEFT + 30, RIPTIDE);
        add("<text x=\"%d\" y=\"22\">RipTide</text>", LEFT + 38);
        add("<line x1=\"%d\" y1=\"18\" x2=\"%d\" y2=\"18\" %s/>", LEFT + 110, LEFT + 140, CAFFEINE);
        add("<text x=\"%d\" y=\"22\">one Caffeine for all</text>", LEFT + 148);
        add(
                "<text x=\"%d\" y=\"22\" fill=\"#868e96\">hits of 100 requests, tenant by tenant, the worst served"
                        + " first</text>",
                LEFT + 300);
    }

    private void panel(Fairness.Row row, int x) {
        add("<g transform=\"translate(%d 0)\">", x);
        add(
                "<text x=\"%d\" y=\"%d\" font-weight=\"600\">entries of %.1f bounds</text>",
                LEFT, ABOVE - 12, row.pressure());
        for (int percent = 0; percent <= 100; percent += 25) {
            add(
                    "<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\" stroke=\"#e9ecef\"/>",
                    LEFT, height(percent), PANEL, height(percent));
            add(
                    "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\" fill=\"#868e96\">%d %%</text>",
                    LEFT - 6, height(percent) + 4, percent);
        }
        add(
                "<text x=\"%d\" y=\"%d\" fill=\"#868e96\">worst</text><text x=\"%d\" y=\"%d\" text-anchor=\"end\""
                        + " fill=\"#868e96\">best</text>",
                LEFT, HEIGHT - BELOW + 18, PANEL, HEIGHT - BELOW + 18);
        line(row.caffeine().sorted(), CAFFEINE);
        line(row.riptide().sorted(), RIPTIDE);
        add("</g>");
    }

    private void line(double[] rates, String stroke) {
        StringBuilder points = new StringBuilder();
        for (int i = 0; i <= POINTS; i++) {
            int at = Math.min(rates.length - 1, i * rates.length / POINTS);
            points.append(String.format(
                    Locale.ROOT, "%.1f,%.1f ", LEFT + (double) (PANEL - LEFT) * i / POINTS, height(rates[at])));
        }
        add("<polyline fill=\"none\" points=\"%s\" %s/>", points.toString().strip(), stroke);
    }

    private static double height(double percent) {
        return ABOVE + (HEIGHT - ABOVE - BELOW) * (1 - percent / 100);
    }

    private static final String RIPTIDE = "stroke=\"#0b7285\" stroke-width=\"3\"";
    private static final String CAFFEINE = "stroke=\"#f08c00\" stroke-width=\"1.8\"";

    @FormatMethod
    private void add(String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
