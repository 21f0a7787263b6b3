package io.riptide.server.demo;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;

/**
 * What one sees of the demo: headings, checks, tables; colours on a terminal alone, and not where {@code NO_COLOR} is
 * set.
 */
final class DemoScreen {
    private static final String INDENT = "   ";
    private static final String RULE = "─";

    private final PrintWriter out;
    private final boolean colours;

    DemoScreen(PrintWriter out, boolean colours) {
        this.out = out;
        this.colours = colours;
    }

    /** For the standard output as it is: a terminal or not, colours wanted or not. */
    static DemoScreen standard(PrintWriter out) {
        return new DemoScreen(out, CommandLine.Help.Ansi.AUTO.enabled());
    }

    /** How a piece of text looks. */
    enum Look {
        PLAIN(""),
        BOLD("1"),
        FAINT("2"),
        GOOD("32"),
        WARM("33"),
        BAD("31"),
        TITLE("1;36");

        private final String code;

        Look(String code) {
            this.code = code;
        }
    }

    /**
     * A cell of a table.
     *
     * @param right whether it stands at the right edge of its column, as numbers do
     */
    record Cell(String text, Look look, boolean right) {
        static Cell left(String text) {
            return new Cell(text, Look.PLAIN, false);
        }

        static Cell number(String text) {
            return new Cell(text, Look.PLAIN, true);
        }

        Cell look(Look other) {
            return new Cell(text, other, right);
        }
    }

    void title(String text) {
        out.println();
        out.println(INDENT + styled(text, Look.TITLE));
    }

    void step(int number, String text) {
        out.println();
        out.println(INDENT + styled(number + "  " + text, Look.BOLD));
    }

    void line(String text) {
        out.println(INDENT + INDENT + text);
    }

    void faint(String text) {
        line(styled(text, Look.FAINT));
    }

    void check(boolean good, String text) {
        line((good ? styled("✓", Look.GOOD) : styled("✗", Look.BAD)) + " " + text);
    }

    void table(List<String> heads, List<List<Cell>> rows) {
        int[] widths = new int[heads.size()];
        for (int i = 0; i < widths.length; i++) {
            widths[i] = heads.get(i).length();
            for (List<Cell> row : rows) {
                widths[i] = Math.max(widths[i], row.get(i).text().length());
            }
        }
        List<Cell> head = new ArrayList<>();
        for (int i = 0; i < widths.length; i++) {
            boolean right = !rows.isEmpty() && rows.getFirst().get(i).right();
            head.add(new Cell(heads.get(i), Look.FAINT, right));
        }
        row(head, widths);
        int total = widths.length * 3 - 3;
        for (int width : widths) {
            total += width;
        }
        faint(RULE.repeat(total));
        rows.forEach(row -> row(row, widths));
    }

    private void row(List<Cell> cells, int[] widths) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            Cell cell = cells.get(i);
            String space = " ".repeat(widths[i] - cell.text().length());
            String styled = styled(cell.text(), cell.look());
            text.append(cell.right() ? space + styled : styled + space).append(INDENT);
        }
        line(text.toString().stripTrailing());
    }

    private String styled(String text, Look look) {
        return colours && !look.code.isEmpty() ? "\u001b[" + look.code + "m" + text + "\u001b[0m" : text;
    }
}
