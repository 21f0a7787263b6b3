package io.riptide.server.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.riptide.server.demo.DemoScreen.Cell;
import org.junit.jupiter.api.Test;

class DemoBillTest {
    private static final String BASE = line("base_fee", "0.5", "9.50");
    private static final String HITS = line("hit", "0.000000013", "0.05");

    private static String line(String meter, String quantity, String amount) {
        return """
                {"meter": "%s", "quantity": %s, "unit": "u", "included": 3410.165895062, "unit_price": "19",
                 "amount": "%s"}""".formatted(meter, quantity, amount);
    }

    private static DemoBill bill(String lines, String total) throws Exception {
        return new DemoBill(new JsonMapper().readTree("""
                {"tenant_id": "acme", "status": "open", "currency": "EUR", "lines": [%s], "total": "%s",
                 "usage": {"operations": 30}, "saved": {"loads": 12, "amount": "0.21"}}""".formatted(lines, total)));
    }

    @Test
    void linesMakeTheTotalOrTheBillIsWrong() throws Exception {
        assertThat(bill(BASE + "," + HITS, "9.55").addsUp()).isTrue();
        assertThat(bill(BASE + "," + HITS, "9.550").addsUp()).isTrue();
        assertThat(bill(BASE + "," + HITS, "9.54").addsUp()).isFalse();
        assertThat(bill(BASE, "9.55").addsUp()).isFalse();
        assertThat(bill("", "0.00").addsUp()).as("without a line").isFalse();
        assertThatThrownBy(bill(BASE, "free of charge")::addsUp).isInstanceOf(DemoFailure.class);
        assertThatThrownBy(bill(BASE, "")::addsUp).isInstanceOf(DemoFailure.class);
    }

    @Test
    void aDraftIsOneOfThatTenantThatIsOpen() throws Exception {
        DemoBill bill = bill(BASE, "9.50");
        assertThat(bill.isDraftOf("acme")).isTrue();
        assertThat(bill.isDraftOf("globex")).isFalse();
        assertThat(bill.operations()).isEqualTo(30);
        assertThat(bill.total()).isEqualTo("9.50 EUR");
        assertThat(bill.saved())
                .isEqualTo("caching answered 12 reads without a load, and saved 0.21 EUR at these prices");
    }

    @Test
    void smallNumbersAreShownWithoutAnExponent() throws Exception {
        DemoBill bill = bill(BASE + "," + HITS, "9.55");
        assertThat(bill.rows().get(1))
                .extracting(Cell::text)
                .containsExactly("hit", "0.000000013", "u", "3410.165895062", "19", "0.05");
        assertThat(bill.rows().getLast())
                .hasSameSizeAs(DemoBill.HEADS)
                .extracting(Cell::text)
                .containsExactly("total", "", "", "", "EUR", "9.55");
    }
}
