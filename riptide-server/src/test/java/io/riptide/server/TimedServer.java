package io.riptide.server;

import io.riptide.RipTide;
import io.riptide.config.ConfigLoader;
import io.riptide.config.ConfigOutcome;
import io.riptide.config.PersistenceConfig;
import io.riptide.spi.UsageStore;
import io.riptide.testkit.ManualTime;
import io.riptide.web.Fetcher;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A server over real stores whose time is the test's: months pass in an instant, and a round of housekeeping is made
 * when the test says so. The same folder may be opened again.
 */
public final class TimedServer implements TestServer, AutoCloseable {
    private final ManualTime time;
    private final Stores stores;
    private final RipTide riptide;
    private final ExecutorService fetches = Executors.newVirtualThreadPerTaskExecutor();
    private final Fetcher fetcher;
    private final HttpServer http;

    public TimedServer(Path data, ManualTime time, String... settings) {
        this.time = time;
        List<String> all = new ArrayList<>(List.of(settings));
        all.add("server.port=0");
        PersistenceConfig config = switch (new ConfigLoader(Map.of()).load(List.of(), all)) {
            case ConfigOutcome.Valid valid -> valid.config();
            case ConfigOutcome.Invalid invalid -> throw new AssertionError(invalid.toString());
        };
        stores = Stores.open(config, data);
        riptide = RipTide.withTime(config, stores.backing(), stores.keyring(), time, ADMIN_KEY);
        fetcher = new Fetcher(config, () -> Instant.ofEpochMilli(time.wallMillis()), fetches);
        http = new HttpServer(config, riptide, fetcher, stores.backing().control(), Map.of());
        http.start();
    }

    public static ManualTime at(String instant) {
        return new ManualTime(Instant.parse(instant).toEpochMilli());
    }

    /** Moves on to that instant; nothing is done meanwhile. */
    public void until(String instant) {
        time.advance(Duration.ofMillis(Instant.parse(instant).toEpochMilli() - time.wallMillis()));
    }

    /** A round of housekeeping. */
    public void tick() {
        riptide.tick();
    }

    /** Permits that a tenant has left. */
    long permits(String tenant) {
        return riptide.door().grant(tenant).allowance().probe().remaining();
    }

    /** Where usage is kept, for what another process would keep there. */
    UsageStore usage() {
        return stores.backing().usage();
    }

    @Override
    public int port() {
        return http.port();
    }

    @Override
    public void close() {
        http.stop();
        fetcher.close();
        fetches.shutdown();
        riptide.close();
        stores.close();
    }
}
