package io.riptide.billing;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.riptide.config.BillingConfig.Included;
import io.riptide.config.BillingConfig.Meter;
import io.riptide.config.BillingConfig.PlanConfig;
import io.riptide.config.BillingConfig.PlanQuotas;
import io.riptide.spi.UsageColumn;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * A bill as text, which is how it is kept: a JSON object whose money is decimal strings and whose counts are numbers.
 * It holds the terms by which it was made, so that what arrives after its close is charged by them.
 */
final class BillJson {
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
            .build();
    private static final ObjectReader READER = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build()
            .reader();
    private static final int GB_DIGITS = 9;

    private BillJson() {}

    static String print(Bill bill) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            print(json, bill);
        } catch (IOException e) {
            throw new IllegalStateException("a bill cannot be printed", e);
        }
        return text.toString();
    }

    private static void print(JsonGenerator json, Bill bill) throws IOException {
        json.writeStartObject();
        json.writeStringField("tenant_id", bill.tenant().id());
        json.writeStringField("period", bill.period().toString());
        json.writeStringField("billing_plan", bill.shares().getLast().plan());
        json.writeStringField("currency", bill.currency());
        Bill.Closed closed = bill.closed();
        json.writeStringField("status", closed == null ? "open" : "closed");
        if (closed != null) {
            json.writeNumberField("number", closed.number());
            json.writeStringField(
                    "closed_at", Instant.ofEpochMilli(closed.atMillis()).toString());
        }
        json.writeArrayFieldStart("lines");
        for (BillLine line : bill.lines()) {
            line(json, line);
        }
        json.writeEndArray();
        json.writeStringField("total", bill.total().toPlainString());
        usage(json, bill.shares());
        json.writeObjectFieldStart("saved");
        json.writeNumberField("loads", Pricing.hits(bill.shares()));
        json.writeStringField("amount", bill.saved().toPlainString());
        json.writeEndObject();
        json.writeArrayFieldStart("plans");
        for (PlanShare share : bill.shares()) {
            plan(json, share);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void line(JsonGenerator json, BillLine line) throws IOException {
        json.writeStartObject();
        json.writeStringField("meter", line.meter());
        if (line.of() != null) {
            json.writeStringField("of", line.of());
            json.writeStringField("period", line.period());
        }
        json.writeStringField("plan", line.plan());
        json.writeNumberField("quantity", line.quantity());
        json.writeStringField("unit", line.unit());
        json.writeNumberField("included", line.included());
        json.writeStringField("unit_price", line.unitPrice().toPlainString());
        json.writeStringField("amount", line.amount().toPlainString());
        json.writeEndObject();
    }

    private static void usage(JsonGenerator json, List<PlanShare> shares) throws IOException {
        long[] counts = new long[UsageColumn.count()];
        for (PlanShare share : shares) {
            for (int i = 0; i < counts.length; i++) {
                counts[i] += share.counts()[i];
            }
        }
        UsageTotals totals = new UsageTotals(counts);
        json.writeObjectFieldStart("usage");
        json.writeNumberField("operations", totals.operations());
        json.writeNumberField("data_transfer_bytes", totals.transferBytes());
        json.writeNumberField(
                "storage_gb_hours",
                Pricing.tidy(
                        new BigDecimal(BigInteger.valueOf(totals.count(UsageColumn.STORAGE_BYTE_HOURS)), GB_DIGITS)));
        for (UsageColumn column : UsageColumn.values()) {
            if (column != UsageColumn.STORAGE_BYTE_HOURS) {
                json.writeNumberField(column.columnName(), totals.count(column));
            }
        }
        json.writeEndObject();
    }

    private static void plan(JsonGenerator json, PlanShare share) throws IOException {
        json.writeStartObject();
        json.writeStringField("plan", share.plan());
        json.writeNumberField("seconds", share.seconds());
        json.writeStringField("base_fee", share.terms().baseFee().toPlainString());
        json.writeObjectFieldStart("included");
        for (Included included : Included.values()) {
            Long amount = share.terms().included().get(included);
            if (amount != null) {
                json.writeNumberField(included.key(), amount);
            }
        }
        json.writeEndObject();
        json.writeObjectFieldStart("prices");
        for (Meter meter : Meter.values()) {
            BigDecimal price = share.terms().prices().get(meter);
            if (price != null) {
                json.writeStringField(meter.unit(), price.toPlainString());
            }
        }
        json.writeEndObject();
        json.writeEndObject();
    }

    /** The terms by which a bill was made, and for how long each held. */
    static List<Term> terms(String document) {
        List<Term> terms = new ArrayList<>();
        for (JsonNode plan : read(document).get("plans")) {
            Map<Included, Long> included = new EnumMap<>(Included.class);
            for (Included one : Included.values()) {
                if (plan.get("included").has(one.key())) {
                    included.put(one, plan.get("included").get(one.key()).longValue());
                }
            }
            Map<Meter, BigDecimal> prices = new EnumMap<>(Meter.class);
            for (Meter meter : Meter.values()) {
                if (plan.get("prices").has(meter.unit())) {
                    prices.put(
                            meter,
                            new BigDecimal(plan.get("prices").get(meter.unit()).asText()));
                }
            }
            terms.add(new Term(
                    plan.get("plan").asText(),
                    plan.get("seconds").longValue(),
                    new PlanConfig(
                            new BigDecimal(plan.get("base_fee").asText()),
                            included,
                            prices,
                            new PlanQuotas(null, null, null, null))));
        }
        return terms;
    }

    /** A plan's terms in an invoice. */
    record Term(String plan, long seconds, PlanConfig terms) {}

    /** The lines of a bill's own period, without its adjustments. */
    static List<BillLine> lines(String document) {
        List<BillLine> lines = new ArrayList<>();
        for (JsonNode line : read(document).get("lines")) {
            if (!line.get("meter").asText().equals(BillLine.ADJUSTMENT)) {
                lines.add(new BillLine(
                        line.get("meter").asText(),
                        null,
                        null,
                        line.get("plan").asText(),
                        line.get("quantity").decimalValue(),
                        line.get("unit").asText(),
                        line.get("included").decimalValue(),
                        new BigDecimal(line.get("unit_price").asText()),
                        new BigDecimal(line.get("amount").asText())));
            }
        }
        return lines;
    }

    private static JsonNode read(String document) {
        try {
            return READER.readTree(document);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("an invoice is not what was written", e);
        }
    }
}
