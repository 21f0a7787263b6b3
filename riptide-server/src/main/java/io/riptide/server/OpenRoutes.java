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

    private final Supplier<byte[]> description;
    private final BooleanSupplier accepting;
    private final Map<String, BooleanSupplier> components;

    /**
     * With what it answers from.
     *
     * @param components whether each part of the server can do its work, by name
     */
    OpenRoutes(Supplier<byte[]> description, BooleanSupplier accepting, Map<String, BooleanSupplier> components) {
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
                        .answersJson(
                                200,
                                "It can",
                                Schemas.object("status", Schemas.STRING, "components", Schemas.ANY_OBJECT))
                        .answersJson(
                                503,
                                "It can not now",
                                Schemas.object("status", Schemas.STRING, "components", Schemas.ANY_OBJECT))
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
        boolean serving = accepting.getAsBoolean();
        boolean[] all = {serving};
        byte[] body = Json.print(json -> {
            json.writeStartObject();
            json.writeObjectFieldStart("components");
            component(json, "server", serving);
            for (Map.Entry<String, BooleanSupplier> entry : components.entrySet()) {
                boolean works = entry.getValue().getAsBoolean();
                all[0] &= works;
                component(json, entry.getKey(), works);
            }
            json.writeEndObject();
            json.writeStringField("status", all[0] ? "ready" : "unavailable");
            json.writeEndObject();
        });
        exchange.sendJson(all[0] ? Status.OK_200 : Status.SERVICE_UNAVAILABLE_503, body);
    }

    private static void component(JsonGenerator json, String name, boolean works) throws IOException {
        json.writeObjectFieldStart(name);
        json.writeStringField("status", works ? "ready" : "unavailable");
        json.writeEndObject();
    }

    private void describe(Exchange exchange) {
        exchange.sendJson(Status.OK_200, description.get());
    }
}
