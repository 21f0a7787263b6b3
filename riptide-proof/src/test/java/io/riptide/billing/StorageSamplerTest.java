package io.riptide.billing;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.RipTide;
import io.riptide.cache.Namespace;
import io.riptide.cache.PutOptions;
import io.riptide.config.CacheConfig.Durability;
import io.riptide.config.PersistenceConfig;
import io.riptide.spi.Backing;
import io.riptide.spi.ControlStore;
import io.riptide.spi.EntryStore;
import io.riptide.spi.Quotas;
import io.riptide.spi.TenantRecord;
import io.riptide.spi.UsageColumn;
import io.riptide.spi.UsageStore;
import io.riptide.store.jdbc.SqlControlStore;
import io.riptide.store.jdbc.SqlUsageStore;
import io.riptide.store.rocksdb.RocksDbEntryStore;
import io.riptide.tenant.TenantManager.NewTenant;
import io.riptide.tenant.TenantManager.QuotaPatch;
import io.riptide.testkit.ManualTime;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Byte-hours by real stores: what an hour is charged, whoever looks, however often, whatever the clock does. */
class StorageSamplerTest {
    private static final PersistenceConfig CONFIG = PersistenceConfig.defaults();
    private static final Duration TEN_MINUTES = Duration.ofMillis(StorageSampler.PERIOD_MILLIS);
    private static final long TEN = Instant.parse("2026-10-05T10:00:00Z").getEpochSecond() / 3600;

    @TempDir
    private Path folder;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final ManualTime time =
            new ManualTime(Instant.parse("2026-10-05T10:05:00Z").toEpochMilli());
    private EntryStore entries;
    private ControlStore control;
    private UsageStore usage;
    private RipTide riptide;
    private StorageSampler sampler;
    private String key;

    @BeforeEach
    void make() {
        open();
        key = tenant("acme");
    }

    private void open() {
        entries =
                RocksDbEntryStore.open(folder.resolve("entries"), CONFIG.rocksdb(), Durability.BUFFERED, Runnable::run);
        control = SqlControlStore.sqlite(folder.resolve("control.db"), threads);
        usage = SqlUsageStore.sqlite(folder.resolve("usage.db"), threads);
        riptide = RipTide.withTime(CONFIG, Backing.alone(entries, control, usage), time, null);
        sampler = new StorageSampler(entries, control, usage, null, time);
    }

    @AfterEach
    void close() {
        riptide.close();
        threads.close();
    }

    private String tenant(String id) {
        return riptide.tenants()
                .create(new NewTenant(id, "T", "O", "o@example.com", "free", QuotaPatch.NONE, null))
                .key()
                .apiKey();
    }

    private Namespace namespace() {
        return riptide.door().tenant(key, null).cache().namespace("n");
    }

    /** Stores that much; what the tenant stores then. */
    private long put(String name, int bytes) {
        byte[] value = new byte[bytes];
        new Random(bytes).nextBytes(value);
        namespace().put(name, value, PutOptions.ttl(Duration.ofDays(20)));
        return stored();
    }

    private long stored() {
        return entries.usage("acme").bytes();
    }

    private long created() {
        return riptide.tenants().tenant("acme").createdMillis();
    }

    /** Byte-hours of an hour; 10 is that in which the test begins. */
    private long charged(int hour) {
        return charged(hour, hour + 1);
    }

    private long charged(int from, int until) {
        return usage.sum("acme", created(), TEN - 10 + from, TEN - 10 + until)[
                UsageColumn.STORAGE_BYTE_HOURS.ordinal()];
    }

    private void looks(int times) {
        for (int i = 0; i < times; i++) {
            sampler.look();
            time.advance(TEN_MINUTES);
        }
    }

    @Test
    void anHourIsChargedWithTheMostThatWasSeenInIt() {
        sampler.look();
        assertThat(charged(10)).as("nothing is stored").isZero();
        long little = put("a", 1_000);
        sampler.look();
        assertThat(charged(10)).isEqualTo(little).isGreaterThan(1_000);
        time.advance(TEN_MINUTES);
        long most = put("b", 5_000);
        sampler.look();
        assertThat(charged(10)).isEqualTo(most);
        time.advance(TEN_MINUTES);
        namespace().remove("b");
        assertThat(stored()).isLessThan(most);
        looks(3);
        assertThat(charged(10)).isEqualTo(most);
        // 10:55, 11:05, … 12:45.
        looks(12);
        assertThat(charged(11)).isEqualTo(stored());
        assertThat(charged(12)).isEqualTo(stored());
        assertThat(charged(0, 24)).isEqualTo(most + 2 * stored());
    }

    @Test
    void anHourInWhichNobodyLookedIsNotCharged() {
        long bytes = put("a", 1_000);
        sampler.look();
        time.advance(Duration.ofHours(3));
        sampler.look();
        assertThat(charged(11)).isZero();
        assertThat(charged(12)).isZero();
        assertThat(charged(0, 24)).isEqualTo(2 * bytes);
    }

    @Test
    void aRestartWithinTheHourNeitherLosesNorDoublesIt() {
        put("a", 1_000);
        long most = put("b", 5_000);
        sampler.look();
        namespace().remove("b");
        for (int i = 0; i < 3; i++) {
            riptide.close();
            open();
            sampler.look();
            assertThat(charged(10)).as("less is there than before").isEqualTo(most);
        }
        long more = put("c", 20_000);
        riptide.close();
        open();
        sampler.look();
        assertThat(charged(0, 24)).isEqualTo(more);
    }

    @Test
    void twoNodesThatLookInTheSameHourChargeItOnce() throws Exception {
        ManualTime fast = new ManualTime(time.wallMillis() + 90_000);
        StorageSampler other = new StorageSampler(entries, control, usage, null, fast);
        long bytes = put("a", 1_000);
        for (int i = 0; i < 6; i++) {
            List<Future<?>> looking = new ArrayList<>();
            for (StorageSampler each : List.of(sampler, other, sampler, other)) {
                looking.add(threads.submit(each::look));
            }
            for (Future<?> each : looking) {
                each.get();
            }
            time.advance(TEN_MINUTES);
            fast.advance(TEN_MINUTES);
        }
        // Both are past 11:00 with their last look at most.
        assertThat(charged(10)).isEqualTo(bytes);
        assertThat(charged(0, 24)).isEqualTo(bytes);
        looks(1);
        other.look();
        assertThat(charged(0, 24)).isEqualTo(2 * bytes);
    }

    @Test
    void aClockThatJumpsAnHourAheadAndBackChargesEachHourOnce() {
        long bytes = put("a", 1_000);
        looks(2);
        time.jumpWall(Duration.ofHours(1));
        looks(2);
        assertThat(charged(0, 24)).isEqualTo(2 * bytes);
        time.jumpWall(Duration.ofHours(-1));
        // 10:45, 10:55, then all of the eleventh hour and of the twelfth.
        looks(2 + 6 + 6);
        assertThat(charged(10)).isEqualTo(bytes);
        assertThat(charged(11)).isEqualTo(bytes);
        assertThat(charged(12)).isEqualTo(bytes);
        assertThat(charged(0, 24)).as("three hours, three charges").isEqualTo(3 * bytes);
    }

    @Test
    void aClockThatJumpsAnHourBackAndAheadChargesEachHourOnce() {
        long bytes = put("a", 1_000);
        looks(6);
        assertThat(charged(0, 24)).isEqualTo(bytes);
        // 11:05, by the clock 10:05 again.
        time.jumpWall(Duration.ofHours(-1));
        looks(3);
        assertThat(charged(0, 24)).isEqualTo(bytes);
        time.jumpWall(Duration.ofHours(1));
        looks(3 + 6);
        assertThat(charged(10)).isEqualTo(bytes);
        assertThat(charged(11)).isEqualTo(bytes);
        assertThat(charged(12)).isEqualTo(bytes);
        assertThat(charged(0, 24)).isEqualTo(3 * bytes);
    }

    @Test
    void whoIsGivenTheIdOfOneThatIsGonePaysForItsOwn() {
        long bytes = put("a", 1_000);
        long before = created();
        sampler.look();
        riptide.tenants().delete("acme");
        riptide.tick();
        time.advance(TEN_MINUTES);
        key = tenant("acme");
        sampler.look();
        assertThat(charged(0, 24)).isZero();
        assertThat(usage.sum("acme", before, 0, Long.MAX_VALUE)[UsageColumn.STORAGE_BYTE_HOURS.ordinal()])
                .isEqualTo(bytes);
        long own = put("b", 2_000);
        sampler.look();
        assertThat(charged(0, 24)).isEqualTo(own);
    }

    @Test
    void theTenantThatIsThereByConfigurationIsChargedAndWhoHadItsIdIsNot() {
        key = tenant("default");
        TenantRecord former = riptide.tenants().tenant("default");
        put("k", 1_000);
        TenantRecord fixed = new TenantRecord(
                "default", "d", "", "", "free", TenantRecord.Status.ACTIVE, null, Quotas.DEFAULT, "{}", 0, 0, 1);
        new StorageSampler(entries, control, usage, fixed, time).look();
        int column = UsageColumn.STORAGE_BYTE_HOURS.ordinal();
        assertThat(usage.sum("default", 0, TEN, TEN + 1)[column])
                .isEqualTo(entries.usage("default").bytes())
                .isPositive();
        assertThat(usage.sum("default", former.createdMillis(), TEN, TEN + 1)[column])
                .isZero();
    }
}
