package io.riptide.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.RipTide;
import io.riptide.cache.Namespace;
import io.riptide.cache.PutOptions;
import io.riptide.config.PersistenceConfig;
import io.riptide.door.TenantCaller;
import io.riptide.grant.TenantGrant;
import io.riptide.observe.TenantLabels;
import io.riptide.tenant.TenantManager.NewTenant;
import io.riptide.tenant.TenantManager.QuotaPatch;
import io.riptide.testkit.ManualTime;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TenantFiguresTest {
    private static final Duration DAY = Duration.ofHours(24);
    private static final Duration STEP = Duration.ofNanos(HitWindow.STEP_NANOS);

    @TempDir
    private Path data;

    private final ManualTime time = new ManualTime();
    private Stores stores;
    private RipTide riptide;
    private TenantFigures figures;

    @BeforeEach
    void open() {
        PersistenceConfig config = PersistenceConfig.defaults();
        stores = Stores.open(config, data);
        riptide = RipTide.withTime(
                config, stores.backing().entries(), stores.backing().control(), time, null);
        figures = figures(2);
        riptide.tenants().onTenantChange(tenant -> figures.changed(tenant));
    }

    private TenantFigures figures(int named) {
        Components components = new Components(() -> Health.READY, Map.of(), time);
        return new TenantFigures(
                named,
                riptide.door(),
                riptide.cache(),
                time,
                new CacheMetrics(new NodeMetrics(riptide.cache(), components, riptide.audit(), riptide.billing())),
                riptide::usage);
    }

    @AfterEach
    void close() {
        riptide.close();
        stores.close();
    }

    private TenantCaller tenant(String id) {
        QuotaPatch wide = new QuotaPatch(null, 1_000_000L, null, null);
        String key = riptide.tenants()
                .create(new NewTenant(id, "T", "O", "o@example.com", "free", wide, null))
                .key()
                .apiKey();
        return riptide.door().tenant(key, null);
    }

    private static void put(TenantCaller caller, int times) {
        Namespace namespace = caller.cache().namespace("n");
        for (int i = 0; i < times; i++) {
            namespace.put("k", new byte[] {1}, PutOptions.DEFAULT);
        }
    }

    private static void get(TenantCaller caller, String key, int times) {
        for (int i = 0; i < times; i++) {
            caller.cache().namespace("n").get(key);
        }
    }

    private MetricText show() {
        return MetricText.of(figures.print("text/plain"));
    }

    private static Map<String, Long> puts(long n) {
        return Map.of("put ok", n);
    }

    @Test
    void theFirstToArriveAreNamedAndTheOthersCountTogether() {
        TenantCaller first = tenant("first");
        TenantCaller second = tenant("second");
        put(first, 1);
        show();
        put(second, 2);
        show();
        for (int i = 0; i < 120; i++) {
            put(tenant("more-" + i), 1);
        }
        put(first, 1);
        MetricText text = show();
        assertThat(text.operations("first")).isEqualTo(puts(2));
        assertThat(text.operations("second")).isEqualTo(puts(2));
        assertThat(text.operations(TenantLabels.OTHER)).isEqualTo(puts(120));
        assertThat(text.samples().keySet().stream()
                        .filter(name -> name.startsWith("cache_store_usage_bytes"))
                        .count())
                .isEqualTo(3);
    }

    @Test
    void aTimedRequestNamesItsTenantAtOnce() {
        TenantCaller late = tenant("late");
        TenantCaller early = tenant("early");
        put(late, 1);
        figures.timed(early.grant(), 1_000_000);
        figures.timed(late.grant(), 20_000_000);
        figures.timed(tenant("third").grant(), 1_000_000);
        MetricText text = show();
        assertThat(text.of("cache_access_duration_seconds_sum", "late")).isEqualTo(0.02);
        assertThat(text.samples())
                .containsEntry("cache_access_duration_seconds_bucket{le=0.01, tenant_id=early}", 1.0)
                .containsEntry("cache_access_duration_seconds_bucket{le=0.01, tenant_id=late}", 0.0)
                .containsEntry("cache_access_duration_seconds_count{tenant_id=_other}", 1.0);
    }

    @Test
    void whoIsIdleForADayMakesRoomAndNoSumDecreases() {
        TenantCaller idle = tenant("idle");
        TenantCaller busy = tenant("busy");
        TenantCaller waiting = tenant("waiting");
        put(idle, 5);
        put(busy, 1);
        show();
        put(waiting, 3);
        assertThat(show().operations(TenantLabels.OTHER)).isEqualTo(puts(3));

        time.advance(DAY.minusSeconds(1));
        put(busy, 1);
        assertThat(show().operations("idle")).isEqualTo(puts(5));
        time.advance(Duration.ofSeconds(1));
        assertThat(show().samplesOf("idle")).isZero();

        // Whoever comes next has the place; what it did before stays where it was counted.
        put(waiting, 4);
        MetricText text = show();
        assertThat(text.operations("waiting")).isEqualTo(puts(4));
        assertThat(text.operations("busy")).isEqualTo(puts(2));
        assertThat(text.operations(TenantLabels.OTHER)).isEqualTo(puts(3));

        put(idle, 1);
        assertThat(show().operations(TenantLabels.OTHER)).isEqualTo(puts(4));
    }

    @Test
    void aDeletedTenantMakesRoomAndItsSuccessorBeginsAtZero() {
        TenantCaller gone = tenant("gone");
        put(gone, 5);
        put(tenant("other"), 1);
        show();
        put(gone, 1);
        riptide.tenants().delete("gone");
        figures.timed(gone.grant(), 1_000);
        MetricText text = show();
        assertThat(text.samplesOf("gone")).isZero();
        assertThat(text.operations(TenantLabels.OTHER)).isEmpty();
        put(tenant("gone"), 2);
        assertThat(show().operations("gone")).isEqualTo(puts(2));
    }

    @Test
    void whatADeletedTenantDidUnderTheCommonLabelStaysThere() {
        put(tenant("a"), 1);
        put(tenant("b"), 1);
        show();
        put(tenant("gone"), 7);
        riptide.tenants().delete("gone");
        assertThat(show().operations(TenantLabels.OTHER)).isEqualTo(puts(7));
        assertThat(show().operations(TenantLabels.OTHER)).isEqualTo(puts(7));
    }

    @Test
    void theHitRateIsThatOfTheLastFiveMinutes() {
        TenantCaller caller = tenant("reader");
        put(caller, 1);
        assertThat(show().of("cache_hit_rate", "reader")).isNull();
        get(caller, "k", 3);
        get(caller, "absent", 1);
        assertThat(show().of("cache_hit_rate", "reader")).isEqualTo(0.75);
        for (int i = 0; i < 30; i++) {
            time.advance(STEP);
            figures.tick();
        }
        get(caller, "absent", 4);
        assertThat(show().of("cache_hit_rate", "reader")).isEqualTo(3.0 / 8);
        for (int i = 0; i < 31; i++) {
            time.advance(STEP);
            figures.tick();
        }
        // What was read more than five minutes ago counts no more.
        assertThat(show().of("cache_hit_rate", "reader")).isZero();
        time.advance(Duration.ofMinutes(3));
        MetricText text = show();
        assertThat(text.of("cache_hit_rate", "reader")).isNull();
        assertThat(text.operations("reader")).containsEntry("get miss", 5L);
    }

    @Test
    void theHitRateOfTheOthersIsTheirCommonOne() {
        put(tenant("a"), 1);
        put(tenant("b"), 1);
        show();
        TenantCaller c = tenant("c");
        TenantCaller d = tenant("d");
        put(c, 1);
        get(c, "k", 1);
        get(d, "k", 3);
        assertThat(show().of("cache_hit_rate", TenantLabels.OTHER)).isEqualTo(0.25);
    }

    @Test
    void bytesOfTheOthersAreLookedAtEveryTenSeconds() {
        put(tenant("a"), 1);
        put(tenant("b"), 1);
        show();
        TenantCaller c = tenant("c");
        TenantCaller d = tenant("d");
        put(c, 1);
        get(c, "k", 1);
        put(d, 1);
        show();
        time.advance(Duration.ofSeconds(10));
        MetricText text = show();
        double stored = bytes(c.grant()) + bytes(d.grant());
        assertThat(text.of("cache_store_usage_bytes", TenantLabels.OTHER))
                .isPositive()
                .isEqualTo(stored);
        assertThat(text.of("cache_memory_usage_bytes", TenantLabels.OTHER))
                .isPositive()
                .isEqualTo(riptide.cache().memoryBytes(c.grant()));
    }

    private double bytes(TenantGrant grant) {
        return riptide.cache().usage(grant).bytes();
    }

    @Test
    void withRoomForNobodyAllCountTogether() {
        figures = figures(0);
        put(tenant("a"), 2);
        assertThat(show().operations(TenantLabels.OTHER)).isEqualTo(puts(2));
        assertThat(show().samplesOf("a")).isZero();
    }
}
