package io.riptide.server;

import com.fasterxml.jackson.core.JsonGenerator;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.riptide.billing.Biller;
import io.riptide.grant.Action;
import io.riptide.problem.Problem;
import io.riptide.spi.InvoiceRecord;
import io.riptide.tenant.Role;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What tenants owe: {@code /v1/usage/billing}, {@code /admin/tenants/{id}/billing}, {@code /admin/billing/…}. */
final class BillingRoutes {
    private static final String JSON = "application/json";
    private static final String CSV = "text/csv";
    private static final String HTML = "text/html";
    private static final List<String> FORMS = List.of(JSON, CSV, HTML);
    private static final int TENANT_ID = 2;
    private static final Map<String, Object> LINE = Schemas.object(
            "meter",
            Schemas.STRING,
            "of?",
            Schemas.STRING,
            "period?",
            Schemas.STRING,
            "plan",
            Schemas.STRING,
            "quantity",
            Schemas.NUMBER,
            "unit",
            Schemas.STRING,
            "included",
            Schemas.NUMBER,
            "unit_price",
            Schemas.STRING,
            "amount",
            Schemas.STRING);
    private static final Map<String, Object> BILL = Schemas.object(
            "tenant_id",
            Schemas.STRING,
            "period",
            Schemas.STRING,
            "billing_plan",
            Schemas.STRING,
            "currency",
            Schemas.STRING,
            "status",
            Schemas.oneOf("open", "closed"),
            "number?",
            Schemas.COUNT,
            "closed_at?",
            Schemas.TIME,
            "lines",
            Schemas.array(LINE),
            "total",
            Schemas.STRING,
            "usage",
            Schemas.ANY_OBJECT,
            "saved",
            Schemas.object("loads", Schemas.COUNT, "amount", Schemas.STRING),
            "plans",
            Schemas.array(Schemas.object(
                    "plan",
                    Schemas.STRING,
                    "seconds",
                    Schemas.COUNT,
                    "base_fee",
                    Schemas.STRING,
                    "included",
                    Schemas.ANY_OBJECT,
                    "prices",
                    Schemas.ANY_OBJECT)));
    private static final Map<String, Object> INVOICE = Schemas.object(
            "number",
            Schemas.COUNT,
            "tenant_id",
            Schemas.STRING,
            "period",
            Schemas.STRING,
            "closed_at",
            Schemas.TIME,
            "currency",
            Schemas.STRING,
            "total",
            Schemas.STRING);
    private static final Map<String, Object> CLOSING = Schemas.object(
            "period", Schemas.STRING, "invoices_made", Schemas.COUNT, "failed", Schemas.array(Schemas.STRING));

    private final Biller billing;

    BillingRoutes(Biller billing) {
        this.billing = billing;
    }

    List<Route> routes() {
        return List.of(
                bill(Route.of("GET", "/v1/usage/billing", "readOwnBill", "What the calling tenant owes")
                                .tenant(Action.USAGE_READ, Access.Named.USAGE))
                        .by(exchange -> bill(exchange, exchange.tenant().grant().tenantId())),
                bill(Route.of("GET", "/admin/tenants/{id}/billing", "readTenantBill", "What a tenant owes")
                                .admin(Role.VIEWER))
                        .by(exchange -> bill(exchange, exchange.segment(TENANT_ID))),
                Route.of("GET", "/admin/billing/invoices", "listInvoices", "Lists invoices by their numbers")
                        .admin(Role.VIEWER)
                        .page()
                        .query("tenant", "Only those of this one, which may be gone", Schemas.STRING)
                        .query("period", "Only those for this month, such as 2026-11", Schemas.STRING)
                        .answersJson(200, "A page of invoices", Schemas.page("invoices", INVOICE))
                        .by(this::list),
                Route.of("POST", "/admin/billing/close", "closeBilling", "Closes a month, and those before it")
                        .admin(Role.ADMIN)
                        .audited("billing.close")
                        .takesJson(Schemas.object("period?", Schemas.STRING))
                        .answersJson(200, "It is closed, unless some failed", CLOSING)
                        .by(this::close));
    }

    private static Route.Builder bill(Route.Builder route) {
        return route.query("period", "A month in UTC, such as 2026-11; left out, the one that runs", Schemas.STRING)
                .answersJson(200, "The bill so far, or the invoice", BILL)
                .answers(200, "The same as a table", CSV, Schemas.STRING)
                .answers(200, "The same as a page that prints", HTML, Schemas.STRING);
    }

    private void bill(Exchange exchange, String tenantId) {
        String bill = billing.bill(tenantId, exchange.query("period"));
        exchange.with(HeaderValues.create(HeaderNames.VARY, "Accept"));
        switch (Accepts.preferred(exchange, FORMS)) {
            case CSV -> {
                var read = BillPages.read(bill);
                // A tenant's id and a month hold nothing that would have to be quoted.
                String name = read.get("tenant_id").asText() + "-"
                        + read.get("period").asText() + ".csv";
                exchange.with(HeaderNames.CONTENT_DISPOSITION, "attachment; filename=\"" + name + "\"");
                send(exchange, "text/csv; charset=utf-8; header=present", BillPages.csv(read));
            }
            case HTML -> {
                exchange.with(Headers.CSP, "sandbox; default-src 'none'; style-src 'unsafe-inline'");
                send(exchange, "text/html; charset=utf-8", BillPages.html(BillPages.read(bill)));
            }
            default -> exchange.sendJson(Status.OK_200, bill.getBytes(StandardCharsets.UTF_8));
        }
    }

    private static void send(Exchange exchange, String type, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.with(HeaderNames.CONTENT_TYPE, type).with(Headers.NO_STORE);
        exchange.send(Status.OK_200, bytes, 0, bytes.length);
    }

    private void list(Exchange exchange) {
        String tenant = exchange.query("tenant");
        String period = exchange.query("period");
        Cursors.answer(
                exchange,
                "invoices",
                (after, limit) -> billing.list(number(after), limit, tenant, period),
                invoice -> Long.toString(invoice.number()),
                BillingRoutes::invoice);
    }

    private static long number(@Nullable String after) {
        long number = after == null ? 0 : Numbers.parse(after);
        if (number < 0) {
            throw Problem.invalid("cursor", "expected the next_cursor of the page before")
                    .asException();
        }
        return number;
    }

    private static void invoice(JsonGenerator json, InvoiceRecord invoice) throws IOException {
        json.writeNumberField("number", invoice.number());
        json.writeStringField("tenant_id", invoice.tenant().id());
        json.writeStringField("period", invoice.period());
        json.writeStringField("closed_at", Json.time(invoice.closedMillis()));
        json.writeStringField("currency", invoice.currency());
        json.writeStringField("total", invoice.total());
    }

    private void close(Exchange exchange) {
        Fields fields = JsonBody.fields(JsonBody.bytes(exchange, Limits.ADMIN_BODY_BYTES));
        String period = fields.text("period");
        fields.check();
        Biller.Closing closing = billing.close(period);
        exchange.audit()
                .resource("billing/" + closing.period())
                .with("invoices", closing.made())
                .with("failed", closing.failed().size());
        exchange.sendJson(Status.OK_200, json -> {
            json.writeStartObject();
            json.writeStringField("period", closing.period().toString());
            json.writeNumberField("invoices_made", closing.made());
            json.writeArrayFieldStart("failed");
            for (String tenant : closing.failed()) {
                json.writeString(tenant);
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }
}
