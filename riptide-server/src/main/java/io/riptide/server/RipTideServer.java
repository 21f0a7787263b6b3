package io.riptide.server;

import io.riptide.RipTide;
import io.riptide.audit.AuditKeys;
import io.riptide.config.PersistenceConfig;
import io.riptide.config.SecurityConfig;
import io.riptide.spi.ControlStore;
import io.riptide.web.Fetcher;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A running server: stores, managers and HTTP, opened in that order and closed in the reverse one. Owns its data folder
 * while it runs. Safe for use by many threads.
 */
public final class RipTideServer implements AutoCloseable {
    private static final long FEED_LATE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final Stores stores;
    private final RipTide riptide;
    private final ExecutorService fetches;
    private final Fetcher fetcher;
    private final HttpServer http;
    private final @Nullable String firstAdminKey;
    private boolean stopped;

    private RipTideServer(PersistenceConfig config, Path data, Stores stores, @Nullable String adminKey) {
        this.stores = stores;
        AuditKeys auditKeys = AuditKeyFile.open(data, masterKey(config.security()), new SecureRandom());
        this.riptide = RipTide.open(config, stores.backing(), stores.keyring(), adminKey, auditKeys);
        this.fetches = Executors.newVirtualThreadPerTaskExecutor();
        this.fetcher =
                new Fetcher(config, () -> Instant.ofEpochMilli(riptide.time().wallMillis()), fetches);
        this.firstAdminKey = AdminKeyFile.makeFirst(data, riptide.tenants(), adminKey);
        Map<String, Supplier<Health>> parts = new LinkedHashMap<>();
        parts.put("entry_store", this::entryStore);
        parts.put("control_store", this::controlStore);
        if (stores.backing().feed().shared()) {
            parts.put("invalidation_feed", this::invalidationFeed);
            parts.put("permit_leases", this::permitLeases);
        }
        this.http = new HttpServer(config, riptide, fetcher, stores.backing().control(), parts);
    }

    private static byte @Nullable [] masterKey(SecurityConfig security) {
        return security.hasMasterKey() ? Base64.getDecoder().decode(security.masterKey()) : null;
    }

    private Health entryStore() {
        Long refusedSince = riptide.cache().writesRefusedSinceMillis();
        if (!stores.entriesHealthy()) {
            // Every node would say no at once: who routes calls would take away what is still served.
            return stores.backing().feed().shared()
                    ? Health.degraded(
                            null,
                            "Redis does not answer: writes are refused, reads too but for stale ones where allowed.")
                    : Health.UNAVAILABLE;
        }
        return refusedSince == null
                ? Health.ready(stores.backing().entries().durability())
                : Health.degraded(refusedSince, "Writes are refused; reads are answered. The log names the cause.");
    }

    private Health controlStore() {
        ControlStore control = stores.backing().control();
        if (control.healthy()) {
            return Health.READY;
        }
        return control.shared()
                ? Health.degraded(
                        null,
                        "PostgreSQL does not answer: callers that are known are served, nothing can be administered.")
                : Health.UNAVAILABLE;
    }

    private Health invalidationFeed() {
        long age = riptide.cache().coherence().proofAgeNanos();
        return age <= FEED_LATE_NANOS
                ? Health.READY
                : Health.degraded(null, "Changes made elsewhere are not heard of: each entry is read from Redis.");
    }

    private Health permitLeases() {
        long since = riptide.permits().awaySinceMillis();
        return since == 0
                ? Health.READY
                : Health.degraded(since, "Operations a minute are not shared: each node grants its part of the limit.");
    }

    /**
     * Starts a server; when this returns it serves.
     *
     * @param data the folder that it keeps everything in, made where it is not there
     * @param adminKey an admin key from the environment, 24 to 256 printable characters, or null
     * @throws io.riptide.problem.RipTideException {@code conflict} where another process owns the folder, {@code
     *     config-invalid} for a key that is none, {@code store-unavailable} where a store does not open
     * @throws IllegalStateException where the address cannot be listened on
     */
    public static RipTideServer start(PersistenceConfig config, Path data, @Nullable String adminKey) {
        Stores stores = Stores.open(config, data);
        RipTideServer server;
        try {
            server = new RipTideServer(config, data, stores, adminKey);
        } catch (RuntimeException e) {
            stores.backing().close();
            stores.close();
            throw e;
        }
        try {
            server.http.start();
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
        return server;
    }

    HttpServer http() {
        return http;
    }

    /** The port that it listens on. */
    public int port() {
        return http.port();
    }

    /** The admin key that this start made, to be shown once; null where there was one. */
    public @Nullable String firstAdminKey() {
        return firstAdminKey;
    }

    /**
     * Stops: not ready, no new connections, what runs is finished within {@code shutdown_timeout_seconds}, then the
     * stores are closed. Idempotent.
     */
    @Override
    public synchronized void close() {
        if (stopped) {
            return;
        }
        stopped = true;
        http.stop();
        fetcher.close();
        fetches.shutdown();
        riptide.close();
        stores.close();
    }
}
