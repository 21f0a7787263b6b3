package io.riptide.server;

import io.riptide.problem.ProblemCode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Prints the route table as OpenAPI 3.1. */
final class OpenApi {
    private static final Map<String, Object> PROBLEM_REF = Map.of("$ref", "#/components/responses/Problem");

    private OpenApi() {}

    /** The document as JSON. */
    static byte[] print(RouteTable table, String version) {
        Map<String, Map<String, Object>> paths = new LinkedHashMap<>();
        for (Route route : table.routes()) {
            Map<String, Object> path = paths.computeIfAbsent(route.template(), OpenApi::pathItem);
            path.put(route.method().toLowerCase(Locale.ROOT), operation(route));
            if (route.method().equals("GET")) {
                path.put("head", head(route));
            }
        }
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("openapi", "3.1.0");
        document.put("info", Map.of("title", "RipTide", "version", version));
        document.put("paths", paths);
        document.put("components", components());
        return Json.print(json -> Json.MAPPER.writeValue(json, document));
    }

    private static Map<String, Object> pathItem(String template) {
        List<Map<String, Object>> parameters = new ArrayList<>();
        for (String part : RouteTable.parts(template)) {
            if (part.startsWith("{")) {
                parameters.add(Map.of(
                        "in",
                        "path",
                        "name",
                        part.substring(1, part.length() - 1),
                        "required",
                        true,
                        "schema",
                        Schemas.STRING));
            }
        }
        Map<String, Object> item = new LinkedHashMap<>();
        if (!parameters.isEmpty()) {
            item.put("parameters", parameters);
        }
        return item;
    }

    private static Map<String, Object> head(Route route) {
        Map<String, Object> head = operation(route);
        head.put("operationId", route.operationId() + "Head");
        head.put("summary", route.summary() + " (headers alone)");
        return head;
    }

    private static Map<String, Object> operation(Route route) {
        Map<String, Object> operation = new LinkedHashMap<>();
        operation.put("operationId", route.operationId());
        operation.put("summary", route.summary());
        List<Map<String, Object>> parameters = new ArrayList<>();
        for (Route.Parameter p : route.parameters()) {
            parameters.add(
                    Map.of("in", p.in(), "name", p.name(), "description", p.description(), "schema", p.schema()));
        }
        if (!parameters.isEmpty()) {
            operation.put("parameters", parameters);
        }
        if (route.request() != null) {
            operation.put("requestBody", Map.of("content", content(route.request())));
        }
        Map<String, Object> responses = new LinkedHashMap<>();
        for (Route.Reply reply : route.replies()) {
            Map<String, Object> response = new LinkedHashMap<>();
            response.put("description", reply.description());
            if (reply.content() != null) {
                response.put("content", content(reply.content()));
            }
            responses.put(Integer.toString(reply.status()), response);
        }
        responses.put("default", PROBLEM_REF);
        operation.put("responses", responses);
        operation.put("security", security(route.access()));
        return operation;
    }

    private static Map<String, Object> content(Route.Content content) {
        return Map.of(content.mediaType(), Map.of("schema", content.schema()));
    }

    private static List<Map<String, Object>> security(Access access) {
        return access instanceof Access.Open()
                ? List.of()
                : List.of(Map.of("bearer", List.of()), Map.of("apiKey", List.of()));
    }

    private static Map<String, Object> components() {
        List<String> types = new ArrayList<>();
        for (ProblemCode code : ProblemCode.values()) {
            types.add("urn:riptide:problem:" + code.code());
        }
        Map<String, Object> problem = Schemas.object(
                "type",
                Map.of("type", "string", "enum", types),
                "title",
                Schemas.STRING,
                "status",
                Schemas.COUNT,
                "detail",
                Schemas.STRING,
                "instance?",
                Schemas.STRING,
                "request_id",
                Schemas.STRING,
                "errors?",
                Schemas.array(Schemas.object("field", Schemas.STRING, "message", Schemas.STRING)));
        return Map.of(
                "securitySchemes",
                Map.of(
                        "bearer",
                        Map.of("type", "http", "scheme", "bearer"),
                        "apiKey",
                        Map.of("type", "apiKey", "in", "header", "name", "X-API-Key")),
                "schemas",
                Map.of("Problem", problem),
                "responses",
                Map.of(
                        "Problem",
                        Map.of(
                                "description",
                                "A refusal or failure (RFC 9457)",
                                "content",
                                Map.of(
                                        "application/problem+json",
                                        Map.of("schema", Map.of("$ref", "#/components/schemas/Problem"))))));
    }
}
