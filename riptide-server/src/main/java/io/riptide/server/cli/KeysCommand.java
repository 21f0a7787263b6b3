package io.riptide.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.riptide.grant.Action;
import io.riptide.tenant.Role;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code riptide keys}: API keys of tenants and of administrators. */
@Command(
        name = "keys",
        description = "Shows, makes, replaces and revokes API keys of tenants and of administrators.",
        synopsisSubcommandLabel = "COMMAND")
final class KeysCommand {
    private static final List<String> SCOPES =
            Stream.of(Action.values()).map(Action::text).toList();
    private static final List<String> ROLES =
            Stream.of(Role.values()).map(Role::text).toList();
    private static final Listing KEYS =
            new Listing("keys", List.of("KEY", "MAY", "CREATED", "EXPIRES", "LAST USED", "NAME"), KeysCommand::row);

    private final Map<String, String> environment;
    private final Terminal terminal;

    KeysCommand(Map<String, String> environment, Terminal terminal) {
        this.environment = environment;
        this.terminal = terminal;
    }

    /** What shells complete {@code --scope} with. */
    static final class Scopes implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return SCOPES.iterator();
        }
    }

    /** What shells complete {@code --role} with. */
    static final class Roles implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return ROLES.iterator();
        }
    }

    @Command(name = "list", description = "Lists keys by their ids, page after page; never the keys themselves.")
    int list(@Mixin RemoteOptions remote, @Mixin KeyOwner owner, @Mixin PageOptions page) throws IOException {
        String path = owner.path(remote, "");
        try (RemoteServer server = remote.asAdmin(environment)) {
            return KEYS.print(server, path, page, remote.json(), terminal);
        }
    }

    private static List<String> row(JsonNode key) {
        List<String> scopes = new ArrayList<>();
        key.path("scopes").forEach(scope -> scopes.add(Terminal.printable(scope.asText())));
        String all = scopes.isEmpty() ? "all" : String.join(" ", scopes);
        return List.of(
                text(key, "key_id"),
                key.hasNonNull("role") ? text(key, "role") : all,
                text(key, "created_at"),
                key.hasNonNull("expires_at") ? text(key, "expires_at") : "-",
                key.hasNonNull("last_used_at") ? text(key, "last_used_at") : "-",
                text(key, "name"));
    }

    private static String text(JsonNode key, String member) {
        return Terminal.printable(key.path(member).asText());
    }

    @Command(name = "create", description = "Makes a key and prints it, this once; nothing else goes to the output.")
    int create(
            @Mixin RemoteOptions remote,
            @Mixin KeyOwner owner,
            @Option(names = "--name", required = true, paramLabel = "TEXT", description = "What it is for.")
                    String name,
            @Option(
                            names = "--scope",
                            paramLabel = "ACTION",
                            split = ",",
                            completionCandidates = Scopes.class,
                            description = "What a tenant's key may do: ${COMPLETION-CANDIDATES}; may be repeated."
                                    + " Default: all.")
                    @Nullable List<String> scopes,
            @Option(
                            names = "--role",
                            paramLabel = "ROLE",
                            completionCandidates = Roles.class,
                            description = "What an administrator's key may do: ${COMPLETION-CANDIDATES}.")
                    @Nullable String role,
            @Option(names = "--expires-in-seconds", paramLabel = "N", description = "Its life. Default: it never ends.")
                    @Nullable Long life) {
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("name", remote.text("--name", name));
        if (owner.isAdmin()) {
            putRole(remote, body, role, scopes);
        } else {
            putScopes(remote, body, role, scopes);
        }
        if (life != null) {
            body.put("expires_in_seconds", atLeast(remote, "--expires-in-seconds", life, 1));
        }
        String path = owner.path(remote, "");
        try (RemoteServer server = remote.asAdmin(environment)) {
            JsonNode made = server.post(path, body).json();
            return NewKey.print(terminal, remote, made, "Made the API key " + text(made, "key_id"));
        }
    }

    private static void putRole(
            RemoteOptions remote, ObjectNode body, @Nullable String role, @Nullable List<String> scopes) {
        if (scopes != null) {
            throw remote.wrong("--scope: expected for a tenant's key; what an administrator's may do, --role says");
        }
        if (role == null || !ROLES.contains(role)) {
            throw remote.wrong("--role: expected " + String.join(", ", ROLES));
        }
        body.put("role", role);
    }

    private static void putScopes(
            RemoteOptions remote, ObjectNode body, @Nullable String role, @Nullable List<String> scopes) {
        if (role != null) {
            throw remote.wrong("--role: expected for an administrator's key; what a tenant's may do, --scope says");
        }
        if (scopes == null) {
            return;
        }
        if (!SCOPES.containsAll(scopes)) {
            throw remote.wrong("--scope: expected " + String.join(", ", SCOPES));
        }
        scopes.forEach(body.putArray("scopes")::add);
    }

    private static long atLeast(RemoteOptions remote, String option, long value, long least) {
        if (value < least) {
            throw remote.wrong(option + ": expected at least " + least);
        }
        return value;
    }

    @Command(
            name = "rotate",
            description = "Makes a key in place of one, with its name, scopes or role, and length of life, and prints"
                    + " it, this once. The old one opens for a while longer, then ends.")
    int rotate(
            @Mixin RemoteOptions remote,
            @Mixin KeyOwner owner,
            @Parameters(paramLabel = "KEY_ID", description = "The id of the old one, as the list has it.") String id,
            @Option(
                            names = "--overlap-seconds",
                            paramLabel = "N",
                            defaultValue = "86400",
                            description = "How long the old one still opens. Default: ${DEFAULT-VALUE}")
                    long overlap) {
        String path = owner.path(remote, one(remote, id) + "/rotate");
        ObjectNode body = JsonNodeFactory.instance
                .objectNode()
                .put("overlap_seconds", atLeast(remote, "--overlap-seconds", overlap, 0));
        try (RemoteServer server = remote.asAdmin(environment)) {
            JsonNode made = server.post(path, body).json();
            String old = overlap == 0
                    ? ", which opens nothing any more"
                    : ", which opens for " + Listing.duration(overlap) + " more";
            String what = "In place of the API key " + Terminal.printable(id) + old + ", there is now "
                    + text(made, "key_id");
            return NewKey.print(terminal, remote, made, what);
        }
    }

    @Command(name = "revoke", description = "Revokes a key at once.")
    int revoke(
            @Mixin RemoteOptions remote,
            @Mixin KeyOwner owner,
            @Parameters(paramLabel = "KEY_ID", description = "Its id, as the list has it.") String id) {
        String path = owner.path(remote, one(remote, id));
        try (RemoteServer server = remote.asAdmin(environment)) {
            server.delete(path);
            if (remote.json()) {
                ObjectNode json = JsonNodeFactory.instance.objectNode();
                terminal.out().println(json.put("key_id", id).put("outcome", "revoked"));
            } else {
                terminal.out().println("The API key " + Terminal.printable(id) + " opens nothing any more.");
            }
        }
        return 0;
    }

    /** The segment of one key. A whole key has no place in an address, which many keep. */
    private static String one(RemoteOptions remote, String id) {
        if (id.startsWith("rtk_")) {
            throw remote.wrong(
                    "KEY_ID: expected the id alone, which stands between the first two underscores of a key");
        }
        return RemoteServer.path(remote.text("KEY_ID", id));
    }
}
