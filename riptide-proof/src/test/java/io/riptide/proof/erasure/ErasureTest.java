package io.riptide.proof.erasure;

import static io.riptide.proof.erasure.Traces.GONE;
import static io.riptide.proof.erasure.Traces.PATIENCE;
import static io.riptide.proof.erasure.Traces.STAYS;
import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.RipTide;
import io.riptide.cache.Lookup;
import io.riptide.cache.Namespace;
import io.riptide.config.PersistenceConfig;
import io.riptide.config.RedisConfig;
import io.riptide.entry.AesGcm;
import io.riptide.spi.Backing;
import io.riptide.spi.KeyringStore;
import io.riptide.spi.StoreUsage;
import io.riptide.store.jdbc.SqlControlStore;
import io.riptide.store.jdbc.SqlKeyringStore;
import io.riptide.store.jdbc.SqlUsageStore;
import io.riptide.store.redis.RedisBacking;
import io.riptide.store.rocksdb.RocksDbEntryStore;
import io.riptide.tenant.Keyring;
import io.riptide.tenant.MasterKey;
import io.riptide.testkit.Await;
import io.riptide.testkit.PostgresServer;
import io.riptide.testkit.RedisServer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An erased tenant leaves nothing in the real stores but what the documentation names; others keep all of theirs. */
class ErasureTest {
    private static final PersistenceConfig CONFIG = PersistenceConfig.defaults();
    private static final String MASTER = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    @TempDir
    private Path folder;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

    @AfterEach
    void end() {
        threads.close();
        timer.shutdownNow();
    }

    private record Site(RipTide riptide, Backing backing, AutoCloseable keys) implements AutoCloseable {
        @Override
        public void close() throws Exception {
            riptide.close();
            keys.close();
        }
    }

    private static Keyring keyring(KeyringStore keys) {
        AesGcm gcm = new AesGcm(new SecureRandom());
        return Keyring.open(keys, new MasterKey(MASTER, gcm), gcm, new SecureRandom(), System::currentTimeMillis);
    }

    private Site embedded() {
        SqlKeyringStore keys = SqlKeyringStore.sqlite(folder.resolve("keyring.db"), threads);
        Keyring keyring = keyring(keys);
        Backing backing = Backing.alone(
                RocksDbEntryStore.open(
                        folder.resolve("entries"),
                        CONFIG.rocksdb(),
                        CONFIG.cache().durability(),
                        Runnable::run,
                        keyring),
                SqlControlStore.sqlite(folder.resolve("control.db"), threads),
                SqlUsageStore.sqlite(folder.resolve("usage.db"), threads));
        return new Site(RipTide.open(CONFIG, backing, keyring, null), backing, keys);
    }

    private Map<String, Integer> entries(String id) {
        return Raw.rocksDb(folder.resolve("entries"), id);
    }

    private Map<String, Integer> file(String name, String id) {
        return Raw.sql("jdbc:sqlite:" + folder.resolve(name), id);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void noRowOfTheEmbeddedStoresNamesItAfterwards(boolean encrypted) throws Exception {
        String apiKey;
        StoreUsage kept;
        try (Site site = embedded()) {
            apiKey = Traces.fill(site.riptide(), site.backing(), GONE, encrypted);
            Traces.fill(site.riptide(), site.backing(), STAYS, encrypted);
            kept = Traces.usage(site.backing(), STAYS);
        }
        Map<String, Integer> others = entries(STAYS);
        assertThat(others).containsOnlyKeys("default", "entry", "expiry", "head", "tag", "usage");
        assertThat(entries(GONE)).as("what is to go").isEqualTo(others);
        Map<String, Integer> rows = file("control.db", STAYS);
        assertThat(file("keyring.db", GONE).isEmpty()).isEqualTo(!encrypted);

        try (Site site = embedded()) {
            Traces.erase(site.riptide(), apiKey);
            assertThat(Traces.usage(site.backing(), GONE)).isEqualTo(new StoreUsage(0, 0));
            assertThat(Traces.usage(site.backing(), STAYS)).isEqualTo(kept);
        }
        assertThat(entries(GONE)).isEmpty();
        assertThat(entries(STAYS)).isEqualTo(others);
        assertThat(file("control.db", GONE)).containsOnlyKeys("audit_log", "invoices", "tenant_plans");
        assertThat(file("control.db", STAYS)).isEqualTo(rows);
        assertThat(file("usage.db", GONE)).as("for the last invoice").containsOnlyKeys("tenant_usage");
        assertThat(file("keyring.db", GONE)).isEmpty();

        try (Site site = embedded()) {
            Traces.beginsEmpty(apiKey, site.backing(), encrypted, site.riptide());
        }
    }

    private Site node(RedisServer redis, PostgresServer postgres) {
        SqlControlStore control = SqlControlStore.postgres(postgres.url(), threads);
        Keyring keyring = keyring(control.keyring());
        RedisConfig config = new RedisConfig(redis.url(), RedisConfig.Mode.STANDALONE, 2, 10_000, "");
        RedisBacking shared = RedisBacking.open(config, timer, System::nanoTime, new SecureRandom(), keyring);
        Backing backing = new Backing(
                shared.entries(), control, shared.feed(), shared.permits(), shared.loads(), control.usage());
        return new Site(RipTide.open(CONFIG, backing, keyring, null), backing, () -> {});
    }

    /** Keys of Redis that have the id in their name. */
    private static List<String> keys(RedisServer redis, String id) {
        return Arrays.stream(redis.command("KEYS", "*").split("\n"))
                .filter(key -> key.contains(id))
                .sorted()
                .toList();
    }

    private static boolean isListed(RedisServer redis, String id) {
        return (redis.command("SMEMBERS", "riptide:meta:tenants") + "\n"
                        + redis.command("SMEMBERS", "riptide:meta:pending"))
                .contains(id);
    }

    @Test
    void inRedisTheMarkOfItsRemovalIsLeftAndOnNoNodeAnEntry() throws Exception {
        try (RedisServer redis = RedisServer.start();
                PostgresServer postgres = PostgresServer.start();
                Site one = node(redis, postgres);
                Site two = node(redis, postgres)) {
            String apiKey = Traces.fill(one.riptide(), one.backing(), GONE, true);
            Traces.fill(one.riptide(), one.backing(), STAYS, true);
            Namespace there = two.riptide().door().tenant(apiKey, null).cache().namespace("a");
            assertThat(there.get("k1")).isInstanceOf(Lookup.Hit.class);
            assertThat(there.get("k1")).as("now in its memory").isInstanceOf(Lookup.Hit.class);
            List<String> others = entries(redis, STAYS);
            StoreUsage kept = Traces.usage(one.backing(), STAYS);
            Await.until(
                    PATIENCE,
                    "its permits",
                    () -> keys(redis, GONE).stream().anyMatch(key -> key.contains(":permits:")));
            assertThat(keys(redis, GONE)).hasSizeGreaterThan(60);

            Traces.erase(one.riptide(), apiKey);
            Traces.isEnded(there);
            String mark = "riptide:meta:removals:{" + GONE + "}";
            Await.until(PATIENCE, "the removal to be worked off", () -> !isListed(redis, GONE));
            // The node that worked it off holds the job's lease a moment longer than the tenant is listed.
            Await.until(
                    PATIENCE,
                    "nothing of it but the mark of its removal",
                    () -> keys(redis, GONE).equals(List.of(mark)));
            assertThat(Long.parseLong(redis.command("TTL", mark)))
                    .isBetween(
                            Duration.ofDays(364).toSeconds(),
                            Duration.ofDays(366).toSeconds());
            assertThat(entries(redis, STAYS)).isEqualTo(others);
            assertThat(Traces.usage(one.backing(), STAYS)).isEqualTo(kept);
            assertThat(Raw.sql(postgres.url(), GONE).keySet())
                    .isEqualTo(Set.of("audit_log", "control_changes", "invoices", "tenant_plans", "tenant_usage"));

            Traces.beginsEmpty(apiKey, one.backing(), true, one.riptide(), two.riptide());
            Traces.isEnded(there);
        }
    }

    /** Without what has a time to live of seconds or minutes. */
    private static List<String> entries(RedisServer redis, String id) {
        return keys(redis, id).stream()
                .filter(key -> !key.contains(":permits:") && !key.contains(":job:") && !key.contains(":load:"))
                .toList();
    }
}
