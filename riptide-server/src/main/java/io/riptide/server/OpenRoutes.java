package io.riptide.server;

import com.fasterxml.jackson.core.JsonGenerator;
import io.helidon.http.Status;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** What is open to all: alive, ready, and the description of the rest. */
final class OpenRoutes {
    private static final Map<String, Object> STATUS = Schemas.object("status", Schemas.STRING);
    private static final Map<String, Object> COMPONENT = Schemas.object(
            "status",
            Schemas.oneOf("ready", "degraded", "unavailable"),
            "since",
            Schemas.TIME,
            "detail?",
            Schemas.STRING);
    private static final Map<String, Object> READINESS = Schemas.object(
            "status",
            Schemas.oneOf("ready", "degraded", "unavailable"),
            "components",
            Map.of("type", "object", "additionalProperties", COMPONENT));

    private final Supplier<byte[]> description;
    private final BooleanSupplier accepting;
    private final Components components;

    /**
     * With what it answers from.
     *
     * @param components how each part of the server does, the server itself among them
     */
    OpenRoutes(Supplier<byte[]> description, BooleanSupplier accepting, Components components) {
        this.description = description;
        this.accepting = accepting;
        this.components = components;
    }

    List<Route> routes() {
        return List.of(
                Route.of("GET", "/healthz", "readHealth", "Whether the process is alive")
                        .answersJson(200, "It is", STATUS)
                        .by(this::health),
                Route.of("GET", "/readyz", "readReadiness", "Whether it can serve, with each component")
                        .answersJson(200, "It can, or (degraded) a part of it", READINESS)
                        .answersJson(503, "It can not now", READINESS)
                        .by(this::ready),
                Route.of("GET", "/openapi.json", "readDescription", "This description")
                        .answersJson(200, "OpenAPI 3.1", Schemas.ANY_OBJECT)
                        .by(this::describe));
    }

    private void health(Exchange exchange) {
        exchange.sendJson(Status.OK_200, json -> {
            json.writeStartObject();
            json.writeStringField("status", "ok");
            json.writeEndObject();
        });
    }

    private void ready(Exchange exchange) {
        Health.Status[] worst = {accepting.getAsBoolean() ? Health.Status.READY : Health.Status.UNAVAILABLE};
        byte[] body = Json.print(json -> {
            json.writeStartObject();
            json.writeObjectFieldStart("components");
            for (Map.Entry<String, Health> entry : components.now().entrySet()) {
                Health health = entry.getValue();
                if (health.status().compareTo(worst[0]) > 0) {
                    worst[0] = health.status();
                }
                component(json, entry.getKey(), health);
            }
            json.writeEndObject();
            json.writeStringField("status", worst[0].text());
            json.writeEndObject();
        });
        boolean serves = worst[0] != Health.Status.UNAVAILABLE;
        exchange.sendJson(serves ? Status.OK_200 : Status.SERVICE_UNAVAILABLE_503, body);
    }

    private static void component(JsonGenerator json, String name, Health health) throws IOException {
        json.writeObjectFieldStart(name);
        json.writeStringField("status", health.status().text());
        if (health.sinceMillis() != null) {
            json.writeStringField("since", Json.time(health.sinceMillis()));
        }
        if (health.detail() != null) {
            json.writeStringField("detail", health.detail());
        }
        json.writeEndObject();
    }

    private void describe(Exchange exchange) {
        exchange.sendJson(Status.OK_200, description.get());
    }
}
