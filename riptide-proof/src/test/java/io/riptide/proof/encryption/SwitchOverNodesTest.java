package io.riptide.proof.encryption;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.riptide.RipTide;
import io.riptide.cache.Lookup;
import io.riptide.cache.Namespace;
import io.riptide.cache.PutOptions;
import io.riptide.config.RedisConfig;
import io.riptide.door.TenantCaller;
import io.riptide.entry.AesGcm;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import io.riptide.spi.Backing;
import io.riptide.spi.Removal;
import io.riptide.spi.UsageStore;
import io.riptide.store.jdbc.SqlControlStore;
import io.riptide.store.redis.RedisBacking;
import io.riptide.tenant.Keyring;
import io.riptide.tenant.MasterKey;
import io.riptide.tenant.TenantManager.NewTenant;
import io.riptide.tenant.TenantManager.QuotaPatch;
import io.riptide.tenant.TenantManager.TenantPatch;
import io.riptide.testkit.Await;
import io.riptide.testkit.FaultProxy;
import io.riptide.testkit.PostgresServer;
import io.riptide.testkit.RedisServer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two nodes over one real PostgreSQL and one real Redis, while a tenant's encryption is switched on and off. */
class SwitchOverNodesTest {
    private static final String MASTER = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    private static final Duration SOON = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String SECRET = "the-secret-word";
    private static final PutOptions OPTIONS =
            PutOptions.ttl(Duration.ofHours(1)).contentType("text/" + SECRET).tags(SECRET);

    private static PostgresServer postgres;
    private static RedisServer redis;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private FaultProxy wire;
    private RipTide one;
    private RipTide two;
    private TenantCaller here;
    private TenantCaller there;

    @BeforeAll
    static void startServers() {
        postgres = PostgresServer.start();
        redis = RedisServer.start();
    }

    @AfterAll
    static void stopServers() {
        redis.close();
        postgres.close();
    }

    @BeforeEach
    void open() {
        postgres.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
        assertThat(redis.command("FLUSHALL")).isEqualTo("OK");
        wire = FaultProxy.before("127.0.0.1", redis.port());
        one = node();
        two = node();
        String apiKey = one.tenants()
                .create(new NewTenant(
                        "acme",
                        "T",
                        "O",
                        "o@example.com",
                        "free",
                        new QuotaPatch(null, 100_000_000L, null, null),
                        null))
                .key()
                .apiKey();
        here = one.door().tenant(apiKey, null);
        there = two.door().tenant(apiKey, null);
    }

    @AfterEach
    void close() {
        wire.heal();
        one.close();
        two.close();
        wire.close();
        threads.close();
        timer.shutdownNow();
    }

    private RipTide node() {
        SqlControlStore control = SqlControlStore.postgres(postgres.url(), threads);
        AesGcm gcm = new AesGcm(new SecureRandom());
        Keyring keyring = Keyring.open(
                control.keyring(), new MasterKey(MASTER, gcm), gcm, new SecureRandom(), System::currentTimeMillis);
        RedisConfig config =
                new RedisConfig("redis://127.0.0.1:" + wire.port(), RedisConfig.Mode.STANDALONE, 2, 1_000, "");
        RedisBacking backing = RedisBacking.open(config, timer, System::nanoTime, new SecureRandom(), keyring);
        return RipTide.open(
                Tampering.CONFIG,
                new Backing(
                        backing.entries(),
                        control,
                        backing.feed(),
                        backing.permits(),
                        backing.loads(),
                        UsageStore.inMemory()),
                keyring,
                null);
    }

    private void encrypt(boolean on) {
        var unused = one.tenants()
                .update("acme", new TenantPatch(null, null, null, null, QuotaPatch.NONE, null, null, on), null);
    }

    private static void put(TenantCaller caller, String key) {
        var unused = caller.cache()
                .namespace("n")
                .put(key, (SECRET + " of " + key).getBytes(StandardCharsets.UTF_8), OPTIONS);
    }

    private static String read(TenantCaller caller, String key) {
        return caller.cache().namespace("n").get(key) instanceof Lookup.Hit hit
                ? new String(hit.entry().toByteArray(), StandardCharsets.UTF_8)
                : "";
    }

    /** How many of the tenant's values lie in Redis that hold the word in clear, in their heads or bodies. */
    private static long inClear() {
        RedisClient client = RedisClient.create(redis.url());
        try (StatefulRedisConnection<byte[], byte[]> connection = client.connect(ByteArrayCodec.INSTANCE)) {
            long found = 0;
            for (byte[] key : connection.sync().keys("riptide:tenant:*")) {
                byte[] value = connection.sync().get(key);
                found += value != null && new String(value, StandardCharsets.ISO_8859_1).contains(SECRET) ? 1 : 0;
            }
            return found;
        } finally {
            client.shutdown();
        }
    }

    /** Writes at one node until it is told to stop. */
    private Future<?> writer(TenantCaller caller, String prefix, AtomicLong written, AtomicBoolean stop) {
        return threads.submit(() -> {
            while (!stop.get()) {
                put(caller, prefix + written.incrementAndGet() % 300);
            }
        });
    }

    private static void awaitMore(AtomicLong written) {
        long before = written.get();
        Await.until(PATIENCE, "more writes", () -> written.get() >= before + 100);
    }

    @Test
    void bothNodesSwitchWithinASecondUnderWritesAndNothingInClearIsLeft() throws Exception {
        for (int i = 0; i < 50; i++) {
            put(here, "before" + i);
            assertThat(read(there, "before" + i)).isNotEmpty();
        }
        assertThat(inClear()).isEqualTo(50);
        AtomicBoolean stop = new AtomicBoolean();
        AtomicLong first = new AtomicLong();
        AtomicLong second = new AtomicLong();
        List<Future<?>> writers = new ArrayList<>();
        writers.add(writer(here, "one", first, stop));
        writers.add(writer(there, "two", second, stop));
        awaitMore(first);
        awaitMore(second);

        encrypt(true);
        assertThat(here.grant().cipher().encrypts()).isTrue();
        Await.until(SOON, "the other node", () -> there.grant().cipher().encrypts());
        awaitMore(first);
        awaitMore(second);
        stop.set(true);
        for (Future<?> one : writers) {
            Object unused = one.get();
        }

        for (TenantCaller caller : List.of(here, there)) {
            for (int i = 0; i < 50; i++) {
                assertThat(read(caller, "before" + i)).isEmpty();
            }
        }
        Await.until(PATIENCE, "what was removed to be worked off", () -> inClear() == 0);
        put(here, "k");
        assertThat(read(there, "k")).isEqualTo(SECRET + " of k");
        put(there, "k2");
        assertThat(read(here, "k2")).isEqualTo(SECRET + " of k2");
        assertThat(inClear()).isZero();

        encrypt(false);
        Await.until(SOON, "the other node", () -> !there.grant().cipher().encrypts());
        assertThat(read(here, "k") + read(there, "k2")).isEmpty();
        put(there, "k");
        assertThat(read(here, "k")).isEqualTo(SECRET + " of k");
        assertThat(inClear()).isEqualTo(1);
    }

    @Test
    void whereRedisIsAwayWhatWasThereIsReadByNobodyAndGoesWhenItIsBack() {
        for (int i = 0; i < 50; i++) {
            put(here, "k" + i);
            assertThat(read(there, "k" + i)).isNotEmpty();
        }
        wire.refuse();
        wire.reset();
        assertThatThrownBy(() -> encrypt(true))
                .isInstanceOfSatisfying(
                        RipTideException.class,
                        e -> assertThat(e.problem().code()).isEqualTo(ProblemCode.STORE_UNAVAILABLE));
        assertThat(one.tenants().tenant("acme").encryptionEnabled()).isTrue();
        assertThat(here.grant().cipher().encrypts()).isTrue();
        Await.until(PATIENCE, "the other node", () -> there.grant().cipher().encrypts());
        wire.heal();

        for (TenantCaller caller : List.of(here, there)) {
            Namespace namespace = caller.cache().namespace("n");
            Await.until(PATIENCE, "Redis to be back", () -> answers(namespace));
            for (int i = 0; i < 50; i++) {
                assertThat(read(caller, "k" + i)).isEmpty();
                assertThat(namespace.explain("k" + i).head()).isNull();
            }
            assertThat(namespace.list(100, null).heads()).isEmpty();
            assertThat(caller.cache().removeTagged(SECRET, Removal.Mode.REMOVE).entries())
                    .isZero();
        }
        Await.until(PATIENCE, "the entries in clear to go", () -> inClear() == 0);
        Await.until(PATIENCE, "an entry that stays", () -> {
            put(there, "k1");
            return read(here, "k1").equals(SECRET + " of k1");
        });
        assertThat(inClear()).isZero();
    }

    private static boolean answers(Namespace namespace) {
        try {
            return namespace.get("nothing") instanceof Lookup.Miss;
        } catch (RipTideException e) {
            return false;
        }
    }
}
