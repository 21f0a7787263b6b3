package io.riptide.server;

import com.fasterxml.jackson.core.JsonGenerator;
import io.helidon.http.DirectHandler;
import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.http.DirectHandlers;
import io.riptide.problem.FieldError;
import io.riptide.problem.Problem;
import io.riptide.problem.ProblemCode;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The one writer of problems (RFC 9457). */
final class Problems {
    private static final String TYPE = "urn:riptide:problem:";
    private static final String RETRY_AFTER = "retry_after_seconds";
    /** A second: nobody knows when a store comes back, and asking costs it nothing before it does. */
    private static final String SOON = "1";

    private final RequestIds ids;

    Problems(RequestIds ids) {
        this.ids = ids;
    }

    /** Answers with a problem in place of whatever was being prepared. */
    void answer(Exchange exchange, Problem problem, Header... headers) {
        exchange.forgetAnswer();
        for (Header header : headers) {
            exchange.with(header);
        }
        if (problem.code() == ProblemCode.UNAUTHENTICATED) {
            exchange.with(Headers.CHALLENGE);
        }
        Object retryAfter = problem.values().get(RETRY_AFTER);
        if (retryAfter == null && problem.code().status() == Status.SERVICE_UNAVAILABLE_503.code()) {
            retryAfter = SOON;
        }
        if (retryAfter != null) {
            exchange.with(HeaderNames.RETRY_AFTER, retryAfter.toString());
        }
        exchange.with(Headers.PROBLEM);
        exchange.with(Headers.NO_STORE);
        byte[] body = print(problem, problem.code().status(), exchange.rawPath(), exchange.requestId());
        exchange.send(Status.create(problem.code().status()), body, 0, body.length);
    }

    /** Prints a problem as a member of a larger document: a row that failed. */
    static void print(JsonGenerator json, Problem problem) throws IOException {
        json.writeStartObject();
        members(json, problem, problem.code().status());
        json.writeEndObject();
    }

    private static byte[] print(Problem problem, int status, @Nullable String instance, String requestId) {
        return Json.print(json -> {
            json.writeStartObject();
            members(json, problem, status);
            if (instance != null) {
                json.writeStringField("instance", instance);
            }
            json.writeStringField("request_id", requestId);
            json.writeEndObject();
        });
    }

    private static void members(JsonGenerator json, Problem problem, int status) throws IOException {
        json.writeStringField("type", TYPE + problem.code().code());
        json.writeStringField("title", problem.code().title());
        json.writeNumberField("status", status);
        json.writeStringField("detail", problem.detail());
        for (Map.Entry<String, Object> value : problem.values().entrySet()) {
            json.writeFieldName(value.getKey());
            Json.MAPPER.writeValue(json, value.getValue());
        }
        if (!problem.errors().isEmpty()) {
            json.writeArrayFieldStart("errors");
            for (FieldError error : problem.errors()) {
                json.writeStartObject();
                json.writeStringField("field", error.field());
                json.writeStringField("message", error.message());
                json.writeEndObject();
            }
            json.writeEndArray();
        }
    }

    /** What the HTTP layer refuses before there is a request to speak of, in the same shape. */
    DirectHandlers direct() {
        DirectHandlers.Builder handlers = DirectHandlers.builder();
        for (DirectHandler.EventType type : DirectHandler.EventType.values()) {
            handlers.addHandler(type, this::refuse);
        }
        return handlers.build();
    }

    private DirectHandler.TransportResponse refuse(
            DirectHandler.TransportRequest request,
            DirectHandler.EventType type,
            Status status,
            ServerResponseHeaders headers,
            @Nullable String message) {
        // Once a request is read the dispatcher answers for all that fails, so what fails here is what could not be
        // read.
        int code =
                type == DirectHandler.EventType.INTERNAL_ERROR ? ProblemCode.INVALID_REQUEST.status() : status.code();
        Problem problem = ofStatus(code);
        String requestId = ids.next();
        byte[] body = print(problem, code, null, requestId);
        return DirectHandler.TransportResponse.builder()
                .status(Status.create(code))
                .keepAlive(false)
                .header(Headers.PROBLEM)
                .header(HeaderValues.create(Headers.REQUEST_ID, requestId))
                .header(HeaderValues.X_CONTENT_TYPE_OPTIONS_NOSNIFF)
                .entity(body)
                .build();
    }

    private static Problem ofStatus(int status) {
        return switch (status) {
            case 413 -> Problem.of(ProblemCode.ENTRY_TOO_LARGE, "The body is larger than any that is taken here.");
            case 414 ->
                Problem.invalid("path", "expected a request line of at most " + Limits.REQUEST_LINE_BYTES + " bytes");
            case 505 -> Problem.invalid("protocol", "expected HTTP/1.1");
            case 501 -> Problem.invalid("Transfer-Encoding", "expected chunked");
            default ->
                status >= 500
                        ? Problem.of(ProblemCode.INTERNAL, "The request could not be handled.")
                        : Problem.of(
                                ProblemCode.INVALID_REQUEST,
                                "The request is not well-formed HTTP/1.1, or its headers are larger than "
                                        + Limits.HEADER_BYTES + " bytes.");
        };
    }
}
