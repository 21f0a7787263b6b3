package io.riptide.server.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.server.demo.DemoScreen.Cell;
import io.riptide.server.demo.DemoScreen.Look;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

class DemoScreenTest {
    private static final List<List<Cell>> ROWS = List.of(
            List.of(Cell.left("/"), Cell.number("1.25 ms").look(Look.GOOD)),
            List.of(Cell.left("/articles"), Cell.number("40.1 ms")));

    @Test
    void columnsLineUpWithAndWithoutColours() {
        String plain = table(false);
        assertThat(plain.lines().map(String::strip))
                .containsExactly(
                        "page           time", "───────────────────", "/           1.25 ms", "/articles   40.1 ms");
        String coloured = table(true);
        assertThat(coloured).contains("\u001b[32m1.25 ms\u001b[0m");
        assertThat(coloured.replaceAll("\u001b\\[[0-9;]*m", "")).isEqualTo(plain);
    }

    @Test
    void checksSayGoodOrBad() {
        StringWriter text = new StringWriter();
        DemoScreen screen = new DemoScreen(new PrintWriter(text), false);
        screen.check(true, "held");
        screen.check(false, "broke");
        assertThat(text.toString()).contains("✓ held", "✗ broke").doesNotContain("\u001b");
    }

    private static String table(boolean colours) {
        StringWriter text = new StringWriter();
        new DemoScreen(new PrintWriter(text), colours).table(List.of("page", "time"), ROWS);
        return text.toString();
    }
}
