package io.riptide.door;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.riptide.cache.BatchEntry;
import io.riptide.cache.Gone;
import io.riptide.cache.Lookup;
import io.riptide.cache.Namespace;
import io.riptide.cache.PutOptions;
import io.riptide.cache.PutResult;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import io.riptide.tenant.TenantManager.NewTenant;
import io.riptide.tenant.TenantManager.QuotaPatch;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where {@code storage_full} is {@code evict}: a write beyond the quota takes the place of what ends first. */
class StorageFullTest {
    private static final int LIMIT = 1 << 20;
    private static final int VALUE = 20_000;

    @TempDir
    private Path folder;

    private DoorRig rig;
    private TenantCaller acme;
    private Namespace namespace;

    @BeforeEach
    void open() {
        rig = new DoorRig(
                folder,
                true,
                DoorRig.ENVIRONMENT_KEY,
                Runnable::run,
                "persistence.tenant.storage_full=evict",
                "persistence.tenant.default_quotas.operations_per_minute=1000000");
        String key = rig.tenants
                .create(new NewTenant(
                        "acme",
                        "T",
                        "O",
                        "o@example.com",
                        "free",
                        new QuotaPatch(null, null, (long) LIMIT, null),
                        null))
                .key()
                .apiKey();
        acme = rig.door.tenant(key, null);
        namespace = acme.cache().namespace("ns");
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private static byte[] value(int bytes) {
        byte[] value = new byte[bytes];
        new Random(bytes).nextBytes(value);
        return value;
    }

    private PutResult put(String key, int bytes, long seconds) {
        return namespace.put(key, value(bytes), PutOptions.ttl(Duration.ofSeconds(seconds)));
    }

    private boolean hit(String key) {
        return namespace.get(key) instanceof Lookup.Hit;
    }

    private long used() {
        return acme.cache().stats().storageBytes();
    }

    @Test
    void whatEndsFirstGoesAndIsSaidToHaveGoneForAnother() {
        for (int i = 0; i < 50; i++) {
            put("k" + i, VALUE, 1000 + i);
        }
        put("soon", VALUE, 10);
        assertThat(acme.cache().stats().evictions()).containsEntry("storage", 0L);
        put("new", 2 * VALUE, 500);
        assertThat(used()).isLessThanOrEqualTo(LIMIT);
        assertThat(hit("new")).isTrue();
        assertThat(hit("soon")).isFalse();
        assertThat(hit("k49")).isTrue();
        assertThat(Objects.requireNonNull(namespace.explain("soon").gone()).why())
                .isEqualTo(Gone.Why.EVICTED);
        assertThat(acme.cache().stats().evictions().get("storage")).isBetween(1L, 4L);
        assertThat(acme.grant().breaches().refused()).isZero();
    }

    @Test
    void whatIsLargerThanTheWholeQuotaIsRefusedAndTakesNothingWithIt() {
        put("k", VALUE, 10);
        assertThatThrownBy(() -> put("large", LIMIT, 100))
                .isInstanceOfSatisfying(
                        RipTideException.class,
                        e -> assertThat(e.problem().code()).isEqualTo(ProblemCode.STORAGE_QUOTA_EXCEEDED));
        assertThat(hit("k")).isTrue();
    }

    @Test
    void eachOfABatchIsKept() {
        List<BatchEntry> batch = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            batch.add(new BatchEntry("b" + i, value(VALUE), PutOptions.ttl(Duration.ofSeconds(100 + i))));
        }
        assertThat(namespace.putAll(batch)).noneMatch(one -> one.outcome() == PutResult.Outcome.OVER_QUOTA);
        assertThat(used()).isLessThanOrEqualTo(LIMIT);
        assertThat(hit("b99")).isTrue();
        assertThat(hit("b0")).isFalse();
    }

    @Test
    void underManyWritersTheQuotaHoldsAndNobodyIsRefused() throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            List<Future<Long>> most = new ArrayList<>();
            for (int thread = 0; thread < 8; thread++) {
                int from = 1000 * thread;
                most.add(threads.submit(() -> {
                    long seen = 0;
                    for (int i = from; i < from + 100; i++) {
                        put("k" + i, VALUE, 100 + i % 100);
                        seen = Math.max(seen, used());
                    }
                    return seen;
                }));
            }
            for (Future<Long> one : most) {
                assertThat(one.get()).isLessThanOrEqualTo(LIMIT);
            }
        }
        assertThat(used()).isGreaterThan(LIMIT / 2);
    }
}
