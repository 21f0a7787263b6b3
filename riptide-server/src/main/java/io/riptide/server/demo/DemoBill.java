package io.riptide.server.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.riptide.server.demo.DemoScreen.Cell;
import io.riptide.server.demo.DemoScreen.Look;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/** A tenant's bill, as the server answers it. */
record DemoBill(JsonNode json) {
    static final List<String> HEADS = List.of("line", "quantity", "unit", "included", "price", "amount");

    String total() {
        return text(json, "total") + " " + text(json, "currency");
    }

    /** What caching saved, in a line; it is no part of the total. */
    String saved() {
        JsonNode saved = json.path("saved");
        return "caching answered " + text(saved, "loads") + " reads without a load, and saved " + text(saved, "amount")
                + " " + text(json, "currency") + " at these prices";
    }

    long operations() {
        return json.path("usage").path("operations").asLong();
    }

    boolean isDraftOf(String tenant) {
        return text(json, "status").equals("open") && text(json, "tenant_id").equals(tenant);
    }

    boolean isInvoiceOf(String tenant) {
        return text(json, "status").equals("closed") && text(json, "tenant_id").equals(tenant) && number() > 0;
    }

    /** An invoice's number; zero where it is none. */
    long number() {
        return json.path("number").asLong();
    }

    /** Whether there are lines, and they make the total to the coin. */
    boolean addsUp() {
        BigDecimal sum = BigDecimal.ZERO;
        for (JsonNode line : json.path("lines")) {
            sum = sum.add(money(text(line, "amount")));
        }
        return !json.path("lines").isEmpty() && sum.compareTo(money(text(json, "total"))) == 0;
    }

    private static BigDecimal money(String text) {
        try {
            return new BigDecimal(text);
        } catch (NumberFormatException e) {
            throw new DemoFailure("the bill has an amount that is none");
        }
    }

    /** A row for each line, and one for the total. */
    List<List<Cell>> rows() {
        List<List<Cell>> rows = new ArrayList<>();
        for (JsonNode line : json.path("lines")) {
            rows.add(List.of(
                    Cell.left(text(line, "meter").replace('_', ' ')),
                    Cell.number(number(line, "quantity")),
                    Cell.left(text(line, "unit")),
                    Cell.number(number(line, "included")),
                    Cell.number(text(line, "unit_price")),
                    Cell.number(text(line, "amount"))));
        }
        Cell nothing = Cell.number("");
        Cell currency = Cell.number(text(json, "currency")).look(Look.BOLD);
        Cell total = Cell.number(text(json, "total")).look(Look.BOLD);
        rows.add(List.of(Cell.left("total").look(Look.BOLD), nothing, nothing, nothing, currency, total));
        return rows;
    }

    private static String text(JsonNode object, String member) {
        return object.path(member).asText();
    }

    /** Without an exponent, however small. */
    private static String number(JsonNode line, String member) {
        return line.path(member).decimalValue().stripTrailingZeros().toPlainString();
    }
}
