package io.riptide.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A bill, which is JSON, as a table for programs (CSV, RFC 4180) and as a page for people that prints well. */
final class BillPages {
    private static final List<String> COLUMNS = List.of(
            "tenant_id",
            "period",
            "status",
            "number",
            "meter",
            "of",
            "of_period",
            "plan",
            "quantity",
            "unit",
            "included",
            "unit_price",
            "amount",
            "currency",
            "saved");

    private static final String STYLE = """
            body { font: 14px/1.5 system-ui, sans-serif; color: #1a1a1a; margin: 2rem auto; max-width: 54rem;
              padding: 0 1rem; }
            h1 { font-size: 1.5rem; margin: 0 0 .25rem; } h2 { font-size: 1rem; margin: 2rem 0 .5rem; }
            dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; margin: 1rem 0 2rem; }
            dt { color: #555; } dd { margin: 0; }
            table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
            th, td { text-align: left; padding: .35rem .5rem; border-bottom: 1px solid #ccc; }
            th { border-bottom: 2px solid #1a1a1a; } .n { text-align: right; } tfoot td { font-weight: 600; border: 0; }
            tr { break-inside: avoid; } p { color: #555; }
            @page { size: A4; margin: 18mm; } @media print { body { margin: 0; max-width: none; } }
            """;

    private static final ObjectReader READER =
            Json.MAPPER.reader().with(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

    private BillPages() {}

    static JsonNode read(String bill) {
        try {
            return READER.readTree(bill);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a bill is no JSON", e);
        }
    }

    /**
     * A row for each line, then one for what caching saved. That has a column of its own and no amount, so that the
     * amounts make the total.
     */
    static String csv(JsonNode bill) {
        StringBuilder out = new StringBuilder();
        row(out, COLUMNS);
        for (JsonNode line : bill.get("lines")) {
            row(
                    out,
                    List.of(
                            text(bill, "tenant_id"),
                            text(bill, "period"),
                            text(bill, "status"),
                            text(bill, "number"),
                            text(line, "meter"),
                            text(line, "of"),
                            text(line, "period"),
                            text(line, "plan"),
                            text(line, "quantity"),
                            text(line, "unit"),
                            text(line, "included"),
                            text(line, "unit_price"),
                            text(line, "amount"),
                            text(bill, "currency"),
                            ""));
        }
        JsonNode saved = bill.get("saved");
        row(
                out,
                List.of(
                        text(bill, "tenant_id"),
                        text(bill, "period"),
                        text(bill, "status"),
                        text(bill, "number"),
                        "saved",
                        "",
                        "",
                        "",
                        text(saved, "loads"),
                        "load",
                        "",
                        "",
                        "",
                        text(bill, "currency"),
                        text(saved, "amount")));
        return out.toString();
    }

    private static void row(StringBuilder out, List<String> cells) {
        List<String> quoted = new ArrayList<>();
        for (String cell : cells) {
            boolean plain = cell.chars().allMatch(c -> c > ' ' && c < 0x7f && c != '"' && c != ',');
            quoted.add(plain ? cell : '"' + cell.replace("\"", "\"\"") + '"');
        }
        out.append(String.join(",", quoted)).append("\r\n");
    }

    /** A member as it is read, or nothing where it is not there. */
    private static String text(JsonNode object, String name) {
        JsonNode member = object.get(name);
        if (member == null) {
            return "";
        }
        return member.isBigDecimal() ? member.decimalValue().toPlainString() : member.asText();
    }

    static String html(JsonNode bill) {
        boolean closed = text(bill, "status").equals("closed");
        String title = closed ? "Invoice " + text(bill, "number") : "Bill so far";
        StringBuilder out = new StringBuilder(
                        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>")
                .append(escaped(title + ", " + text(bill, "tenant_id") + ", " + text(bill, "period")))
                .append("</title><style>\n")
                .append(STYLE)
                .append("</style></head><body>\n<h1>")
                .append(escaped(title))
                .append("</h1>\n<dl>");
        fact(out, "Tenant", text(bill, "tenant_id"));
        fact(out, "Period (UTC)", text(bill, "period"));
        fact(out, "Plan", text(bill, "billing_plan"));
        fact(out, closed ? "Closed" : "Status", closed ? text(bill, "closed_at") : "open: it still changes");
        out.append("</dl>\n<table><thead><tr><th>Meter</th><th>Plan</th><th class=\"n\">Quantity</th><th>Unit</th>")
                .append("<th class=\"n\">Included</th><th class=\"n\">Unit price</th><th class=\"n\">Amount</th>")
                .append("</tr></thead><tbody>\n");
        for (JsonNode line : bill.get("lines")) {
            line(out, line);
        }
        out.append("</tbody><tfoot><tr><td colspan=\"6\">Total, without tax</td><td class=\"n\">")
                .append(escaped(text(bill, "total") + " " + text(bill, "currency")))
                .append("</td></tr></tfoot></table>\n<p>Caching answered ")
                .append(escaped(text(bill.get("saved"), "loads")))
                .append(" reads without a load, and saved ")
                .append(escaped(text(bill.get("saved"), "amount") + " " + text(bill, "currency")))
                .append(" at these prices.</p>\n<h2>Usage</h2>\n<table><tbody>");
        for (Map.Entry<String, JsonNode> figure : bill.get("usage").properties()) {
            out.append("<tr><td>")
                    .append(escaped(figure.getKey().replace('_', ' ')))
                    .append("</td><td class=\"n\">")
                    .append(escaped(text(bill.get("usage"), figure.getKey())))
                    .append("</td></tr>\n");
        }
        return out.append("</tbody></table>\n</body></html>\n").toString();
    }

    private static void fact(StringBuilder out, String name, String value) {
        out.append("<dt>")
                .append(escaped(name))
                .append("</dt><dd>")
                .append(escaped(value))
                .append("</dd>");
    }

    private static void line(StringBuilder out, JsonNode line) {
        String meter = text(line, "meter");
        String of = text(line, "of");
        cell(out.append("<tr>"), of.isEmpty() ? meter : meter + " of " + of + ", " + text(line, "period"), false);
        cell(out, text(line, "plan"), false);
        cell(out, text(line, "quantity"), true);
        cell(out, text(line, "unit"), false);
        cell(out, text(line, "included"), true);
        cell(out, text(line, "unit_price"), true);
        cell(out, text(line, "amount"), true);
        out.append("</tr>\n");
    }

    private static void cell(StringBuilder out, String text, boolean number) {
        out.append(number ? "<td class=\"n\">" : "<td>").append(escaped(text)).append("</td>");
    }

    private static String escaped(String text) {
        StringBuilder out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&quot;");
                case '\'' -> out.append("&#39;");
                default -> out.append(c);
            }
        }
        return out.toString();
    }
}
