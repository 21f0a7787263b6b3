package io.riptide.audit;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is to be written of something that was done or refused. Holds ids, numbers and words of RipTide's own: never a
 * secret, an address of mail, a key or value of a cache. Texts are cut to {@value #MOST_CHARACTERS} characters, and
 * what is no printable character becomes a question mark.
 *
 * @param actor whose credential it was, by its id; {@code system} for what RipTide does by itself
 * @param action dotted, such as {@code tenant.create}
 * @param tenantId whom it concerns, or null
 * @param resource to what it was done, such as {@code tenants/acme/keys/…}
 * @param result {@code ok}, or the code of the problem
 * @param requestId the request it was part of, or null
 * @param detail more: strings, whole numbers and booleans, in the order in which they are shown
 */
public record AuditEvent(
        String actor,
        String action,
        @Nullable String tenantId,
        String resource,
        String result,
        @Nullable String requestId,
        Map<String, Object> detail) {
    /** Who acts where no credential did. */
    public static final String SYSTEM = "system";
    /** The result of what was done. */
    public static final String OK = "ok";

    private static final int MOST_CHARACTERS = 500;
    private static final int MOST_MEMBERS = 16;

    public AuditEvent {
        actor = clean(actor);
        action = clean(action);
        tenantId = tenantId == null ? null : clean(tenantId);
        resource = clean(resource);
        result = clean(result);
        requestId = requestId == null ? null : clean(requestId);
        Map<String, Object> members = new LinkedHashMap<>();
        detail.forEach((name, value) -> {
            if (members.size() < MOST_MEMBERS) {
                members.put(clean(name), cleaned(name, value));
            }
        });
        detail = Collections.unmodifiableMap(members);
    }

    /** Something that was done, without more said of it. */
    public static AuditEvent of(String actor, String action) {
        return new AuditEvent(actor, action, null, "", OK, null, Map.of());
    }

    /** The same of that tenant. */
    public AuditEvent tenant(@Nullable String id) {
        return new AuditEvent(actor, action, id, resource, result, requestId, detail);
    }

    /** The same, done to that. */
    public AuditEvent resource(String what) {
        return new AuditEvent(actor, action, tenantId, what, result, requestId, detail);
    }

    /** The same with that result. */
    public AuditEvent result(String code) {
        return new AuditEvent(actor, action, tenantId, resource, code, requestId, detail);
    }

    /** The same as part of that request. */
    public AuditEvent request(@Nullable String id) {
        return new AuditEvent(actor, action, tenantId, resource, result, id, detail);
    }

    /** The same with one more member of the detail: a string, a whole number or a boolean. */
    public AuditEvent with(String name, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(detail);
        more.put(name, value);
        return new AuditEvent(actor, action, tenantId, resource, result, requestId, more);
    }

    private static Object cleaned(String name, Object value) {
        return switch (value) {
            case String text -> clean(text);
            case Integer number -> (Long) number.longValue();
            case Long number -> number;
            case Boolean flag -> flag;
            default ->
                throw new IllegalArgumentException(
                        name + ": " + value.getClass() + " (expected: a string, a whole number or a boolean)");
        };
    }

    /** What every database gives back as it was written, and no screen is steered by. */
    private static String clean(String text) {
        boolean kept = text.length() <= MOST_CHARACTERS;
        for (int i = 0; kept && i < text.length(); i++) {
            kept = text.charAt(i) >= ' ' && text.charAt(i) <= '~';
        }
        if (kept) {
            return text;
        }
        StringBuilder cleaned = new StringBuilder();
        text.codePoints().limit(MOST_CHARACTERS).forEach(c -> cleaned.appendCodePoint(isPrintable(c) ? c : '?'));
        return cleaned.toString();
    }

    private static boolean isPrintable(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED -> false;
            default -> true;
        };
    }

    /** The detail as the text of a JSON object. */
    String detailText() {
        StringBuilder json = new StringBuilder("{");
        detail.forEach((name, value) -> {
            json.append(json.length() == 1 ? "" : ",");
            quote(json, name);
            json.append(':');
            if (value instanceof String text) {
                quote(json, text);
            } else {
                json.append(value);
            }
        });
        return json.append('}').toString();
    }

    /** No text here holds what JSON wants escaped but these two. */
    private static void quote(StringBuilder json, String text) {
        json.append('"')
                .append(text.replace("\\", "\\\\").replace("\"", "\\\""))
                .append('"');
    }
}
