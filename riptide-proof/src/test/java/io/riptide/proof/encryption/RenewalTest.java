package io.riptide.proof.encryption;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.RipTide;
import io.riptide.audit.AuditEvent;
import io.riptide.cache.Lookup;
import io.riptide.cache.Namespace;
import io.riptide.cache.PutOptions;
import io.riptide.entry.AesGcm;
import io.riptide.spi.AuditStore;
import io.riptide.spi.Backing;
import io.riptide.spi.KeyringStore;
import io.riptide.spi.UsageStore;
import io.riptide.store.jdbc.SqlControlStore;
import io.riptide.store.jdbc.SqlKeyringStore;
import io.riptide.store.rocksdb.RocksDbEntryStore;
import io.riptide.tenant.Keyring;
import io.riptide.tenant.MasterKey;
import io.riptide.tenant.TenantManager.NewTenant;
import io.riptide.tenant.TenantManager.QuotaPatch;
import io.riptide.testkit.ManualTime;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A tenant whose data key ends by itself, over real stores, through restarts. */
class RenewalTest {
    private static final String MASTER = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    private static final PutOptions LONG = PutOptions.ttl(Duration.ofHours(1));
    private static final long MOST_USES = 1L << 31;

    @TempDir
    private Path folder;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final ManualTime time = new ManualTime();
    private KeyringStore keys;
    private RipTide riptide;
    private Namespace namespace;
    private String apiKey;
    private long created;

    @BeforeEach
    void make() {
        open();
        var made = riptide.tenants()
                .create(new NewTenant("acme", "T", "O", "o@example.com", "free", QuotaPatch.NONE, null, null, true));
        apiKey = made.key().apiKey();
        created = made.tenant().createdMillis();
        namespace = riptide.door().tenant(apiKey, null).cache().namespace("n");
    }

    @AfterEach
    void close() {
        riptide.close();
        keys.close();
        threads.close();
    }

    private void open() {
        keys = SqlKeyringStore.sqlite(folder.resolve("keyring.db"), threads);
        AesGcm gcm = new AesGcm(new SecureRandom());
        Keyring keyring = Keyring.open(keys, new MasterKey(MASTER, gcm), gcm, new SecureRandom(), time::wallMillis);
        RocksDbEntryStore entries = RocksDbEntryStore.open(
                folder.resolve("entries"),
                Tampering.CONFIG.rocksdb(),
                Tampering.CONFIG.cache().durability(),
                Runnable::run,
                keyring);
        SqlControlStore control = SqlControlStore.sqlite(folder.resolve("control.db"), threads);
        Backing backing = Backing.alone(entries, control, UsageStore.inMemory());
        riptide = RipTide.withTime(Tampering.CONFIG, backing, keyring, time, null);
    }

    private void restart() {
        riptide.close();
        keys.close();
        open();
        namespace = riptide.door().tenant(apiKey, null).cache().namespace("n");
    }

    private void put(String key) {
        var unused = namespace.put(key, new byte[] {1, 2, 3}, LONG);
    }

    private int keysThere() {
        return Objects.requireNonNull(keys.ring("acme")).keys().size();
    }

    private List<AuditStore.Row> rotations() {
        riptide.tick();
        return riptide.audit().after(AuditStore.Query.ALL, 0, 100).stream()
                .filter(row -> row.action().equals("data_key.rotate"))
                .toList();
    }

    @Test
    void aKeyThatGrewTooOldIsRenewedOnceAndIsInTheAuditLog() {
        put("old");
        time.advance(Duration.ofDays(30).minusMinutes(1));
        put("before");
        assertThat(keysThere()).isEqualTo(1);
        assertThat(rotations()).isEmpty();
        time.advance(Duration.ofMinutes(1));
        put("after");
        put("more");
        assertThat(keysThere()).isEqualTo(2);
        assertThat(rotations()).singleElement().satisfies(row -> {
            assertThat(row.actor()).isEqualTo(AuditEvent.SYSTEM);
            assertThat(row.tenantId()).isEqualTo("acme");
            assertThat(row.detail()).contains("\"data_key\":2");
        });
        restart();
        for (String key : List.of("before", "after", "more")) {
            assertThat(namespace.get(key)).as(key).isInstanceOf(Lookup.Hit.class);
        }
    }

    @Test
    void usesThatAProcessTookAreCountedAfterItsEnd() {
        put("a");
        long taken = keys.reserve("acme", created, 1, 0);
        assertThat(taken).isEqualTo(1 << 20);
        restart();
        put("b");
        assertThat(keys.reserve("acme", created, 1, 0))
                .as("the rest is given up")
                .isEqualTo(2 * taken);
        long unused = keys.reserve("acme", created, 1, MOST_USES - 2 * taken);
        put("c");
        assertThat(keysThere()).as("of what this one had taken").isEqualTo(1);
        restart();
        put("d");
        assertThat(keysThere()).isEqualTo(2);
        assertThat(rotations()).hasSize(1);
        for (String key : List.of("a", "b", "c", "d")) {
            assertThat(namespace.get(key)).as(key).isInstanceOf(Lookup.Hit.class);
        }
    }
}
