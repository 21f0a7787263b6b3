package io.riptide.proof.encryption;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.riptide.RipTide;
import io.riptide.cache.Lookup;
import io.riptide.cache.Namespace;
import io.riptide.cache.PutOptions;
import io.riptide.cache.TenantCache;
import io.riptide.config.ConfigLoader;
import io.riptide.config.ConfigOutcome;
import io.riptide.config.PersistenceConfig;
import io.riptide.config.RedisConfig;
import io.riptide.door.TenantCaller;
import io.riptide.entry.AesGcm;
import io.riptide.entry.Head;
import io.riptide.problem.RipTideException;
import io.riptide.spi.Backing;
import io.riptide.spi.ControlStore;
import io.riptide.spi.KeyringStore;
import io.riptide.spi.Removal;
import io.riptide.spi.UsageStore;
import io.riptide.store.jdbc.SqlControlStore;
import io.riptide.store.redis.RedisBacking;
import io.riptide.store.rocksdb.RocksDbEntryStore;
import io.riptide.tenant.Keyring;
import io.riptide.tenant.MasterKey;
import io.riptide.tenant.TenantManager.Created;
import io.riptide.tenant.TenantManager.NewTenant;
import io.riptide.tenant.TenantManager.QuotaPatch;
import io.riptide.tenant.TenantManager.TenantPatch;
import io.riptide.testkit.Await;
import io.riptide.testkit.RedisServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What lies in the real stores of an encrypted tenant, beside one that is not. */
class EncryptedAtRestTest {
    private static final String MASTER = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final PersistenceConfig CONFIG = config("persistence.cache.enable_compression=false");
    private static final List<String> WORDS = List.of("key", "value", "tag", "type", "removed", "prefix", "stale");

    @TempDir
    private Path folder;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final KeyringStore keys = KeyringStore.inMemory();
    private RocksDbEntryStore entries;
    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : open.reversed()) {
            one.close();
        }
        threads.close();
        timer.shutdownNow();
    }

    private static PersistenceConfig config(String... settings) {
        return ((ConfigOutcome.Valid) new ConfigLoader(Map.of()).load(List.of(), List.of(settings))).config();
    }

    private Keyring keyring(KeyringStore store) {
        AesGcm gcm = new AesGcm(new SecureRandom());
        return Keyring.open(store, new MasterKey(MASTER, gcm), gcm, new SecureRandom(), System::currentTimeMillis);
    }

    private RipTide embedded(PersistenceConfig config, Path data, KeyringStore store) {
        Keyring keyring = keyring(store);
        entries = RocksDbEntryStore.open(
                data.resolve("entries"), config.rocksdb(), config.cache().durability(), Runnable::run, keyring);
        ControlStore control = SqlControlStore.sqlite(data.resolve("control.db"), threads);
        return RipTide.open(config, Backing.alone(entries, control, UsageStore.inMemory()), keyring, null);
    }

    private RipTide overRedis(RedisServer server, String name) {
        Keyring keyring = keyring(keys);
        RedisConfig config = new RedisConfig(server.url(), RedisConfig.Mode.STANDALONE, 2, 10_000, "");
        RedisBacking redis = RedisBacking.open(config, timer, System::nanoTime, new SecureRandom(), keyring);
        ControlStore control = SqlControlStore.sqlite(folder.resolve(name + ".db"), threads);
        RipTide riptide = RipTide.open(
                CONFIG,
                new Backing(
                        redis.entries(), control, redis.feed(), redis.permits(), redis.loads(), UsageStore.inMemory()),
                keyring,
                null);
        open.add(riptide);
        return riptide;
    }

    private static TenantCaller tenant(RipTide riptide, String id, boolean encrypted) {
        Created made = riptide.tenants()
                .create(new NewTenant(
                        id,
                        "T",
                        "O",
                        "o@example.com",
                        "free",
                        new QuotaPatch(null, 1_000_000L, null, null),
                        null,
                        null,
                        encrypted));
        return riptide.door().tenant(made.key().apiKey(), null);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String read(Namespace namespace, String key) {
        return namespace.get(key) instanceof Lookup.Hit hit
                ? new String(hit.entry().toByteArray(), StandardCharsets.UTF_8)
                : "";
    }

    /** Words that hold the tenant's id: of one that is found it is known whose it is. */
    private static String word(String kind, String id) {
        return "marker-" + kind + "-of-" + id;
    }

    /** Writes, reads, lists and removes by tag and prefix; more entries than a removal takes away there and then. */
    private static void use(TenantCache cache, String id) {
        Namespace pages = cache.namespace("pages");
        PutOptions options = PutOptions.ttl(Duration.ofHours(1))
                .contentType("text/" + word("type", id))
                .tags(word("tag", id));
        String value = word("value", id).repeat(100);
        pages.put(word("key", id), bytes(value), options);
        assertThat(read(pages, word("key", id))).isEqualTo(value);
        for (int i = 0; i < 3; i++) {
            pages.put(word("prefix", id) + i, bytes("v"), options.tags(word("removed", id)));
            pages.put(
                    "stale" + i,
                    bytes("v"),
                    options.keepStale(Duration.ofHours(1)).tags(word("stale", id)));
        }
        assertThat(pages.list(100, null).heads())
                .hasSize(7)
                .extracting(Head::key)
                .contains(word("key", id));
        assertThat(pages.removePrefixed(word("prefix", id) + "0", Removal.Mode.REMOVE)
                        .entries())
                .isEqualTo(1);
        assertThat(cache.removeTagged(word("removed", id), Removal.Mode.REMOVE).entries())
                .isEqualTo(2);
        assertThat(cache.removeTagged(word("stale", id), Removal.Mode.STALE).entries())
                .isEqualTo(3);
        assertThat(read(pages, "stale1")).isEmpty();
        assertThat(pages.list(100, null).heads()).extracting(Head::key).containsExactly(word("key", id));
        assertThat(read(pages, word("key", id))).isEqualTo(value);
        assertThat(pages.explain(word("key", id)).head()).isNotNull();
    }

    private static void showsNothing(String raw) {
        for (String kind : List.of("key", "value", "tag", "type", "prefix")) {
            assertThat(raw.contains(word(kind, "open")))
                    .as("the %s of the one in clear", kind)
                    .isTrue();
        }
        for (String kind : WORDS) {
            assertThat(raw.contains(word(kind, "shut")))
                    .as("the %s of the encrypted one", kind)
                    .isFalse();
        }
    }

    private static String raw(Path folder) throws IOException {
        StringBuilder all = new StringBuilder();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                all.append(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
            }
        }
        return all.toString();
    }

    @Test
    void noFileOfTheEmbeddedStoreHoldsAWordOfIt() throws Exception {
        try (RipTide riptide = embedded(CONFIG, folder, keys)) {
            use(tenant(riptide, "shut", true).cache(), "shut");
            use(tenant(riptide, "open", false).cache(), "open");
        }
        showsNothing(raw(folder.resolve("entries")));
        try (RipTide again = embedded(CONFIG, folder, keys)) {
            Created made = again.tenants()
                    .create(new NewTenant(
                            "third", "T", "O", "o@example.com", "free", QuotaPatch.NONE, null, null, true));
            assertThat(made.tenant().encryptionEnabled()).isTrue();
            TenantCaller shut = again.door()
                    .tenant(
                            again.tenants()
                                    .createKey("shut", "again", Set.of(), null)
                                    .apiKey(),
                            null);
            assertThat(read(shut.cache().namespace("pages"), word("key", "shut")))
                    .isNotEmpty();
        }
    }

    @Test
    void nothingInRedisHoldsAWordOfIt() throws Exception {
        try (RedisServer server = RedisServer.start("--rdbcompression", "no")) {
            RipTide riptide = overRedis(server, "one");
            use(tenant(riptide, "shut", true).cache(), "shut");
            use(tenant(riptide, "open", false).cache(), "open");
            assertThat(server.command("SAVE")).isEqualTo("OK");
            String raw =
                    new String(Files.readAllBytes(server.directory().resolve("dump.rdb")), StandardCharsets.ISO_8859_1);
            for (String kind : List.of("key", "value", "tag", "type")) {
                assertThat(raw.contains(word(kind, "open"))).as(kind).isTrue();
            }
            for (String kind : WORDS) {
                assertThat(raw.contains(word(kind, "shut"))).as(kind).isFalse();
            }
            riptide.close();
        }
    }

    @Test
    void afterARotationBothNodesReadWhatWasWrittenBefore() throws Exception {
        try (RedisServer server = RedisServer.start()) {
            RipTide one = overRedis(server, "one");
            TenantCaller here = tenant(one, "shut", true);
            RipTide two = overRedis(server, "one");
            TenantCaller there = two.door()
                    .tenant(two.tenants().createKey("shut", "k", Set.of(), null).apiKey(), null);
            Namespace a = here.cache().namespace("n");
            Namespace b = there.cache().namespace("n");
            a.put("old", bytes("1"), PutOptions.DEFAULT);
            assertThat(read(b, "old")).isEqualTo("1");
            assertThat(one.tenants().rotateDataKey("shut")).isEqualTo(2);
            a.put("new", bytes("2"), PutOptions.DEFAULT);
            a.put("other", bytes("3"), PutOptions.DEFAULT.tags("t"));
            assertThat(read(b, "new"))
                    .as("of a key that this node has not heard of")
                    .isEqualTo("2");
            assertThat(read(b, "old")).isEqualTo("1");
            assertThat(b.list(10, null).heads()).hasSize(3);
            assertThat(b.removeTagged("t", Removal.Mode.REMOVE).entries()).isEqualTo(1);
            Await.until(
                    PATIENCE, "the removal to be seen", () -> read(a, "other").isEmpty());
            two.close();
            one.close();
        }
    }

    @Test
    void switchingRemovesTheEntriesAndBothWaysOfWritingWork() {
        try (RipTide riptide = embedded(CONFIG, folder, keys)) {
            TenantCaller caller = tenant(riptide, "t", false);
            Namespace namespace = caller.cache().namespace("n");
            for (boolean encrypted : new boolean[] {true, false, true}) {
                namespace.put("k", bytes("v"), PutOptions.DEFAULT.tags("a"));
                assertThat(read(namespace, "k")).isEqualTo("v");
                var unused = riptide.tenants()
                        .update(
                                "t",
                                new TenantPatch(null, null, null, null, QuotaPatch.NONE, null, null, encrypted),
                                null);
                assertThat(caller.grant().cipher().encrypts()).isEqualTo(encrypted);
                assertThat(read(namespace, "k")).isEmpty();
                assertThat(namespace.list(10, null).heads()).isEmpty();
                assertThat(caller.cache().removeTagged("a", Removal.Mode.REMOVE).entries())
                        .isZero();
            }
        }
    }

    @Test
    void whatWasKeptOfAnErasedTenantDoesNotOpenAnyMore() throws Exception {
        Path copy = folder.resolve("copy");
        String apiKey;
        try (RipTide riptide = embedded(CONFIG, folder.resolve("data"), keys)) {
            TenantCaller caller = tenant(riptide, "t", true);
            apiKey = riptide.tenants().createKey("t", "k", Set.of(), null).apiKey();
            caller.cache().namespace("n").put("k", bytes("v"), PutOptions.DEFAULT);
        }
        copy(folder.resolve("data"), copy);
        try (RipTide riptide = embedded(CONFIG, folder.resolve("data"), keys)) {
            var unused = riptide.tenants().delete("t");
            Await.until(PATIENCE, "the keys to be destroyed", () -> keys.ring("t") == null);
            Await.until(
                    PATIENCE,
                    "the erasure",
                    () -> riptide.tenants().list(null, 10, null, null).isEmpty());
        }
        try (RipTide kept = embedded(CONFIG, copy, keys)) {
            TenantCaller caller = kept.door().tenant(apiKey, null);
            Namespace namespace = caller.cache().namespace("n");
            assertThat(namespace.get("k")).isInstanceOf(Lookup.Miss.class);
            assertThat(namespace.list(10, null).heads()).isEmpty();
            namespace.put("k", bytes("new"), PutOptions.DEFAULT);
            assertThat(read(namespace, "k")).as("with keys of its own again").isEqualTo("new");
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.createDirectories(to);
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        }
    }

    @Test
    void noDictionaryIsTrainedOnWhatAnEncryptedTenantWrites() throws Exception {
        PersistenceConfig config = config(
                "persistence.cache.compression_algorithm=zstd_dictionary",
                "persistence.cache.compression_threshold_bytes=64");
        try (RipTide riptide = embedded(config, folder, keys)) {
            Namespace shut = tenant(riptide, "shut", true).cache().namespace("n");
            Namespace open = tenant(riptide, "open", false).cache().namespace("n");
            Await.until(PATIENCE, "a dictionary of the one in clear", () -> {
                for (int i = 0; i < 4_000; i++) {
                    byte[] value = bytes(("{\"identifier\":%d,\"description\":\"article %x\",\"published\":true,"
                                    + "\"categories\":[\"weather\",\"politics\"],\"author\":{\"familyName\":\"n%x\","
                                    + "\"electronicMail\":\"a%x@example.com\"},"
                                    + "\"price\":{\"currency\":\"EUR\",\"amount\":%d}}")
                            .formatted(i, i * 7919L, i * 104729L, i * 1299709L, i % 97));
                    shut.put("k" + i, value, PutOptions.DEFAULT);
                    open.put("k" + i, value, PutOptions.DEFAULT);
                }
                return entries.dictionaryBytes("open") > 0;
            });
            assertThat(entries.dictionaryBytes("shut")).isZero();
        }
    }

    @Test
    void aMasterKeyThatDoesNotOpenTheKeysOrNoneIsRefused() {
        try (RipTide riptide = embedded(CONFIG, folder, keys)) {
            var unused = tenant(riptide, "t", true);
        }
        AesGcm gcm = new AesGcm(new SecureRandom());
        MasterKey other = new MasterKey("A".repeat(43) + "=", gcm);
        assertThatThrownBy(() -> Keyring.open(keys, other, gcm, new SecureRandom(), System::currentTimeMillis))
                .isInstanceOf(RipTideException.class)
                .hasMessageContaining("security.master_key");
        assertThatThrownBy(() -> Keyring.open(keys, null, gcm, new SecureRandom(), System::currentTimeMillis))
                .isInstanceOf(RipTideException.class)
                .hasMessageContaining("security.master_key");
    }
}
