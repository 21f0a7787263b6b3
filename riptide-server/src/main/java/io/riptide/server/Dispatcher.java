package io.riptide.server;

import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.RequestException;
import io.helidon.http.ServerRequestHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.HttpSecurity;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import io.riptide.door.Door;
import io.riptide.door.TenantCaller;
import io.riptide.grant.Action;
import io.riptide.grant.Area;
import io.riptide.observe.CacheOperation;
import io.riptide.problem.Problem;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes every request: path, credential, route, handler, and the one place where exceptions become answers. It stands
 * in the place of Helidon's routing, which decodes and normalises before it matches.
 */
final class Dispatcher implements HttpRouting {
    private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);
    private static final String BEARER = "Bearer ";
    private static final String TENANT_AREA = "v1";
    private static final String ADMIN_AREA = "admin";
    private static final int NAMESPACE = 2;
    private static final int KEY = 3;

    private final RouteTable table;
    private final Door door;
    private final RequestIds ids;
    private final Problems problems;
    private final LatencyBoard latencies;
    private final TenantFigures figures;
    private final AuditTrail trail;
    private final RateHeaders rates = new RateHeaders();
    private final HttpSecurity security = HttpSecurity.create();

    Dispatcher(
            RouteTable table,
            Door door,
            RequestIds ids,
            Problems problems,
            LatencyBoard latencies,
            TenantFigures figures,
            AuditTrail trail) {
        this.table = table;
        this.door = door;
        this.ids = ids;
        this.problems = problems;
        this.latencies = latencies;
        this.figures = figures;
        this.trail = trail;
    }

    @Override
    public void route(ConnectionContext connection, RoutingRequest request, RoutingResponse response) {
        long begun = System.nanoTime();
        Exchange exchange = new Exchange(request, response, ids.idFor(requestId(request.headers())), rates);
        try {
            answer(exchange, begun);
        } catch (RipTideException e) {
            refuse(exchange, e);
        } catch (CloseConnectionException | RequestException e) {
            throw e;
        } catch (IOException | RuntimeException | Error e) {
            LOG.error("Request {} failed", exchange.requestId(), e);
            refuse(
                    exchange,
                    Problem.of(ProblemCode.INTERNAL, "The request could not be handled.")
                            .asException());
        }
        latencies.record(exchange.tenantId(), System.nanoTime() - begun);
        if (connection instanceof Connection own) {
            own.requestDone(exchange.body().endsConnection(), exchange.isLast());
        }
    }

    private void answer(Exchange exchange, long begun) throws IOException {
        String raw = exchange.rawPath();
        if (raw.equals("*") && exchange.method().equals("OPTIONS")) {
            exchange.with(HeaderNames.ALLOW, "GET, HEAD, PUT, POST, DELETE, OPTIONS");
            exchange.sendEmpty(Status.NO_CONTENT_204);
            return;
        }
        List<String> segments = RawPath.segments(raw);
        exchange.segments(segments);
        RouteTable.Resource resource = table.find(segments);
        Route route = resource == null ? null : resource.route(exchange.method());
        exchange.route(route);
        enter(exchange, segments, route);
        if (resource == null) {
            throw Problem.of(ProblemCode.NOT_FOUND, "There is no such path.").asException();
        }
        if (route == null) {
            otherMethod(exchange, resource);
            return;
        }
        if (route.isCacheAccess()) {
            exchange.timedBy(figures, begun);
        }
        allow(exchange, route);
        trail.begin(exchange, route);
        route.handler().handle(exchange);
    }

    /** Asks for the credential that the path's area or the route needs, before it is told what is there. */
    private void enter(Exchange exchange, List<String> segments, @Nullable Route route) {
        String area = segments.isEmpty() ? "" : segments.getFirst();
        if (area.equals(TENANT_AREA)) {
            exchange.inTenantArea();
            CacheOperation counted = route == null ? null : route.counted();
            String secret = secret(exchange);
            exchange.tenant(
                    known(exchange, secret, () -> door.tenant(secret, exchange.header(Headers.TENANT), counted)));
        } else if (area.equals(ADMIN_AREA) || (route != null && route.access() instanceof Access.OfAdmin)) {
            String secret = secret(exchange);
            exchange.admin(known(exchange, secret, () -> door.admin(secret)));
        }
    }

    /** Of those who show what is nobody's, one address is told so only so often. */
    private <T> T known(Exchange exchange, @Nullable String secret, Supplier<T> enter) {
        try {
            return enter.get();
        } catch (RipTideException e) {
            boolean failed = secret != null && e.problem().code() == ProblemCode.UNAUTHENTICATED;
            throw failed ? door.attempts().refused(exchange.address(), e) : e;
        }
    }

    private static void allow(Exchange exchange, Route route) {
        switch (route.access()) {
            case Access.OfTenant(var action, var named) -> allow(exchange, action, named, route.counted());
            case Access.OfAdmin(var role) -> exchange.admin().require(role);
            case Access.Open() -> {}
        }
    }

    private static void allow(Exchange exchange, Action action, Access.Named named, @Nullable CacheOperation counted) {
        TenantCaller caller = exchange.tenant();
        switch (named) {
            case ENTRY -> caller.requireEntry(action, counted, exchange.segment(NAMESPACE), exchange.segment(KEY));
            case NAMESPACE -> caller.requireNamespace(action, counted, exchange.segment(NAMESPACE));
            case KEYS, HOST -> caller.require(action, counted);
            case USAGE -> caller.requireIn(Area.USAGE, action);
        }
    }

    private void otherMethod(Exchange exchange, RouteTable.Resource resource) {
        if (exchange.method().equals("OPTIONS")) {
            exchange.with(HeaderNames.ALLOW, resource.allow());
            exchange.sendEmpty(Status.NO_CONTENT_204);
            return;
        }
        problems.answer(
                exchange,
                Problem.of(ProblemCode.METHOD_NOT_ALLOWED, "Expected one of " + resource.allow() + "."),
                HeaderValues.create(HeaderNames.ALLOW, resource.allow()));
    }

    private void refuse(Exchange exchange, RipTideException refusal) {
        if (exchange.answered()) {
            throw new CloseConnectionException("The answer had begun", refusal);
        }
        if (refusal.getCause() != null) {
            LOG.warn(
                    "Request {}: {}",
                    exchange.requestId(),
                    refusal.problem().code().code(),
                    refusal);
        }
        trail.refused(exchange, () -> secret(exchange), refusal.problem());
        problems.answer(exchange, refusal.problem());
    }

    /** The secret that was shown, or null; two that differ count as none. */
    private static @Nullable String secret(Exchange exchange) {
        String authorization = exchange.header(HeaderNames.AUTHORIZATION);
        String key = exchange.header(Headers.API_KEY);
        String bearer = authorization != null && authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())
                ? authorization.substring(BEARER.length()).strip()
                : null;
        if (bearer == null) {
            return key;
        }
        return key == null || key.equals(bearer) ? bearer : null;
    }

    private static @Nullable String requestId(ServerRequestHeaders headers) {
        return headers.contains(Headers.REQUEST_ID)
                ? headers.get(Headers.REQUEST_ID).get()
                : null;
    }

    @Override
    public HttpSecurity security() {
        return security;
    }

    @Override
    public Class<HttpRouting> routingType() {
        return HttpRouting.class;
    }
}
