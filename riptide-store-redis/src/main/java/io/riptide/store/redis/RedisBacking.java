package io.riptide.store.redis;

import io.lettuce.core.api.StatefulRedisConnection;
import io.riptide.config.RedisConfig;
import io.riptide.entry.Ciphers;
import io.riptide.problem.RipTideException;
import io.riptide.spi.EntryStore;
import io.riptide.spi.InvalidationFeed;
import io.riptide.spi.LoadLeases;
import io.riptide.spi.PermitLeases;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * What nodes share in one Redis.
 *
 * @param entries the second tier; closing it closes the connections that all of this uses, so it comes last
 * @param feed news of what other nodes wrote
 * @param permits tenants' buckets over all nodes
 * @param loads whose turn it is to load a key
 */
public record RedisBacking(EntryStore entries, InvalidationFeed feed, PermitLeases permits, LoadLeases loads) {
    /** Removals that others made are known without asking while the last proof is younger than this. */
    private static final long TOLD_WITHIN_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /**
     * Connects.
     *
     * @param timer for short tasks now and then; closed by its owner after this
     * @param nanos monotonic time, read at the call
     * @param random for names that differ from process to process
     * @throws RipTideException {@code store-unavailable} where there is no Redis that lets this user in, or one before
     *     7.0; {@code config-invalid} where the address does not go with the mode
     */
    public static RedisBacking open(
            RedisConfig config, ScheduledExecutorService timer, LongSupplier nanos, RandomGenerator random) {
        return open(config, timer, nanos, random, Ciphers.NONE);
    }

    /** The same with tenants that are encrypted. */
    public static RedisBacking open(
            RedisConfig config,
            ScheduledExecutorService timer,
            LongSupplier nanos,
            RandomGenerator random,
            Ciphers ciphers) {
        Redis redis = Redis.open(config, nanos, ciphers);
        RemovalBook book = new RemovalBook(redis);
        RedisInvalidationFeed feed = new RedisInvalidationFeed(
                redis::masters,
                redis::connectTo,
                redis.cluster() ? RedisBacking::askCluster : RedisBacking::askServer,
                book,
                timer,
                nanos);
        EntryStore entries = new RedisEntryStore(
                redis, book, () -> nanos.getAsLong() - feed.proof().nanos() <= TOLD_WITHIN_NANOS, random);
        return new RedisBacking(entries, feed, new RedisPermitLeases(redis, random), new RedisLoadLeases(redis));
    }

    /** Fails where the server is not a master: its keys are changed elsewhere. */
    private static CompletionStage<String> askServer(StatefulRedisConnection<byte[], byte[]> connection) {
        return connection.async().role().thenApply(role -> {
            String text = role.getFirst() instanceof byte[] bytes ? new String(bytes, StandardCharsets.US_ASCII) : "";
            if (!text.equals("master")) {
                throw new IllegalStateException("not a master");
            }
            return text;
        });
    }

    /**
     * Fails where the node sees no whole cluster: its slots may be another's. What it answers changes as slots
     * move.
     */
    private static CompletionStage<String> askCluster(StatefulRedisConnection<byte[], byte[]> connection) {
        return connection.async().clusterInfo().thenCompose(info -> {
            if (!Redis.field(info, "cluster_state", "").equals("ok")) {
                return CompletableFuture.failedFuture(new IllegalStateException("no whole cluster"));
            }
            return CompletableFuture.completedFuture(
                    Redis.field(info, "cluster_current_epoch", "") + " " + Redis.field(info, "cluster_size", ""));
        });
    }
}
