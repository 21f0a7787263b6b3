package io.riptide.server;

import io.helidon.http.Header;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.ServerRequestHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import io.riptide.audit.AuditLog;
import io.riptide.door.AdminCaller;
import io.riptide.door.TenantCaller;
import io.riptide.problem.Problem;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One request with its answer, in the hands of the one thread of its connection. */
final class Exchange {
    private final RoutingRequest request;
    private final RoutingResponse response;
    private final RequestBody body;
    private final String requestId;
    private final RateHeaders rates;
    private final String method;
    private List<String> segments = List.of();
    private boolean tenantArea;
    private @Nullable TenantCaller tenant;
    private @Nullable TenantFigures timedBy;
    private long begunNanos;
    private @Nullable AdminCaller admin;
    private @Nullable Map<String, String> query;
    private @Nullable Route route;
    private @Nullable AuditLog auditLog;
    private @Nullable AuditDraft audit;

    Exchange(RoutingRequest request, RoutingResponse response, String requestId, RateHeaders rates) {
        this.request = request;
        this.response = response;
        this.requestId = requestId;
        this.rates = rates;
        this.method = request.prologue().method().text();
        this.body = new RequestBody(request);
    }

    String requestId() {
        return requestId;
    }

    /** Where the call comes from, or null where that is not known. */
    @Nullable InetAddress address() {
        return request.remotePeer().address() instanceof InetSocketAddress socket ? socket.getAddress() : null;
    }

    String method() {
        return method;
    }

    boolean isHead() {
        return method.equals("HEAD");
    }

    String rawPath() {
        return request.prologue().uriPath().rawPath();
    }

    /** Takes over the decoded path. */
    void segments(List<String> decoded) {
        segments = decoded;
    }

    /** A decoded segment of the path, counted from zero. */
    String segment(int index) {
        return segments.get(index);
    }

    /** Notes that the path lies under {@code /v1}. */
    void inTenantArea() {
        tenantArea = true;
    }

    /** Notes who calls. */
    void tenant(TenantCaller caller) {
        tenant = caller;
    }

    /** Notes who calls. */
    void admin(AdminCaller caller) {
        admin = caller;
    }

    /** Notes which operation it is; null where the path or the method is none. */
    void route(@Nullable Route found) {
        route = found;
    }

    /** Which operation it is, or null. */
    @Nullable Route route() {
        return route;
    }

    /** Notes that nothing is done, for it was done before. */
    void repeated() {
        if (audit != null) {
            AuditDraft unused = audit.with("repeated", true);
        }
    }

    /** Has that written to the log before an answer says that the call is done. */
    void auditedBy(AuditLog log, AuditDraft draft) {
        auditLog = log;
        audit = draft;
    }

    /** What is going to be written of this call; for routes that change something. */
    AuditDraft audit() {
        return Objects.requireNonNull(audit, "a route that says it changes nothing");
    }

    /** The same, to be written elsewhere now; null where there is nothing to write. */
    @Nullable AuditDraft takeAudit() {
        AuditDraft taken = audit;
        audit = null;
        return taken;
    }

    /** Has the time until the answer begins added to the calling tenant's figures. */
    void timedBy(TenantFigures figures, long begun) {
        timedBy = figures;
        begunNanos = begun;
    }

    /** The tenant that calls; for routes that only tenants reach. */
    TenantCaller tenant() {
        return Objects.requireNonNull(tenant, "a tenant's route without a tenant");
    }

    /** Whose call it is, or null where it is no tenant's. */
    @Nullable String tenantId() {
        return tenant == null ? null : tenant.grant().tenantId();
    }

    /** The administrator who calls; for routes that only administrators reach. */
    AdminCaller admin() {
        return Objects.requireNonNull(admin, "an administrator's route without one");
    }

    /** The public part of the caller's credential. */
    String credentialId() {
        return tenant != null ? tenant.credentialId() : admin().credentialId();
    }

    ServerRequestHeaders headers() {
        return request.headers();
    }

    /** A header's one value, or null; refused by name where it is there more than once. */
    @Nullable String header(HeaderName name) {
        ServerRequestHeaders headers = request.headers();
        if (!headers.contains(name)) {
            return null;
        }
        Header header = headers.get(name);
        if (header.valueCount() != 1) {
            throw Problem.invalid(name.defaultCase(), "expected at most once").asException();
        }
        return header.get();
    }

    /** A header's values as one list (RFC 9110, section 5.3), or null. */
    @Nullable String headerList(HeaderName name) {
        ServerRequestHeaders headers = request.headers();
        if (!headers.contains(name)) {
            return null;
        }
        Header header = headers.get(name);
        return header.valueCount() == 1 ? header.get() : header.values();
    }

    private Map<String, String> query() {
        Map<String, String> parsed = query;
        if (parsed == null) {
            parsed = QueryText.parse(request.prologue().query().rawValue());
            query = parsed;
        }
        return parsed;
    }

    /** A query parameter, decoded, or null; refused by name where it is there more than once. */
    @Nullable String query(String name) {
        if (!request.prologue().hasQuery()) {
            return null;
        }
        String value = query().get(name);
        if (value != null && value.equals(QueryText.REPEATED)) {
            throw Problem.invalid(name, "expected at most once").asException();
        }
        return value;
    }

    /** Refuses query parameters that are not of these: one that is misspelt would be left out in silence. */
    void requireQueryOf(String... names) {
        if (request.prologue().hasQuery()) {
            for (String name : query().keySet()) {
                if (!List.of(names).contains(name)) {
                    throw Problem.invalid(name, "expected no query parameter but " + String.join(", ", names))
                            .asException();
                }
            }
        }
    }

    /** A query parameter that is a whole number within bounds; the fallback where it is absent. */
    int queryNumber(String name, int min, int max, int fallback) {
        String text = query(name);
        if (text == null) {
            return fallback;
        }
        long number = Numbers.parse(text);
        if (number < min || number > max) {
            throw Problem.invalid(name, "expected a whole number from " + min + " to " + max)
                    .asException();
        }
        return (int) number;
    }

    /** Whether the caller asked for the connection to be closed after the answer (RFC 9112, section 9.6). */
    boolean isLast() {
        ServerRequestHeaders headers = request.headers();
        return headers.contains(HeaderNames.CONNECTION)
                && !headers.contains(HeaderValues.CONNECTION_KEEP_ALIVE)
                && headers.containsToken(HeaderValues.CONNECTION_CLOSE);
    }

    RequestBody body() {
        return body;
    }

    /** Sets a header of the answer. */
    Exchange with(Header header) {
        response.headers().set(header);
        return this;
    }

    /** Sets a header of the answer. */
    Exchange with(HeaderName name, String value) {
        response.headers().set(HeaderValues.create(name, value));
        return this;
    }

    /** Adds a header that another server printed, beside others of that name; a malformed one is left out. */
    void also(String name, String value) {
        Header header = HeaderValues.create(name, value);
        try {
            header.validate();
        } catch (IllegalArgumentException e) {
            return;
        }
        response.headers().add(header);
    }

    /** Takes back what was set so far. */
    void forgetAnswer() {
        response.reset();
    }

    boolean answered() {
        return response.isSent();
    }

    void sendJson(Status status, Json.Printer printer) {
        sendJson(status, Json.print(printer));
    }

    void sendJson(Status status, byte[] json) {
        with(HeaderValues.CONTENT_TYPE_JSON);
        if (!tenantArea) {
            with(Headers.NO_STORE);
        }
        send(status, json, 0, json.length);
    }

    /** Answers without a body. */
    void sendEmpty(Status status) {
        send(status, EMPTY, 0, 0);
    }

    private static final byte[] EMPTY = {};
    private static final int NO_CONTENT = 204;
    private static final int NOT_MODIFIED = 304;
    private static final int FIRST_REFUSAL = 400;

    /** Answers with those bytes, which are neither kept nor changed; for HEAD with their length alone. */
    void send(Status status, byte[] bytes, int offset, int length) {
        acknowledge(status);
        common();
        response.status(status);
        if (status.code() == NO_CONTENT || status.code() == NOT_MODIFIED) {
            response.headers().set(NoLength.HEADER);
            response.send(EMPTY, 0, 0);
        } else if (isHead()) {
            if (length > 0) {
                response.headers().set(HeaderValues.create(HeaderNames.CONTENT_LENGTH, length));
            }
            response.send(EMPTY, 0, 0);
        } else {
            response.send(bytes, offset, length);
        }
    }

    /** What writes an answer piece by piece. */
    @FunctionalInterface
    interface Writing {
        void to(OutputStream out) throws IOException;
    }

    /** Answers with what is written, of whatever length; cut off where that fails, so that no half passes for all. */
    void stream(Status status, Writing writing) throws IOException {
        acknowledge(status);
        common();
        response.status(status);
        OutputStream out = response.outputStream();
        writing.to(out);
        out.close();
        response.commit();
    }

    /** What is acknowledged is in the audit log before that. */
    private void acknowledge(Status status) {
        if (audit != null && auditLog != null && status.code() < FIRST_REFUSAL) {
            auditLog.record(audit.event());
            audit = null;
        }
    }

    private void common() {
        var headers = response.headers();
        headers.set(HeaderValues.create(Headers.REQUEST_ID, requestId));
        headers.set(HeaderValues.X_CONTENT_TYPE_OPTIONS_NOSNIFF);
        if (tenantArea) {
            headers.set(Headers.SANDBOX);
        }
        if (tenant != null && timedBy != null) {
            // Before the answer goes out: how fast it is taken is the caller's affair, and who has it finds it counted.
            timedBy.timed(tenant.grant(), System.nanoTime() - begunNanos);
            timedBy = null;
        }
        if (tenant != null) {
            rates.set(headers, tenant.grant().allowance().probe());
        }
        if (body.endsConnection()) {
            headers.set(HeaderValues.CONNECTION_CLOSE);
        }
    }
}
