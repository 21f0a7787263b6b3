package io.riptide.proof.trace;

import com.google.errorprone.annotations.FormatMethod;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Draws rates as SVG 1.1: a panel for each trace, bound by hit rate, a line for each contender; a light ground. */
final class Chart {
    private static final int COLUMNS = 2;
    private static final int PANEL_WIDTH = 460;
    private static final int PANEL_HEIGHT = 270;
    private static final int LEFT = 52;
    private static final int RIGHT = 20;
    private static final int ABOVE = 38;
    private static final int BELOW = 48;
    private static final int LEGEND = 56;

    private final StringBuilder svg = new StringBuilder();

    private Chart() {}

    /** The picture of these, panels in the order of the traces. */
    static String draw(List<Rates> rates) {
        Map<Trace, List<Rates>> byTrace = new LinkedHashMap<>();
        rates.forEach(rate -> byTrace.computeIfAbsent(rate.trace(), trace -> new ArrayList<>())
                .add(rate));
        Chart chart = new Chart();
        int rows = Math.max(1, Math.ceilDiv(byTrace.size(), COLUMNS));
        chart.open(COLUMNS * PANEL_WIDTH, LEGEND + rows * PANEL_HEIGHT);
        chart.legend();
        int panel = 0;
        for (List<Rates> one : byTrace.values()) {
            chart.panel(one, panel % COLUMNS * PANEL_WIDTH, LEGEND + panel / COLUMNS * PANEL_HEIGHT);
            panel++;
        }
        chart.svg.append("</svg>\n");
        return chart.svg.toString();
    }

    private void open(int width, int height) {
        add(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\""
                        + " font-family=\"system-ui, 'Segoe UI', Helvetica, Arial, sans-serif\" font-size=\"12\""
                        + " fill=\"#343a40\">",
                width, height, width, height);
        add("<title>Hit rates by trace and bound</title>");
        add("<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>", width, height);
    }

    private void legend() {
        int x = LEFT;
        for (Contender contender : drawn()) {
            add("<g transform=\"translate(%d %d)\">", x, LEGEND / 3);
            add("<line x1=\"0\" y1=\"0\" x2=\"36\" y2=\"0\" %s/>", stroke(contender));
            mark(contender, 18, 0);
            add("<text x=\"44\" y=\"4\" font-size=\"13\">%s</text>", contender.label());
            add("</g>");
            x += 130;
        }
        add(
                "<text x=\"%d\" y=\"%d\" fill=\"#868e96\">hits of 100 requests, by bound (share of what all entries"
                        + " weigh)</text>",
                LEFT, LEGEND - 8);
    }

    private void panel(List<Rates> rates, int x, int y) {
        add("<g transform=\"translate(%d %d)\">", x, y);
        Trace trace = rates.getFirst().trace();
        add(
                "<text x=\"%d\" y=\"%d\" font-size=\"14\" font-weight=\"600\">%s%s</text>",
                LEFT, ABOVE - 14, escaped(trace.name()), trace.sameSizes() ? "" : " (optimum: a mark, not a bound)");
        for (int percent = 0; percent <= 100; percent += 25) {
            add(
                    "<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\" stroke=\"#e9ecef\"/>",
                    LEFT, height(percent), PANEL_WIDTH - RIGHT, height(percent));
            add(
                    "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\" fill=\"#868e96\">%d %%</text>",
                    LEFT - 8, height(percent) + 4, percent);
        }
        for (int i = 0; i < rates.size(); i++) {
            add(
                    "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\" fill=\"#868e96\">%s %%</text>",
                    across(i, rates.size()),
                    PANEL_HEIGHT - BELOW + 20,
                    share(rates.get(i).share()));
        }
        drawn().forEach(contender -> line(contender, rates));
        add("</g>");
    }

    private void line(Contender contender, List<Rates> rates) {
        StringBuilder points = new StringBuilder();
        for (int i = 0; i < rates.size(); i++) {
            points.append(String.format(
                    Locale.ROOT,
                    "%.1f,%.1f ",
                    across(i, rates.size()),
                    height(rates.get(i).of(contender))));
        }
        add("<polyline fill=\"none\" points=\"%s\" %s/>", points.toString().strip(), stroke(contender));
        for (int i = 0; i < rates.size(); i++) {
            mark(contender, across(i, rates.size()), height(rates.get(i).of(contender)));
        }
    }

    private void mark(Contender contender, double x, double y) {
        switch (contender) {
            case RIPTIDE -> add("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"5.5\" fill=\"#0b7285\"/>", x, y);
            case CAFFEINE -> add("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"2.2\" fill=\"#ffd43b\"/>", x, y);
            case LRU -> add("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"#c2255c\"/>", x, y);
            case OPTIMUM -> add("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"#868e96\"/>", x, y);
        }
    }

    /** In the order of drawing: Caffeine over RipTide, thin over thick, for where they are alike both are seen. */
    private static List<Contender> drawn() {
        return List.of(Contender.OPTIMUM, Contender.LRU, Contender.RIPTIDE, Contender.CAFFEINE);
    }

    private static String stroke(Contender contender) {
        return switch (contender) {
            case RIPTIDE -> "stroke=\"#0b7285\" stroke-width=\"5\"";
            case CAFFEINE -> "stroke=\"#ffd43b\" stroke-width=\"1.6\"";
            case LRU -> "stroke=\"#c2255c\" stroke-width=\"1.6\"";
            case OPTIMUM -> "stroke=\"#868e96\" stroke-width=\"1.6\" stroke-dasharray=\"6 4\"";
        };
    }

    private static double across(int i, int of) {
        int width = PANEL_WIDTH - LEFT - RIGHT;
        return LEFT + width * (i + 0.5) / of;
    }

    private static double height(double percent) {
        int height = PANEL_HEIGHT - ABOVE - BELOW;
        return ABOVE + height * (1 - percent / 100);
    }

    private static String share(double share) {
        double percent = share * 100;
        return percent == Math.rint(percent)
                ? String.valueOf(Math.round(percent))
                : String.format(Locale.ROOT, "%.1f", percent);
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replaceAll("\\p{Cntrl}", " ");
    }

    @FormatMethod
    private void add(String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
