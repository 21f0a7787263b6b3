package io.riptide.server.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a tenant is or becomes: an option for each member that the server takes, with its name. */
final class TenantOptions {
    /** More than a server takes, which then says so. */
    private static final int MAX_FILE = 4 << 20;

    private static final String POLICIES = "a JSON array of policies";
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    @Option(names = "--name", paramLabel = "TEXT", description = "What it is called.")
    private @Nullable String name;

    @Option(names = "--owner-name", paramLabel = "TEXT", description = "Who is responsible for it.")
    private @Nullable String ownerName;

    @Option(names = "--owner-email", paramLabel = "ADDRESS", description = "Where they are reached.")
    private @Nullable String ownerEmail;

    @Option(names = "--plan", paramLabel = "PLAN", description = "Its billing plan, one that is configured.")
    private @Nullable String plan;

    @Option(names = "--memory-bytes", paramLabel = "N", description = "Quota of bytes in memory.")
    private @Nullable Long memoryBytes;

    @Option(names = "--operations-per-minute", paramLabel = "N", description = "Quota of operations a minute.")
    private @Nullable Long operationsPerMinute;

    @Option(names = "--storage-bytes", paramLabel = "N", description = "Quota of stored bytes.")
    private @Nullable Long storageBytes;

    @Option(names = "--active-sessions", paramLabel = "N", description = "Quota of sessions.")
    private @Nullable Long activeSessions;

    @Option(
            names = "--encryption",
            negatable = true,
            description = "Encrypts what it stores, or ends that; switching removes its entries.")
    private @Nullable Boolean encryption;

    @Option(
            names = "--access-policies",
            paramLabel = "FILE",
            description = "What its callers may do: a file with a JSON array of policies; [] allows all.")
    private @Nullable Path policies;

    @Option(
            names = "--settings",
            paramLabel = "FILE",
            description = "Whatever you keep with it: a file with a JSON object, in place of the one before.")
    private @Nullable Path settings;

    /** The members that were given, checked as far as that needs no server. */
    ObjectNode body(RemoteOptions remote) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        put(remote, body, "name", "--name", name);
        put(remote, body, "owner_name", "--owner-name", ownerName);
        put(remote, body, "owner_email", "--owner-email", ownerEmail);
        put(remote, body, "billing_plan", "--plan", plan);
        ObjectNode quotas = JsonNodeFactory.instance.objectNode();
        quota(remote, quotas, "memory_bytes", memoryBytes, 0);
        quota(remote, quotas, "operations_per_minute", operationsPerMinute, 1);
        quota(remote, quotas, "storage_bytes", storageBytes, 0);
        quota(remote, quotas, "active_sessions", activeSessions, 0);
        if (!quotas.isEmpty()) {
            body.set("quotas", quotas);
        }
        if (encryption != null) {
            body.put("encryption_enabled", encryption);
        }
        if (policies != null) {
            body.set("access_policies", json(remote, "--access-policies", policies, JsonNode::isArray, POLICIES));
        }
        if (settings != null) {
            body.set("settings", json(remote, "--settings", settings, JsonNode::isObject, "a JSON object"));
        }
        return body;
    }

    private static void put(
            RemoteOptions remote, ObjectNode body, String member, String option, @Nullable String value) {
        if (value != null) {
            body.put(member, remote.text(option, value));
        }
    }

    private static void quota(
            RemoteOptions remote, ObjectNode quotas, String member, @Nullable Long value, long least) {
        if (value != null) {
            if (value < least) {
                throw remote.wrong("--" + member.replace('_', '-') + ": expected at least " + least);
            }
            quotas.put(member, value);
        }
    }

    /** What is in a file, its numbers exact. */
    private static JsonNode json(
            RemoteOptions remote, String option, Path file, Predicate<JsonNode> form, String expected) {
        byte[] bytes = LocalFile.read(option, file, MAX_FILE);
        try {
            JsonNode json = MAPPER.readTree(new String(bytes, StandardCharsets.UTF_8));
            if (form.test(json)) {
                return json;
            }
        } catch (JsonProcessingException e) {
            // Told below, without what is in the file.
        }
        throw remote.wrong(option + ": " + file + ": expected " + expected);
    }
}
