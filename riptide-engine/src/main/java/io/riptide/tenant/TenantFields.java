package io.riptide.tenant;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.riptide.grant.Action;
import io.riptide.grant.Area;
import io.riptide.problem.FieldError;
import io.riptide.problem.Problem;
import io.riptide.spi.AccessPolicy;
import io.riptide.tenant.TenantManager.QuotaPatch;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Checks what administrators send: collects every wrong field, then refuses with all of them. Names are HTTP's. */
final class TenantFields {
    static final long MAX_BYTES = 1L << 50;
    static final long MAX_OPERATIONS = 1_000_000_000;
    static final long MAX_SESSIONS = 1_000_000_000;
    static final int MAX_SETTINGS = 64 << 10;
    static final int MAX_NAME = 200;
    static final int MAX_REASON = 500;
    static final int MAX_POLICIES = 100;
    static final int MAX_RESOURCES = 100;
    static final int MAX_RESOURCE = 1_200;
    static final Duration MAX_EXPIRY = Duration.ofDays(3_650);

    private static final String ACTIONS =
            Stream.of(Action.values()).map(Action::text).collect(Collectors.joining(", "));
    private static final String RESOURCES = "cache/{namespace}, cache/{namespace}/{key}, web/{host}, sessions, usage,"
            + " each in full or its beginning with one * at the end";
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,64}");
    /**
     * Something, one @, a name without spaces that does not begin or end with a dot: whether mail arrives, only mail
     * shows.
     */
    private static final Pattern EMAIL =
            Pattern.compile("[^@\\s\\p{C}]{1,64}@[^@\\s\\p{C}.]([^@\\s\\p{C}]*[^@\\s\\p{C}.])?");

    private static final int MAX_EMAIL = 254;
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private final List<FieldError> errors = new ArrayList<>();

    void refuse() {
        if (!errors.isEmpty()) {
            throw Problem.invalid(errors).asException();
        }
    }

    static boolean isId(String id) {
        return ID.matcher(id).matches();
    }

    void id(@Nullable String id) {
        if (id != null && !isId(id)) {
            wrong("id", id, "1 to 64 of A-Z, a-z, 0-9, _ and -");
        }
    }

    /** A text on one line; null is left to {@link #needed}. */
    void text(String field, @Nullable String value, int max) {
        String expected = "1 to " + max + " printable characters";
        if (value != null && (value.isBlank() || value.codePointCount(0, value.length()) > max || !printable(value))) {
            wrong(field, value, expected);
        }
    }

    void needed(String field, @Nullable String value) {
        if (value == null) {
            errors.add(new FieldError(field, "missing (expected: a text)"));
        }
    }

    void email(@Nullable String value) {
        if (value != null
                && (value.length() > MAX_EMAIL || !EMAIL.matcher(value).matches())) {
            wrong("owner_email", value, "an e-mail address of at most " + MAX_EMAIL + " characters");
        }
    }

    void plan(@Nullable String value, Set<String> plans) {
        if (value != null && !plans.contains(value)) {
            wrong("billing_plan", value, String.join(", ", plans));
        }
    }

    void quotas(QuotaPatch quotas) {
        range("quotas.memory_bytes", quotas.memoryBytes(), 0, MAX_BYTES);
        range("quotas.operations_per_minute", quotas.operationsPerMinute(), 1, MAX_OPERATIONS);
        range("quotas.storage_bytes", quotas.storageBytes(), 0, MAX_BYTES);
        range("quotas.active_sessions", quotas.activeSessions(), 0, MAX_SESSIONS);
    }

    private void range(String field, @Nullable Long value, long min, long max) {
        if (value != null && (value < min || value > max)) {
            wrong(field, Long.toString(value), min + " to " + max);
        }
    }

    void encryption(boolean wanted, boolean possible) {
        if (wanted && !possible) {
            wrong("encryption_enabled", "true", "false, for security.master_key is not set");
        }
    }

    void settings(@Nullable String json) {
        if (json == null) {
            return;
        }
        if (json.length() > MAX_SETTINGS || json.getBytes(StandardCharsets.UTF_8).length > MAX_SETTINGS) {
            errors.add(new FieldError("settings", "too long (expected: at most " + MAX_SETTINGS + " bytes of JSON)"));
        } else if (!StandardCharsets.UTF_8.newEncoder().canEncode(json) || !isObject(json)) {
            errors.add(new FieldError("settings", "not valid (expected: a JSON object)"));
        }
    }

    private static boolean isObject(String json) {
        try (JsonParser parser = JSON.createParser(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return false;
            }
            parser.skipChildren();
            return parser.currentToken() == JsonToken.END_OBJECT && parser.nextToken() == null;
        } catch (IOException e) {
            return false;
        }
    }

    void policies(@Nullable List<AccessPolicy> policies) {
        if (policies == null) {
            return;
        }
        if (policies.size() > MAX_POLICIES) {
            String expected = policies.size() + " of them (expected: at most " + MAX_POLICIES + ")";
            errors.add(new FieldError("access_policies", expected));
            return;
        }
        for (int i = 0; i < policies.size(); i++) {
            String at = "access_policies[" + i + "].";
            List<String> actions = policies.get(i).actions();
            size(at + "actions", actions, Action.values().length);
            for (int k = 0; k < Math.min(actions.size(), Action.values().length); k++) {
                if (Action.of(actions.get(k)).isEmpty()) {
                    wrong(at + "actions[" + k + "]", actions.get(k), ACTIONS);
                }
            }
            List<String> resources = policies.get(i).resources();
            size(at + "resources", resources, MAX_RESOURCES);
            for (int k = 0; k < Math.min(resources.size(), MAX_RESOURCES); k++) {
                if (!isPattern(resources.get(k))) {
                    wrong(at + "resources[" + k + "]", resources.get(k), RESOURCES);
                }
            }
        }
    }

    private void size(String field, List<String> items, int max) {
        if (items.isEmpty() || items.size() > max) {
            errors.add(new FieldError(field, items.size() + " of them (expected: 1 to " + max + ")"));
        }
    }

    /** A resource, or the beginning of some with a star behind it. */
    private static boolean isPattern(String text) {
        int star = text.indexOf('*');
        if (text.length() > MAX_RESOURCE || !StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            return false;
        }
        return star < 0 ? Area.names(text) : star == text.length() - 1 && Area.beginsOne(text.substring(0, star));
    }

    void expiry(@Nullable Duration expiresIn) {
        if (expiresIn != null
                && (expiresIn.compareTo(Duration.ofSeconds(1)) < 0 || expiresIn.compareTo(MAX_EXPIRY) > 0)) {
            wrong("expires_in_seconds", Long.toString(expiresIn.toSeconds()), "1 to " + MAX_EXPIRY.toSeconds());
        }
    }

    void overlap(Duration overlap) {
        if (overlap.isNegative() || overlap.compareTo(MAX_EXPIRY) > 0) {
            wrong("overlap_seconds", Long.toString(overlap.toSeconds()), "0 to " + MAX_EXPIRY.toSeconds());
        }
    }

    private void wrong(String field, String found, String expected) {
        String shown = found.length() > 64 ? found.substring(0, 64) + "…" : found;
        StringBuilder clean = new StringBuilder();
        shown.codePoints().forEach(c -> clean.appendCodePoint(printable(c) ? c : 0xFFFD));
        errors.add(new FieldError(field, clean + " (expected: " + expected + ")"));
    }

    private static boolean printable(String text) {
        return text.codePoints().allMatch(TenantFields::printable);
    }

    /** No control character, no line break of whatever kind, no half of a surrogate pair, nothing unassigned. */
    private static boolean printable(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.SURROGATE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
