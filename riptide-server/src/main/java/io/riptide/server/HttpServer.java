package io.riptide.server;

import io.helidon.webserver.WebServer;
import io.riptide.RipTide;
import io.riptide.config.PersistenceConfig;
import io.riptide.spi.ControlStore;
import io.riptide.spi.Time;
import io.riptide.web.Fetcher;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** The HTTP side over managers that others opened and close. */
final class HttpServer {
    private static final int LOOK_MILLIS = 500;

    private static final String VERSION = "2.0.0";

    private final WebServer web;
    private final ScheduledExecutorService watch;
    private final ScheduledExecutorService health;
    private final RouteTable table;
    private final String address;
    private final Connections connections;
    private volatile boolean accepting;

    /** Builds it all; nothing listens before {@link #start}. */
    HttpServer(
            PersistenceConfig config,
            RipTide riptide,
            Fetcher fetcher,
            ControlStore control,
            Map<String, Supplier<Health>> parts) {
        this.address = config.server().host() + ":" + config.server().port();
        RequestIds ids = new RequestIds(new SecureRandom());
        Problems problems = new Problems(ids);
        LatencyBoard latencies = new LatencyBoard();
        Components components = new Components(() -> Health.of(accepting), parts, riptide.time());
        TenantFigures figures = new TenantFigures(
                config.observability().tenantSeries(),
                riptide.door(),
                riptide.cache(),
                riptide.time(),
                new CacheMetrics(new NodeMetrics(riptide.cache(), components, riptide.audit(), riptide.billing())),
                riptide::usage);
        riptide.tenants().onTenantChange(figures::changed);
        this.table = table(config, riptide, fetcher, control, components, problems, latencies, figures);
        this.connections = new Connections(new Dispatcher(
                table,
                riptide.door(),
                ids,
                problems,
                latencies,
                figures,
                new AuditTrail(riptide.audit(), riptide.door())));
        this.web = WebServer.builder()
                .host(config.server().host())
                .address(address(config.server().host()))
                .port(config.server().port())
                .shutdownHook(false)
                // An answer in two writes would else wait for the acknowledgement of the first, which a client may
                // delay by 40 ms.
                .connectionOptions(socket -> socket.tcpNoDelay(true))
                .maxTcpConnections(config.server().maxConnections())
                .maxPayloadSize(maxPayload(config))
                .idleConnectionTimeout(Duration.ofSeconds(2L * Limits.IDLE_SECONDS))
                .shutdownGracePeriod(Duration.ofSeconds(config.shutdownTimeoutSeconds()))
                .directHandlers(problems.direct())
                .protocolsDiscoverServices(false)
                .addConnectionSelector(connections)
                .featuresDiscoverServices(false)
                .build();
        this.watch = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name("riptide-connections").daemon().factory());
        Future<?> unused = watch.scheduleAtFixedRate(connections::tick, 1, 1, TimeUnit.SECONDS);
        this.health = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name("riptide-health").daemon().factory());
        unused = health.scheduleWithFixedDelay(components::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
        unused = watch.scheduleAtFixedRate(latencies::forgetIdle, 1, 1, TimeUnit.MINUTES);
        unused = watch.scheduleAtFixedRate(
                figures::tick, HitWindow.STEP_NANOS, HitWindow.STEP_NANOS, TimeUnit.NANOSECONDS);
    }

    private RouteTable table(
            PersistenceConfig config,
            RipTide riptide,
            Fetcher fetcher,
            ControlStore control,
            Components components,
            Problems problems,
            LatencyBoard latencies,
            TenantFigures figures) {
        List<Route> routes = new ArrayList<>();
        byte[][] description = new byte[1][];
        routes.addAll(new OpenRoutes(() -> description[0], () -> accepting, components).routes());
        Time time = riptide.time();
        Idempotency idempotency = new Idempotency(control, time);
        routes.addAll(new CacheRoutes(config.cache(), time, problems).routes());
        routes.addAll(new RemovalRoutes(riptide.door(), riptide.cache()).routes());
        routes.addAll(new ExplainRoutes(riptide.door(), riptide.cache(), time).routes());
        AuditTrail trail = new AuditTrail(riptide.audit(), riptide.door());
        routes.addAll(new BatchRoutes(config.cache(), time, trail).routes());
        routes.addAll(new FigureRoutes(riptide, latencies).routes());
        routes.addAll(new BillingRoutes(riptide.billing()).routes());
        routes.addAll(new MetricRoutes(figures, config.observability().metricsPublic()).routes());
        routes.addAll(new TenantRoutes(riptide.tenants(), idempotency).routes());
        routes.addAll(new PolicyRoutes(riptide.tenants()).routes());
        routes.addAll(new KeyRoutes(riptide.tenants(), idempotency).routes());
        routes.addAll(new AuditRoutes(riptide.audit()).routes());
        routes.addAll(new FetchRoutes(fetcher).routes());
        RouteTable table = new RouteTable(routes);
        description[0] = OpenApi.print(table, VERSION);
        return table;
    }

    /** What it answers. */
    RouteTable table() {
        return table;
    }

    /** All that is connected. */
    Connections connections() {
        return connections;
    }

    /** Listens; throws {@code IllegalStateException} where the address is taken. */
    void start() {
        try {
            web.start();
        } catch (RuntimeException e) {
            watch.shutdownNow();
            health.shutdownNow();
            throw new IllegalStateException("cannot listen: " + rootMessage(e), e);
        }
        // Helidon logs what keeps it from listening and returns.
        if (!web.isRunning()) {
            watch.shutdownNow();
            health.shutdownNow();
            throw new IllegalStateException("cannot listen on " + address + " (expected: a free port of this machine)");
        }
        accepting = true;
    }

    int port() {
        return web.port();
    }

    /** Not ready from now on; then no new connections, what runs is finished within the configured time. Idempotent. */
    void stop() {
        accepting = false;
        web.stop();
        watch.shutdownNow();
        health.shutdownNow();
    }

    /** What a body may have at most, whatever the route: a bound on what one chunk can make this process hold. */
    private static long maxPayload(PersistenceConfig config) {
        return Math.max(Limits.BATCH_BODY_BYTES, config.cache().maxEntryBytes()) + (long) Limits.ADMIN_BODY_BYTES;
    }

    private static InetAddress address(String host) {
        try {
            return InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("server.host: " + host + " (expected: an address of this machine)", e);
        }
    }

    private static String rootMessage(Throwable e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage());
    }
}
