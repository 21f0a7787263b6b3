package io.riptide.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code riptide billing}: bills and invoices of a running server. */
@Command(
        name = "billing",
        description = "Shows what tenants owe, and closes months.",
        synopsisSubcommandLabel = "COMMAND")
final class BillingCommand {
    private static final Listing INVOICES = new Listing(
            "invoices", List.of("NUMBER", "TENANT", "PERIOD", "CLOSED", "TOTAL", "CURRENCY"), BillingCommand::row);

    private final Map<String, String> environment;
    private final Terminal terminal;

    BillingCommand(Map<String, String> environment, Terminal terminal) {
        this.environment = environment;
        this.terminal = terminal;
    }

    @Command(name = "show", description = "Shows a tenant's bill so far, or its invoice for a month that is closed.")
    int show(
            @Mixin RemoteOptions remote,
            @Parameters(index = "0", paramLabel = "TENANT", description = "Whose.") String tenant,
            @Option(names = "--period", paramLabel = "YYYY-MM", description = "A month. Default: the one that runs.")
                    @Nullable String period) {
        String path = RemoteServer.path("admin", "tenants", remote.text("TENANT", tenant), "billing");
        try (RemoteServer server = remote.asAdmin(environment)) {
            JsonNode bill = server.get(path + remote.query("period", period)).json();
            return print(remote, bill, table(bill));
        }
    }

    private static String table(JsonNode bill) {
        List<List<String>> rows = new ArrayList<>();
        for (JsonNode line : bill.path("lines")) {
            String of = text(line, "of");
            rows.add(List.of(
                    of.isEmpty()
                            ? text(line, "meter")
                            : text(line, "meter") + " of " + of + ", " + text(line, "period"),
                    text(line, "plan"),
                    number(line, "quantity"),
                    text(line, "unit"),
                    number(line, "included"),
                    text(line, "unit_price"),
                    text(line, "amount")));
        }
        rows.add(List.of("total", "", "", "", "", text(bill, "currency"), text(bill, "total")));
        JsonNode saved = bill.path("saved");
        String number = text(bill, "number");
        return text(bill, "tenant_id") + ", " + text(bill, "period") + ", "
                + (number.isEmpty() ? text(bill, "status") : "invoice " + number) + "\n"
                + Table.aligned(List.of("METER", "PLAN", "QUANTITY", "UNIT", "INCLUDED", "PRICE", "AMOUNT"), rows)
                + "Caching answered " + text(saved, "loads") + " reads without a load, and saved "
                + text(saved, "amount") + " " + text(bill, "currency") + " at these prices.\n";
    }

    private static String text(JsonNode object, String name) {
        return Terminal.printable(object.path(name).asText());
    }

    /** Without an exponent, however small. */
    private static String number(JsonNode line, String name) {
        return line.path(name).decimalValue().stripTrailingZeros().toPlainString();
    }

    @Command(name = "list", description = "Lists invoices by their numbers.")
    int list(
            @Mixin RemoteOptions remote,
            @Mixin PageOptions page,
            @Option(names = "--tenant", paramLabel = "ID", description = "Only this one's.") @Nullable String tenant,
            @Option(names = "--period", paramLabel = "YYYY-MM", description = "A month.") @Nullable String period)
            throws IOException {
        String path = "/admin/billing/invoices" + remote.query("tenant", tenant, "period", period);
        try (RemoteServer server = remote.asAdmin(environment)) {
            return INVOICES.print(server, path, page, remote.json(), terminal);
        }
    }

    private static List<String> row(JsonNode invoice) {
        return List.of(
                text(invoice, "number"),
                text(invoice, "tenant_id"),
                text(invoice, "period"),
                text(invoice, "closed_at"),
                text(invoice, "total"),
                text(invoice, "currency"));
    }

    @Command(
            name = "close",
            description = "Closes a month, and those before it; exits 1 where a tenant's bill could not be closed.")
    int close(
            @Mixin RemoteOptions remote,
            @Option(
                            names = "--period",
                            paramLabel = "YYYY-MM",
                            description = "A month. Default: the last one that may be closed.")
                    @Nullable String period) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        if (period != null) {
            body.put("period", period);
        }
        try (RemoteServer server = remote.asAdmin(environment)) {
            JsonNode closing = server.post("/admin/billing/close", body).json();
            JsonNode failed = closing.path("failed");
            StringBuilder text = new StringBuilder(text(closing, "period"))
                    .append(": ")
                    .append(closing.path("invoices_made").asLong())
                    .append(" invoices made.\n");
            failed.forEach(tenant -> text.append("Not closed, for its plan is not configured: ")
                    .append(Terminal.printable(tenant.asText()))
                    .append('\n'));
            print(remote, closing, text.toString());
            return failed.isEmpty() ? 0 : Main.FAILED;
        }
    }

    private int print(RemoteOptions remote, JsonNode json, String text) {
        terminal.out().print(remote.json() ? json + "\n" : text);
        terminal.out().flush();
        return 0;
    }
}
