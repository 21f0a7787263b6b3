package io.riptide.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code riptide tenants}: who shares a running server, and how much of it each may have. */
@Command(
        name = "tenants",
        description = "Shows, makes, changes, suspends and removes tenants of a server.",
        synopsisSubcommandLabel = "COMMAND")
final class TenantsCommand {
    private static final List<String> STATUSES = List.of("active", "suspended", "deleting");
    private static final Listing TENANTS = new Listing(
            "tenants",
            List.of("TENANT", "STATUS", "PLAN", "OPS/MIN", "MEMORY", "STORAGE", "ENCRYPTED", "CREATED", "NAME"),
            TenantsCommand::row);

    private final Map<String, String> environment;
    private final Terminal terminal;

    TenantsCommand(Map<String, String> environment, Terminal terminal) {
        this.environment = environment;
        this.terminal = terminal;
    }

    /** The word that shells complete {@code --status} with. */
    static final class Statuses implements Iterable<String> {
        @Override
        public java.util.Iterator<String> iterator() {
            return STATUSES.iterator();
        }
    }

    private static String path(RemoteOptions remote, String tenant, String... more) {
        Stream<String> first = Stream.of("admin", "tenants", remote.text("TENANT", tenant));
        return RemoteServer.path(Stream.concat(first, Stream.of(more)).toArray(String[]::new));
    }

    @Command(name = "list", description = "Lists tenants by their ids, page after page.")
    int list(
            @Mixin RemoteOptions remote,
            @Mixin PageOptions page,
            @Option(
                            names = "--status",
                            paramLabel = "STATUS",
                            completionCandidates = Statuses.class,
                            description = "Only these: ${COMPLETION-CANDIDATES}.")
                    @Nullable String status,
            @Option(names = "--plan", paramLabel = "PLAN", description = "Only this plan.") @Nullable String plan)
            throws IOException {
        if (status != null && !STATUSES.contains(status)) {
            throw remote.wrong("--status: expected " + String.join(", ", STATUSES));
        }
        String path = "/admin/tenants" + remote.query("status", status, "plan", plan);
        try (RemoteServer server = remote.asAdmin(environment)) {
            return TENANTS.print(server, path, page, remote.json(), terminal);
        }
    }

    private static List<String> row(JsonNode tenant) {
        JsonNode quotas = tenant.path("quotas");
        return List.of(
                text(tenant, "id"),
                text(tenant, "status"),
                text(tenant, "billing_plan"),
                Table.count(quotas.path("operations_per_minute")),
                Table.count(quotas.path("memory_bytes")),
                Table.count(quotas.path("storage_bytes")),
                yes(tenant),
                text(tenant, "created_at"),
                text(tenant, "name"));
    }

    private static String text(JsonNode tenant, String member) {
        return Terminal.printable(tenant.path(member).asText());
    }

    private static String yes(JsonNode tenant) {
        return tenant.path("encryption_enabled").asBoolean() ? "yes" : "no";
    }

    @Command(
            name = "create",
            description = "Makes a tenant and prints its first API key, this once; nothing else goes to the output.")
    int create(
            @Mixin RemoteOptions remote,
            @Mixin TenantOptions options,
            @Parameters(
                            index = "0",
                            arity = "0..1",
                            paramLabel = "TENANT",
                            description = "Its id. Default: one that the server makes.")
                    @Nullable String tenant) {
        ObjectNode body = options.body(remote);
        List<String> missing = Stream.of("name", "owner_name", "owner_email", "billing_plan")
                .filter(member -> !body.has(member))
                .map(member -> "--" + member.replace("billing_", "").replace('_', '-'))
                .toList();
        if (!missing.isEmpty()) {
            throw remote.wrong(String.join(", ", missing) + ": expected for a new tenant");
        }
        if (tenant != null) {
            body.put("id", remote.text("TENANT", tenant));
        }
        try (RemoteServer server = remote.asAdmin(environment)) {
            JsonNode made = server.post("/admin/tenants", body).json();
            return NewKey.print(terminal, remote, made, "Made the tenant " + text(made, "id") + ". Its first API key");
        }
    }

    @Command(name = "show", description = "Shows a tenant.")
    int show(@Mixin RemoteOptions remote, @Parameters(paramLabel = "TENANT", description = "Whom.") String tenant) {
        String path = path(remote, tenant);
        try (RemoteServer server = remote.asAdmin(environment)) {
            JsonNode shown = server.get(path).json();
            return print(remote, shown, table(shown));
        }
    }

    private int print(RemoteOptions remote, JsonNode json, String text) {
        terminal.out().print(remote.json() ? json + "\n" : text);
        terminal.out().flush();
        return 0;
    }

    private static String table(JsonNode tenant) {
        List<List<String>> rows = new ArrayList<>();
        Stream.of("id", "name", "owner_name", "owner_email", "billing_plan", "status", "suspended_reason")
                .filter(tenant::hasNonNull)
                .forEach(member -> rows.add(List.of(member.replace('_', ' '), text(tenant, member))));
        tenant.path("quotas")
                .properties()
                .forEach(quota -> rows.add(
                        List.of(Terminal.printable(quota.getKey()).replace('_', ' '), Table.count(quota.getValue()))));
        rows.add(List.of("encrypted", yes(tenant)));
        for (JsonNode policy : tenant.path("access_policies")) {
            String what = words(policy.path("actions")) + " on " + words(policy.path("resources"));
            rows.add(List.of("policy", text(policy, "effect") + " " + what));
        }
        if (!tenant.path("settings").isEmpty()) {
            rows.add(List.of(
                    "settings", Terminal.printable(tenant.path("settings").toString())));
        }
        rows.add(List.of("created", text(tenant, "created_at")));
        rows.add(List.of("updated", text(tenant, "updated_at")));
        return Table.aligned(List.of("WHAT", "VALUE"), rows);
    }

    private static String words(JsonNode texts) {
        List<String> words = new ArrayList<>();
        texts.forEach(text -> words.add(Terminal.printable(text.asText())));
        return String.join(" ", words);
    }

    @Command(name = "update", description = "Changes what its options name, keeps the rest, and shows the tenant.")
    int update(
            @Mixin RemoteOptions remote,
            @Mixin TenantOptions options,
            @Parameters(paramLabel = "TENANT", description = "Whom.") String tenant) {
        ObjectNode body = options.body(remote);
        if (body.isEmpty()) {
            throw remote.wrong("expected an option that says what is to change, such as --plan");
        }
        String path = path(remote, tenant);
        try (RemoteServer server = remote.asAdmin(environment)) {
            JsonNode changed = server.put(path, body).json();
            return print(remote, changed, table(changed));
        }
    }

    @Command(
            name = "delete",
            description = "Removes a tenant with every trace of its data; invoices and the audit log stay.")
    int delete(
            @Mixin RemoteOptions remote,
            @Parameters(paramLabel = "TENANT", description = "Whom.") String tenant,
            @Option(names = "--yes", description = "Does not ask. Expected where there is no terminal to ask at.")
                    boolean yes)
            throws IOException {
        String path = path(remote, tenant);
        if (!yes && !terminal.hasSomeone()) {
            throw remote.wrong("--yes: expected, for there is no terminal to ask at");
        }
        try (RemoteServer server = remote.asAdmin(environment)) {
            String shown = Terminal.printable(tenant);
            if (!yes
                    && !terminal.ask("Type " + shown + " to remove it with all of its data: ")
                            .equals(tenant)) {
                throw RemoteFailure.of("that is another word: nothing was removed");
            }
            JsonNode deleting = server.delete(path).json();
            return print(remote, deleting, shown + " is being removed; its keys open nothing any more.\n");
        }
    }

    @Command(name = "suspend", description = "Refuses a tenant's calls until it is resumed; its data stays.")
    int suspend(
            @Mixin RemoteOptions remote,
            @Parameters(paramLabel = "TENANT", description = "Whom.") String tenant,
            @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "Why; callers see it.")
                    String reason) {
        if (reason.isBlank()) {
            throw remote.wrong("--reason: expected a reason");
        }
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("reason", remote.text("--reason", reason));
        return turn(remote, path(remote, tenant, "suspend"), body);
    }

    @Command(name = "resume", description = "Serves a suspended tenant again.")
    int resume(@Mixin RemoteOptions remote, @Parameters(paramLabel = "TENANT", description = "Whom.") String tenant) {
        return turn(remote, path(remote, tenant, "resume"), JsonNodeFactory.instance.objectNode());
    }

    private int turn(RemoteOptions remote, String path, ObjectNode body) {
        try (RemoteServer server = remote.asAdmin(environment)) {
            JsonNode tenant = server.post(path, body).json();
            return print(remote, tenant, text(tenant, "id") + " is " + text(tenant, "status") + ".\n");
        }
    }
}
