package io.riptide.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code riptide cache invalidate}: removes many of a tenant's entries at once. */
@Command(name = "invalidate", description = "Removes a tenant's entries by namespace, key, tag or prefix, at once.")
final class InvalidateCommand implements Callable<Integer> {
    private final Map<String, String> environment;
    private final Terminal terminal;

    @Mixin
    private RemoteOptions remote = new RemoteOptions();

    @Option(names = "--tenant", required = true, paramLabel = "ID", description = "Whose entries.")
    private String tenant = "";

    @Option(names = "--namespace", paramLabel = "NAME", description = "Only in this namespace.")
    private @Nullable String namespace;

    @Option(names = "--key", paramLabel = "KEY", description = "Only this key of it.")
    private @Nullable String key;

    @Option(names = "--tag", paramLabel = "TAG", description = "Only what carries this tag.")
    private @Nullable String tag;

    @Option(names = "--prefix", paramLabel = "TEXT", description = "Only keys of the namespace that begin so.")
    private @Nullable String prefix;

    @Option(names = "--all", description = "All of the tenant's entries; expected where nothing else says which.")
    private boolean all;

    @Option(names = "--stale", description = "Ends them: what is kept for those who take a stale entry stays.")
    private boolean stale;

    InvalidateCommand(Map<String, String> environment, Terminal terminal) {
        this.environment = environment;
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        boolean some = Stream.of(namespace, key, tag, prefix).anyMatch(word -> word != null);
        if (all == some) {
            throw remote.wrong("expected either --all or some of --namespace, --key, --tag and --prefix");
        }
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        put(body, "tenant", tenant);
        put(body, "namespace", namespace);
        put(body, "key", key);
        put(body, "tag", tag);
        put(body, "prefix", prefix);
        put(body, "mode", stale ? "stale" : null);
        try (RemoteServer server = remote.asAdmin(environment)) {
            JsonNode answer = server.post("/admin/cache/invalidate", body).json();
            if (remote.json()) {
                terminal.out().println(answer);
            } else {
                boolean exact = answer.path("exact").asBoolean();
                long removed = answer.path("removed").asLong();
                terminal.out().println((stale ? "Ended " : "Removed ") + (exact ? "" : "about ") + removed + ".");
            }
        }
        return 0;
    }

    private void put(ObjectNode body, String name, @Nullable String value) {
        if (value != null) {
            body.put(name, remote.text("--" + name, value));
        }
    }
}
