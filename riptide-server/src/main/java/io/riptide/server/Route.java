package io.riptide.server;

import io.riptide.grant.Action;
import io.riptide.observe.CacheOperation;
import io.riptide.tenant.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One operation as data: what {@link RouteTable} matches and {@link OpenApi} prints.
 *
 * @param method in capitals; a route for GET answers HEAD too
 * @param template the path, a variable segment in braces
 * @param operationId its name in OpenAPI
 * @param summary one line
 * @param access who may call it
 * @param action what the audit log calls it, or null where it changes nothing that an administrator answers for
 * @param counted as which operation on the cache it counts, or null for none
 * @param parameters query parameters and headers that it reads
 * @param request the body that it takes, or null
 * @param replies its answers besides problems
 * @param handler what answers
 */
record Route(
        String method,
        String template,
        String operationId,
        String summary,
        Access access,
        @Nullable String action,
        @Nullable CacheOperation counted,
        List<Parameter> parameters,
        @Nullable Content request,
        List<Reply> replies,
        Handler handler) {
    Route {
        parameters = List.copyOf(parameters);
        replies = List.copyOf(replies);
    }

    /** Whether it reads or changes a tenant's entries themselves, not a page or a figure. */
    boolean isCacheAccess() {
        return template.startsWith("/v1/cache/");
    }

    /** A query parameter or header; {@code schema} as JSON Schema has it. */
    record Parameter(String in, String name, String description, Map<String, Object> schema) {}

    /** A body: its media type and JSON Schema. */
    record Content(String mediaType, Map<String, Object> schema) {}

    /** One answer. */
    record Reply(int status, String description, @Nullable Content content) {}

    /** Begins a route. */
    static Builder of(String method, String template, String operationId, String summary) {
        return new Builder(method, template, operationId, summary);
    }

    /** Puts a route together; {@link #by} ends it. */
    static final class Builder {
        private final String method;
        private final String template;
        private final String operationId;
        private final String summary;
        private final List<Parameter> parameters = new ArrayList<>();
        private final List<Reply> replies = new ArrayList<>();
        private Access access = new Access.Open();
        private @Nullable String action;
        private boolean readsOnly;
        private @Nullable CacheOperation counted;
        private @Nullable Content request;

        private Builder(String method, String template, String operationId, String summary) {
            this.method = method;
            this.template = template;
            this.operationId = operationId;
            this.summary = summary;
        }

        Builder tenant(Action action, Access.Named named) {
            access = new Access.OfTenant(action, named);
            return this;
        }

        Builder counts(CacheOperation operation) {
            counted = operation;
            return this;
        }

        Builder admin(Role role) {
            access = new Access.OfAdmin(role);
            return this;
        }

        /** What the audit log calls it; left out, the operation's own words. */
        Builder audited(String action) {
            this.action = action;
            return this;
        }

        /** It changes nothing, though its method could. */
        Builder readsOnly() {
            readsOnly = true;
            return this;
        }

        /** So that no route of an administrator's can be forgotten: {@code suspendTenant} is {@code tenant.suspend}. */
        private @Nullable String action() {
            if (readsOnly || method.equals("GET") || !(access instanceof Access.OfAdmin)) {
                return null;
            }
            if (action != null) {
                return action;
            }
            String words = operationId.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
            int verb = words.indexOf('_');
            return verb < 0 ? words : words.substring(verb + 1) + "." + words.substring(0, verb);
        }

        Builder query(String name, String description, Map<String, Object> schema) {
            parameters.add(new Parameter("query", name, description, schema));
            return this;
        }

        Builder header(String name, String description) {
            parameters.add(new Parameter("header", name, description, Schemas.STRING));
            return this;
        }

        Builder page() {
            return query("limit", "Rows of the page", Schemas.integer(1, Limits.PAGE_MAX))
                    .query("cursor", "The next_cursor of the page before", Schemas.STRING);
        }

        Builder idempotent() {
            return header("Idempotency-Key", "Repeats within 24 hours create nothing and answer alike");
        }

        Builder takes(String mediaType, Map<String, Object> schema) {
            request = new Content(mediaType, schema);
            return this;
        }

        Builder takesJson(Map<String, Object> schema) {
            return takes("application/json", schema);
        }

        Builder answers(int status, String description) {
            replies.add(new Reply(status, description, null));
            return this;
        }

        Builder answers(int status, String description, String mediaType, Map<String, Object> schema) {
            replies.add(new Reply(status, description, new Content(mediaType, schema)));
            return this;
        }

        Builder answersJson(int status, String description, Map<String, Object> schema) {
            return answers(status, description, "application/json", schema);
        }

        Route by(Handler handler) {
            return new Route(
                    method,
                    template,
                    operationId,
                    summary,
                    access,
                    action(),
                    counted,
                    parameters,
                    request,
                    replies,
                    handler);
        }
    }
}
