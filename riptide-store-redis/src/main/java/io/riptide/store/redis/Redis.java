package io.riptide.store.redis;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.MaintNotificationsConfig;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SslOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.models.role.RedisInstance;
import io.lettuce.core.protocol.AsyncCommand;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.protocol.ProtocolKeyword;
import io.lettuce.core.protocol.RedisCommand;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import io.lettuce.core.resource.NettyCustomizer;
import io.netty.channel.Channel;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.riptide.config.RedisConfig;
import io.riptide.entry.Ciphers;
import io.riptide.problem.Problem;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import io.riptide.spi.StoreCalls;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connections to one Redis: a server, one that sentinels watch, or a cluster. {@code pool_size} of them to each master,
 * shared by all callers: commands of many are on the way at once, and are answered in their order. A tenant's commands
 * take one connection to each master, so that they are done in the order in which this process sent them.
 *
 * <p>One more to each waits for replicas. Bounds: {@value #QUEUE} commands under way on a connection, {@code
 * command_timeout_ms} for a caller. Commands are refused at once while their connection is down; it is made again after
 * 10 ms to 1 s. One that is silent for 2 to 4 s after something was sent (or for {@code command_timeout_ms} where that
 * is longer, to twice that) is closed. What is known not to have been done is tried again a little later, within the
 * caller's time. Threads: any.
 */
public final class Redis implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Redis.class);
    private static final int QUEUE = 20_000;
    /** Commands of many callers that come together are sent with one system call, so many at most. */
    private static final int FLUSHED = 64;

    private static final int MIN_MAJOR = 7;
    private static final Duration CONNECTING = Duration.ofSeconds(2);
    private static final Duration TOPOLOGY = Duration.ofSeconds(10);
    private static final int CLOSING_SECONDS = 2;
    private static final long SILENT_MILLIS = 2_000;

    private final ClientResources resources;
    private final AbstractRedisClient client;
    private final RedisClient feedClient;
    private final List<RedisURI> addresses;
    private final List<StatefulConnection<byte[], byte[]>> lanes = new ArrayList<>();
    private final RedisConfig config;
    private final LongSupplier nanos;
    private final Breaker breaker;
    private final Retries retries = new Retries();
    private final LongAdder retried = new LongAdder();
    private @Nullable Replicas replicas;
    private volatile String lastFailure = "";
    /** Longer while it is opened: a process that has just begun is slow itself. */
    private volatile long patienceMillis;

    private final Ciphers ciphers;

    private Redis(RedisConfig config, LongSupplier nanos, Ciphers ciphers) {
        this.ciphers = ciphers;
        this.config = config;
        this.nanos = nanos;
        this.breaker = new Breaker(nanos);
        this.patienceMillis = Math.max(CONNECTING.toMillis(), config.commandTimeoutMillis());
        this.addresses = Addresses.of(config);
        addresses.forEach(uri -> uri.setTimeout(CONNECTING));
        long silence = Math.max(SILENT_MILLIS, config.commandTimeoutMillis());
        this.resources = ClientResources.builder()
                .reconnectDelay(
                        Delay.fullJitter(Duration.ofMillis(10), Duration.ofSeconds(1), 10, TimeUnit.MILLISECONDS))
                .nettyCustomizer(new NettyCustomizer() {
                    @Override
                    public void afterChannelInitialized(Channel channel) {
                        channel.pipeline().addFirst(new Silence(silence), new FlushConsolidationHandler(FLUSHED, true));
                    }
                })
                .build();
        ClientOptions options = options(ClientOptions.builder()).build();
        this.feedClient = RedisClient.create(resources);
        feedClient.setOptions(options.mutate().autoReconnect(false).build());
        if (config.mode() == RedisConfig.Mode.CLUSTER) {
            RedisClusterClient cluster = RedisClusterClient.create(resources, addresses);
            ClusterClientOptions.Builder own = ClusterClientOptions.builder();
            options(own);
            // Connections to nodes are made with the first command for them, which therefore waits.
            own.disconnectedBehavior(ClientOptions.DisconnectedBehavior.DEFAULT);
            // What waits there for a node that died would wait for good.
            long longest = Math.max(CONNECTING.toMillis(), config.commandTimeoutMillis());
            own.timeoutOptions(TimeoutOptions.enabled(Duration.ofMillis(longest)));
            cluster.setOptions(own.topologyRefreshOptions(ClusterTopologyRefreshOptions.builder()
                            .adaptiveRefreshTriggersTimeout(Duration.ofSeconds(1))
                            .enablePeriodicRefresh(TOPOLOGY)
                            .build())
                    .build());
            this.client = cluster;
        } else {
            RedisClient plain = RedisClient.create(resources, addresses.getFirst());
            plain.setOptions(options);
            this.client = plain;
        }
    }

    private ClientOptions.Builder options(ClientOptions.Builder builder) {
        SocketOptions socket = SocketOptions.builder()
                .connectTimeout(CONNECTING)
                .keepAlive(SocketOptions.KeepAliveOptions.builder()
                        .enable()
                        .idle(Duration.ofSeconds(5))
                        .interval(Duration.ofSeconds(2))
                        .count(3)
                        .build())
                .build();
        builder.socketOptions(socket)
                .maintNotificationsConfig(MaintNotificationsConfig.disabled())
                .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .replayFilter(Redis::unrepeatable)
                // Who waits has a bound of their own, and silent connections are closed: no timer for each command.
                .timeoutOptions(TimeoutOptions.builder().timeoutCommands(false).build())
                .requestQueueSize(QUEUE);
        if (!config.caCertificate().isEmpty()) {
            builder.sslOptions(SslOptions.builder()
                    .jdkSslProvider()
                    .trustManager(new File(config.caCertificate()))
                    .build());
        }
        return builder;
    }

    /**
     * Whether a command whose connection ended before its answer came is to be given up. Others are sent again once
     * there is another connection; a script may have been run.
     */
    private static boolean unrepeatable(RedisCommand<?, ?, ?> command) {
        ProtocolKeyword type = command.getType();
        boolean script = type == CommandType.EVALSHA || type == CommandType.EVAL;
        if (script) {
            command.cancel();
        }
        return script;
    }

    /**
     * Connects.
     *
     * @param nanos monotonic time
     * @throws RipTideException {@code store-unavailable} where there is no Redis that lets this user in, or one before
     *     7.0; {@code config-invalid} where the address does not go with the mode
     */
    public static Redis open(RedisConfig config, LongSupplier nanos) {
        return open(config, nanos, Ciphers.NONE);
    }

    /** The same with tenants that are encrypted. */
    static Redis open(RedisConfig config, LongSupplier nanos, Ciphers ciphers) {
        Redis redis = new Redis(config, nanos, ciphers);
        try {
            for (int i = 0; i < config.poolSize(); i++) {
                redis.lanes.add(redis.connect());
            }
            redis.replicas = new Replicas(redis, redis.connect());
            redis.requireVersion();
            redis.loadScripts();
            redis.patienceMillis = config.commandTimeoutMillis();
            return redis;
        } catch (RedisException | RipTideException e) {
            redis.close();
            throw Failures.start(e);
        }
    }

    /** How tenants' bytes are written. */
    Ciphers ciphers() {
        return ciphers;
    }

    private StatefulConnection<byte[], byte[]> connect() {
        return client instanceof RedisClusterClient cluster
                ? cluster.connect(ByteArrayCodec.INSTANCE)
                : ((RedisClient) client).connect(ByteArrayCodec.INSTANCE);
    }

    private void requireVersion() {
        String info = info("server");
        String version = field(info, "redis_version", "0");
        if (Integer.parseInt(version.split("\\.", 2)[0]) < MIN_MAJOR) {
            throw Problem.of(
                            ProblemCode.STORE_UNAVAILABLE,
                            "that is Redis " + version + " (expected: " + MIN_MAJOR + ".0 or later)")
                    .asException();
        }
    }

    /** A server that does not know a script is given it with the call; so late is only one that comes anew. */
    private void loadScripts() {
        StatefulConnection<byte[], byte[]> lane = lanes.getFirst();
        for (Script script : Scripts.ALL) {
            var loaded = lane instanceof StatefulRedisClusterConnection<byte[], byte[]> cluster
                    ? cluster.async().scriptLoad(script.text())
                    : ((StatefulRedisConnection<byte[], byte[]>) lane).async().scriptLoad(script.text());
            await(loaded.toCompletableFuture(), List.of());
        }
    }

    /** Sections of what a server says of itself; of a cluster, one of them. */
    String info(String... sections) {
        Call<byte[]> info = Call.info(sections);
        run("", List.of(info));
        byte[] answer = info.orNull();
        return answer == null ? "" : new String(answer, StandardCharsets.UTF_8);
    }

    /** Sends a command that may fail, which then says nothing of how Redis does; waits for what becomes of it. */
    void ask(Call<?> call) {
        await(send("", List.of(call)), List.of(call));
    }

    static String field(String info, String name, String otherwise) {
        return info.lines()
                .filter(line -> line.startsWith(name + ":"))
                .map(line -> line.substring(name.length() + 1).strip())
                .findFirst()
                .orElse(otherwise);
    }

    /** Whether the last failure has not been followed by a success that {@link #takesCalls} told. */
    boolean refusing() {
        return !lastFailure.isEmpty();
    }

    void takesCalls() {
        lastFailure = "";
    }

    boolean cluster() {
        return config.mode() == RedisConfig.Mode.CLUSTER;
    }

    /** A new one, of which nothing was told. */
    ServerClock clock() {
        return new ServerClock(nanos);
    }

    long timeoutMillis() {
        return config.commandTimeoutMillis();
    }

    private StatefulConnection<byte[], byte[]> lane(String tenantId) {
        return lanes.get(Math.floorMod(tenantId.hashCode(), lanes.size()));
    }

    /**
     * Sends commands together on a tenant's connections, in their order for each master, and waits for all answers.
     * Throws {@code store-unavailable} where one is missing or is an error; the others may have been done.
     */
    void run(String tenantId, List<? extends Call<?>> calls) {
        run(new Attempts(tenantId, () -> send(tenantId, calls), calls));
    }

    /** The same, each sent as soon as it is made, while those before it are on their way. */
    <T> List<Call<T>> runEach(String tenantId, Stream<Call<T>> calls) {
        List<Call<T>> made = new ArrayList<>();
        Supplier<CompletableFuture<?>> sending = () -> CompletableFuture.allOf(calls.map(call -> {
                    made.add(call);
                    return send(tenantId, List.of(call));
                })
                .toArray(CompletableFuture[]::new));
        run(new Attempts(tenantId, sending, made));
        return made;
    }

    private void run(Attempts attempts) {
        breaker.enter();
        long begun = nanos.getAsLong();
        try {
            retries.run(attempts);
            breaker.succeeded(begun);
        } catch (Retries.NotDone e) {
            breaker.failed(begun, e);
            throw unavailable(e.failure());
        } catch (RipTideException e) {
            breaker.failed(begun, e);
            throw e;
        }
    }

    /** Monotonic time. */
    long nanos() {
        return nanos.getAsLong();
    }

    /** How it goes. */
    StoreCalls figures() {
        return breaker.figures(retried.sum());
    }

    /** Sends what is left of a caller's commands, each time it is run. */
    private final class Attempts implements Runnable {
        private final String tenantId;
        private final long begun = nanos.getAsLong();
        private Supplier<CompletableFuture<?>> sending;
        private List<? extends Call<?>> left;
        private boolean again;

        /** The first time they are sent in a way of their own. */
        Attempts(String tenantId, Supplier<CompletableFuture<?>> sending, List<? extends Call<?>> calls) {
            this.tenantId = tenantId;
            this.sending = sending;
            this.left = calls;
        }

        @Override
        public void run() {
            if (again) {
                retried.increment();
            }
            again = true;
            CompletableFuture<?> all = sending.get();
            await(all, left, leftMillis());
            List<Call<?>> unknown = new ArrayList<>();
            for (Call<?> call : left) {
                if (call.again()) {
                    unknown.add(call);
                }
            }
            if (!unknown.isEmpty()) {
                await(send(tenantId, unknown), unknown, leftMillis());
            }
            Throwable notDone = null;
            List<Call<?>> undone = new ArrayList<>();
            for (Call<?> call : left) {
                Throwable failure = call.failure();
                if (failure != null && Failures.withoutEffect(call, failure)) {
                    notDone = failure;
                    undone.add(call);
                } else if (failure != null) {
                    throw unavailable(failure);
                }
            }
            if (notDone != null) {
                undone.forEach(Call::renew);
                left = undone;
                sending = () -> send(tenantId, undone);
                throw new Retries.NotDone(notDone, leftMillis() > patienceMillis / 2);
            }
        }

        private long leftMillis() {
            long gone = TimeUnit.NANOSECONDS.toMillis(nanos.getAsLong() - begun);
            return Math.max(1, patienceMillis - gone);
        }
    }

    /** Sends commands and does not wait; what becomes of them shows in the future, which never fails. */
    CompletableFuture<?> send(String tenantId, List<? extends Call<?>> calls) {
        StatefulConnection<byte[], byte[]> lane = lane(tenantId);
        try {
            if (calls.size() == 1) {
                AsyncCommand<byte[], byte[], ?> only = calls.getFirst().command();
                dispatch(lane, only);
                return only.handle((answer, failure) -> answer);
            }
            List<RedisCommand<byte[], byte[], ?>> commands = new ArrayList<>(calls.size());
            CompletableFuture<?>[] futures = new CompletableFuture<?>[calls.size()];
            for (Call<?> call : calls) {
                futures[commands.size()] = call.command();
                commands.add(call.command());
            }
            var unused = lane.dispatch(commands);
            return CompletableFuture.allOf(futures).handle((answer, failure) -> true);
        } catch (RedisException e) {
            throw unavailable(e);
        }
    }

    private static <T> void dispatch(StatefulConnection<byte[], byte[]> lane, AsyncCommand<byte[], byte[], T> command) {
        var unused = lane.dispatch(command);
    }

    private void await(CompletableFuture<?> all, List<? extends Call<?>> calls) {
        await(all, calls, patienceMillis);
    }

    private void await(CompletableFuture<?> all, List<? extends Call<?>> calls, long millis) {
        try {
            var unused = all.get(millis, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            // What was not sent yet is not to be sent once nobody waits for it.
            calls.forEach(call -> call.command().cancel(true));
            throw Problem.of(ProblemCode.STORE_UNAVAILABLE, "Redis did not answer within " + patienceMillis + " ms.")
                    .asException();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Problem.of(ProblemCode.STORE_UNAVAILABLE, "The call was interrupted.")
                    .asException();
        } catch (ExecutionException e) {
            throw unavailable(e);
        }
    }

    /** Logs each kind of failure once until another kind comes: they come in floods. */
    private RipTideException unavailable(Throwable failure) {
        String kind = Failures.kind(failure);
        if (!kind.equals(lastFailure)) {
            lastFailure = kind;
            LOG.warn("Redis does not take calls: {}", kind);
        }
        return Failures.call(failure);
    }

    /** All masters there are. */
    CompletionStage<List<RedisURI>> masters() {
        if (!(client instanceof RedisClusterClient cluster)) {
            return CompletableFuture.completedFuture(addresses);
        }
        return cluster.refreshPartitionsAsync()
                .thenApply(done -> cluster.getPartitions().stream()
                        .filter(node -> node.getRole() == RedisInstance.Role.UPSTREAM && !node.hasNoSlots())
                        .filter(node -> !node.is(RedisClusterNode.NodeFlag.FAIL))
                        .map(node -> RedisURI.builder(addresses.getFirst())
                                .withHost(node.getUri().getHost())
                                .withPort(node.getUri().getPort())
                                .build())
                        .toList());
    }

    /** A connection to one master that is not made again by itself. */
    CompletionStage<StatefulRedisConnection<byte[], byte[]>> connectTo(RedisURI master) {
        return feedClient.connectAsync(ByteArrayCodec.INSTANCE, master);
    }

    /** Waits until all that was sent so far is answered, but not for ever. */
    void drain() {
        for (StatefulConnection<byte[], byte[]> lane : lanes) {
            Call<Long> last = Call.number(CommandType.EXISTS, MetaKeys.probe());
            try {
                dispatch(lane, last.command());
                await(last.command(), List.of(last));
            } catch (RedisException | RipTideException e) {
                LOG.info("What was sent last to Redis may not have been done");
            }
        }
    }

    /** What a command is answered with, waited for as for any other. */
    <T> T answer(CompletionStage<T> command) {
        CompletableFuture<T> answer = command.toCompletableFuture();
        await(answer, List.of());
        return answer.join();
    }

    /** Whether what was written so far is on replicas too; see {@link Replicas#confirm}. */
    boolean replicated() {
        return Objects.requireNonNull(replicas).confirm();
    }

    /** Closes all connections; commands under way fail. Idempotent. */
    @Override
    public void close() {
        for (StatefulConnection<byte[], byte[]> lane : lanes) {
            var unused = lane.closeAsync();
        }
        client.shutdown(0, CLOSING_SECONDS, TimeUnit.SECONDS);
        feedClient.shutdown(0, CLOSING_SECONDS, TimeUnit.SECONDS);
        var unused = resources.shutdown(0, CLOSING_SECONDS, TimeUnit.SECONDS);
    }
}
