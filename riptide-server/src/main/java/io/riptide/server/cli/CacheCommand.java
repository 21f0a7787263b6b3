package io.riptide.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.riptide.server.cli.RemoteServer.Answer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code riptide cache}: a tenant's entries on a running server, and how its cache does. */
@Command(
        name = "cache",
        description = "Reads and changes a tenant's entries on a server, and shows how its cache does.",
        synopsisSubcommandLabel = "COMMAND")
final class CacheCommand {
    private static final int CREATED = 201;
    private static final Pattern TYPE = Pattern.compile("[!-~]([ -~]*[!-~])?");
    private static final Pattern MAX_AGE = Pattern.compile("max-age=(\\d{1,18})");
    private static final Listing ENTRIES =
            new Listing("entries", List.of("BYTES", "AGE", "LEFT", "TYPE", "KEY"), CacheCommand::row);
    private static final Pattern TIER = Pattern.compile("detail=(\\w+)");

    private final Map<String, String> environment;
    private final Terminal terminal;

    CacheCommand(Map<String, String> environment, Terminal terminal) {
        this.environment = environment;
        this.terminal = terminal;
    }

    @Command(name = "get", description = "Writes an entry's bytes, as they are, to the standard output.")
    int get(
            @Mixin RemoteOptions remote,
            @Mixin EntryOptions entry,
            @Option(names = "--output", paramLabel = "FILE", description = "Writes them to this file instead.")
                    @Nullable Path output)
            throws IOException {
        String path = entry.path(remote);
        try (RemoteServer server = remote.asTenant(environment)) {
            Answer answer = server.get(path);
            byte[] bytes = remote.json() ? described(entry, answer) : answer.body();
            if (output == null) {
                terminal.bytes().write(bytes);
                terminal.bytes().flush();
            } else {
                LocalFile.write("--output", output, bytes);
            }
        }
        return 0;
    }

    /** The entry as a document that holds its bytes whatever they are. */
    private static byte[] described(EntryOptions entry, Answer answer) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("key", entry.key())
                .put("content_type", answer.header("Content-Type"))
                .put("size_bytes", answer.body().length)
                .put("etag", answer.header("ETag"))
                .put("age_seconds", number(answer.header("Age")))
                .put("ttl_seconds", number(first(MAX_AGE, answer.header("Cache-Control"))))
                .put("found_in", first(TIER, answer.header("Cache-Status")))
                .put("value_base64", answer.body());
        return (json + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private static String first(Pattern pattern, String header) {
        Matcher found = pattern.matcher(header);
        return found.find() ? found.group(1) : "";
    }

    private static long number(String digits) {
        return digits.matches("\\d{1,18}") ? Long.parseLong(digits) : 0;
    }

    @Command(name = "put", description = "Stores an entry: VALUE, or a file's bytes, or those of the standard input.")
    int put(
            @Mixin RemoteOptions remote,
            @Mixin EntryOptions entry,
            @Parameters(index = "2", arity = "0..1", paramLabel = "VALUE", description = "What to store, as text.")
                    @Nullable String value,
            @Option(names = "--file", paramLabel = "FILE", description = "Or a file.") @Nullable Path file,
            @Option(names = "--ttl", paramLabel = "SECONDS", description = "Its life.") @Nullable Long ttl,
            @Option(names = "--content-type", paramLabel = "TYPE", description = "Its media type, such as text/html.")
                    @Nullable String contentType,
            @Option(names = "--tag", paramLabel = "TAG", description = "A tag to remove it by; may be repeated.")
                    @Nullable List<String> tags,
            @Option(names = "--if-absent", description = "Stores nothing where there is an entry, and then exits 1.")
                    boolean ifAbsent)
            throws IOException {
        if (value != null && file != null) {
            throw remote.wrong("--file: expected without VALUE");
        }
        Map<String, String> headers = new LinkedHashMap<>();
        if (ttl != null) {
            headers.put("X-RipTide-TTL", Long.toString(ttl));
        }
        if (contentType != null) {
            if (!TYPE.matcher(contentType).matches()) {
                throw remote.wrong("--content-type: expected printable characters of ASCII");
            }
            headers.put("Content-Type", contentType);
        }
        if (tags != null) {
            headers.put("X-RipTide-Tags", tags(remote, tags));
        }
        if (ifAbsent) {
            headers.put("If-None-Match", "*");
        }
        String path = entry.path(remote);
        try (RemoteServer server = remote.asTenant(environment)) {
            byte[] bytes =
                    value == null ? read(file) : remote.text("VALUE", value).getBytes(StandardCharsets.UTF_8);
            Answer answer = server.put(path, headers, bytes);
            boolean created = answer.status() == CREATED;
            if (remote.json()) {
                ObjectNode json = JsonNodeFactory.instance.objectNode();
                json.put("key", entry.key())
                        .put("outcome", created ? "created" : "replaced")
                        .put("etag", answer.header("ETag"))
                        .put("size_bytes", bytes.length);
                terminal.out().println(json);
            } else {
                terminal.out().println((created ? "Stored, " : "Replaced, ") + bytes.length + " bytes.");
            }
        }
        return 0;
    }

    private static String tags(RemoteOptions remote, List<String> tags) {
        for (String tag : tags) {
            if (!TYPE.matcher(tag).matches() || tag.contains(",")) {
                throw remote.wrong("--tag: expected printable characters of ASCII without a comma");
            }
        }
        return String.join(",", tags);
    }

    @Command(name = "delete", description = "Removes an entry; one that is not there is no failure.")
    int delete(@Mixin RemoteOptions remote, @Mixin EntryOptions entry) {
        String path = entry.path(remote);
        try (RemoteServer server = remote.asTenant(environment)) {
            server.delete(path);
            if (remote.json()) {
                ObjectNode json = JsonNodeFactory.instance.objectNode();
                terminal.out().println(json.put("key", entry.key()).put("outcome", "absent"));
            } else {
                terminal.out().println("It is not there any more.");
            }
        }
        return 0;
    }

    @Command(name = "list", description = "Lists the keys of a namespace, page after page.")
    int list(
            @Mixin RemoteOptions remote,
            @Mixin PageOptions page,
            @Parameters(index = "0", paramLabel = "NAMESPACE", description = "Whose keys.") String namespace)
            throws IOException {
        String path = RemoteServer.path("v1", "cache", remote.text("NAMESPACE", namespace));
        try (RemoteServer server = remote.asTenant(environment)) {
            return ENTRIES.print(server, path, page, remote.json(), terminal);
        }
    }

    private static List<String> row(JsonNode entry) {
        return List.of(
                entry.path("size_bytes").asText(),
                Listing.duration(entry.path("age_seconds").asLong()),
                Listing.duration(entry.path("ttl_seconds").asLong()),
                Terminal.printable(entry.path("content_type").asText()),
                Terminal.printable(entry.path("key").asText()));
    }

    @Command(name = "stats", description = "Shows how the cache does: of one tenant, or of all that were active.")
    int stats(
            @Mixin RemoteOptions remote,
            @Option(names = "--tenant", paramLabel = "ID", description = "Only this one.") @Nullable String tenant) {
        String path = "/admin/cache/stats";
        if (tenant != null) {
            path += "?tenant=" + RemoteServer.encoded(remote.text("--tenant", tenant));
        }
        try (RemoteServer server = remote.asAdmin(environment)) {
            Answer answer = server.get(path);
            terminal.out().print(remote.json() ? answer.json() + "\n" : CacheFigures.table(answer.json()));
            terminal.out().flush();
        }
        return 0;
    }

    /** At most one byte more than a server can be set to take, which then says so. */
    private byte[] read(@Nullable Path file) throws IOException {
        if (file == null) {
            return terminal.in().readNBytes(RemoteServer.MAX_BODY + 1);
        }
        return LocalFile.read("--file", file, RemoteServer.MAX_BODY + 1);
    }
}
