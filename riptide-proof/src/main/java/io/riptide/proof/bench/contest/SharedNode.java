package io.riptide.proof.bench.contest;

import io.riptide.RipTide;
import io.riptide.cache.TenantCache;
import io.riptide.config.PersistenceConfig;
import io.riptide.problem.RipTideException;
import io.riptide.spi.Backing;
import io.riptide.spi.InvalidationFeed;
import io.riptide.spi.LoadLeases;
import io.riptide.spi.PermitLeases;
import io.riptide.spi.Time;
import io.riptide.store.jdbc.SqlControlStore;
import io.riptide.store.jdbc.SqlUsageStore;
import io.riptide.store.redis.RedisBacking;
import io.riptide.tenant.TenantManager.NewTenant;
import io.riptide.tenant.TenantManager.QuotaPatch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * RipTide embedded whole, as one of several nodes over a Redis; tenants are its own, in a directory that goes with it,
 * and those of one name are one tenant to Redis. Their quotas are met by nobody but for memory.
 */
public final class SharedNode implements AutoCloseable {
    private static final long PLENTY = 1L << 40;
    private static final long OPERATIONS = 1_000_000_000;

    private final RipTide riptide;
    private final ExecutorService lanes;
    private final ScheduledExecutorService timer;
    private final Path directory;

    private SharedNode(RipTide riptide, ExecutorService lanes, ScheduledExecutorService timer, Path directory) {
        this.riptide = riptide;
        this.lanes = lanes;
        this.timer = timer;
        this.directory = directory;
    }

    /** What of being one of several nodes it takes part in. */
    public enum Sharing {
        /** The store alone: what others write is not heard of, and permits are its own. */
        STORE,
        /** The feed too. */
        FEED,
        /** All of it, as the server does. */
        ALL
    }

    /** Connects to a Redis and runs as the server does. */
    public static SharedNode open(String url, int poolSize, Sharing sharing) {
        return open(url, poolSize, sharing, null);
    }

    /** The same where nothing runs by itself but the feed, and all else when {@link RipTide#tick} is called. */
    public static SharedNode still(String url, Time time) {
        return open(url, 1, Sharing.ALL, time);
    }

    private static SharedNode open(String url, int poolSize, Sharing sharing, @Nullable Time time) {
        PersistenceConfig config = PersistenceConfig.load(
                List.of(),
                Map.of(
                        "RIPTIDE_PERSISTENCE__REDIS__URL",
                        url,
                        "RIPTIDE_PERSISTENCE__REDIS__POOL_SIZE",
                        String.valueOf(poolSize),
                        "RIPTIDE_PERSISTENCE__REDIS__COMMAND_TIMEOUT_MS",
                        "10000",
                        "RIPTIDE_PERSISTENCE__CACHE__MAX_MEMORY_BYTES",
                        String.valueOf(1L << 29)));
        ExecutorService lanes = Executors.newCachedThreadPool(
                Thread.ofPlatform().name("bench-control-", 0).daemon().factory());
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name("bench-feed").daemon().factory());
        try {
            Path directory = Files.createTempDirectory("riptide-bench");
            RedisBacking redis = RedisBacking.open(config.redis(), timer, System::nanoTime, new SecureRandom());
            Backing backing = new Backing(
                    redis.entries(),
                    SqlControlStore.sqlite(directory.resolve("control.db"), lanes),
                    sharing == Sharing.STORE ? InvalidationFeed.none() : redis.feed(),
                    sharing == Sharing.ALL ? redis.permits() : PermitLeases.none(),
                    sharing == Sharing.ALL ? redis.loads() : LoadLeases.none(),
                    SqlUsageStore.sqlite(directory.resolve("usage.db"), lanes));
            RipTide riptide =
                    time == null ? RipTide.open(config, backing, null) : RipTide.withTime(config, backing, time, null);
            return new SharedNode(riptide, lanes, timer, directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * A new tenant's cache.
     *
     * @throws RipTideException where the node has a tenant of that id
     */
    public TenantCache tenant(String id, long memoryBytes) {
        QuotaPatch quotas = new QuotaPatch(memoryBytes, OPERATIONS, PLENTY, null);
        String apiKey = riptide.tenants()
                .create(new NewTenant(id, id, "O", "o@example.com", "free", quotas, null))
                .key()
                .apiKey();
        return riptide.door().tenant(apiKey, null).cache();
    }

    /** The engine. */
    public RipTide riptide() {
        return riptide;
    }

    @Override
    public void close() {
        riptide.close();
        timer.shutdownNow();
        lanes.close();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
