package io.riptide.server;

import io.helidon.http.BadRequestException;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.HttpMediaType;
import io.helidon.http.Status;
import io.riptide.tenant.Role;
import java.util.List;

/** {@code /metrics}: Prometheus's text format, or OpenMetrics for who would rather have that. */
final class MetricRoutes {
    private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";
    private static final String OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    private final TenantFigures figures;
    private final boolean open;

    /** Open to all, or to administrators alone. */
    MetricRoutes(TenantFigures figures, boolean open) {
        this.figures = figures;
        this.open = open;
    }

    List<Route> routes() {
        Route.Builder route = Route.of("GET", "/metrics", "readMetrics", "Figures by tenant, for Prometheus")
                .answers(200, "In the format that Accept prefers", "text/plain", Schemas.STRING);
        if (!open) {
            route = route.admin(Role.VIEWER);
        }
        return List.of(route.by(this::print));
    }

    private void print(Exchange exchange) {
        String type = format(exchange);
        byte[] text = figures.print(type);
        exchange.with(HeaderValues.create(HeaderNames.CONTENT_TYPE, type))
                .with(HeaderValues.create(HeaderNames.VARY, "Accept"))
                .with(Headers.NO_STORE);
        exchange.send(Status.OK_200, text, 0, text.length);
    }

    private static String format(Exchange exchange) {
        double text = 0;
        double open = 0;
        for (HttpMediaType accepted : accepted(exchange)) {
            String name = accepted.mediaType().text();
            if (name.equals("application/openmetrics-text")) {
                open = Math.max(open, accepted.qualityFactor());
            } else if (name.equals("text/plain")) {
                text = Math.max(text, accepted.qualityFactor());
            }
        }
        return open > text ? OPEN_METRICS : TEXT;
    }

    /** What is not well-formed is as good as left out: who asks so gets text (RFC 9110, section 12.5.1). */
    private static List<HttpMediaType> accepted(Exchange exchange) {
        try {
            return exchange.headers().acceptedTypes();
        } catch (BadRequestException | IllegalArgumentException e) {
            return List.of();
        }
    }
}
