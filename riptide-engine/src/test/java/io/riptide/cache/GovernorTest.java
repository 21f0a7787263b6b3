package io.riptide.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.entry.Entry;
import io.riptide.entry.Head;
import io.riptide.spi.Quotas;
import io.riptide.spi.TenantRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GovernorTest {
    private static final long BOUND = 1 << 20;
    private static final long MOST = BOUND + BOUND / 20;
    private static final int VALUE_BYTES = 1000;

    private final Governor governor = new Governor(BOUND, Runnable::run);

    @Test
    void whatAllHoldStaysWithinTheBoundHoweverManyCome() {
        List<TenantCache> tenants = new ArrayList<>();
        for (int t = 0; t < 37; t++) {
            TenantCache tenant = Keys.tenant("t" + t, governor);
            tenants.add(tenant);
            fill(tenant, 0, 800);
            assertThat(sum(tenants)).as("after %d tenants", t + 1).isLessThanOrEqualTo(MOST);
        }
        governor.round();
        tenants.forEach(tenant -> fill(tenant, 800, 200));
        assertThat(sum(tenants)).isBetween(BOUND * 9 / 10, MOST);
        assertThat(governor.heldBytes()).as("counted as it is").isEqualTo(sum(tenants));
    }

    @Test
    void aTenantAloneMayUseAllOfIt() {
        TenantCache tenant = Keys.tenant("t", governor);
        fill(tenant, 0, 2000);
        assertThat(tenant.memoryBytes()).isBetween(BOUND - 2 * VALUE_BYTES, BOUND);
    }

    @Test
    void whatSmallTenantsLeaveIsForThoseWhoWantMore() {
        List<TenantCache> small = IntStream.range(0, 9)
                .mapToObj(t -> Keys.tenant("small" + t, governor))
                .toList();
        small.forEach(tenant -> fill(tenant, 0, 20));
        TenantCache large = Keys.tenant("large", governor);
        fill(large, 0, 2000);
        governor.round();
        fill(large, 2000, 2000);
        assertThat(large.memoryBytes()).isGreaterThan(BOUND * 7 / 10);
        assertThat(small).allSatisfy(tenant -> assertThat(held(tenant, 0, 20)).isEqualTo(20));
    }

    @Test
    void aFloodTakesNothingFromOneWithinItsFairShare() {
        TenantCache steady = Keys.tenant("steady", governor);
        fill(steady, 0, 300);
        TenantCache flooding = Keys.tenant("flooding", governor);
        for (int round = 0; round < 20; round++) {
            fill(flooding, round * 1000, 1000);
            governor.round();
            assertThat(held(steady, 0, 300)).as("in round %d", round).isEqualTo(300);
        }
        assertThat(sum(List.of(steady, flooding))).isLessThanOrEqualTo(MOST);
    }

    @Test
    void whoHoldsMoreThanItsFairShareGivesWayToOneThatComes() {
        TenantCache first = Keys.tenant("first", governor);
        fill(first, 0, 2000);
        TenantCache second = Keys.tenant("second", governor);
        fill(second, 0, 300);
        assertThat(held(second, 0, 300)).isEqualTo(300);
        assertThat(first.memoryBytes()).isBetween(BOUND * 4 / 10, MOST - second.memoryBytes());
    }

    @Test
    void aTenantsOwnQuotaHoldsWhereItIsSmaller() {
        TenantCache tenant = Keys.tenant("t", governor, quotas(100_000));
        fill(tenant, 0, 2000);
        assertThat(tenant.memoryBytes()).isBetween(90_000L, 100_000L);
    }

    @Test
    void aChangedQuotaIsFollowedWithTheNextRoundBothWays() {
        TenantCache tenant = Keys.tenant("t", governor, quotas(200_000));
        fill(tenant, 0, 2000);
        assertThat(tenant.memoryBytes()).isBetween(190_000L, 200_000L);
        quota(tenant, 50_000);
        governor.round();
        assertThat(tenant.memoryBytes()).isBetween(40_000L, 50_000L);
        quota(tenant, 400_000);
        governor.round();
        fill(tenant, 0, 2000);
        assertThat(tenant.memoryBytes()).isBetween(390_000L, 400_000L);
        quota(tenant, 0);
        governor.round();
        fill(tenant, 0, 2000);
        assertThat(tenant.memoryBytes()).isZero();
        assertThat(governor.heldBytes()).isZero();
    }

    @Test
    void anEntryAboveAnEighthOfWhatItsTenantMayHoldPassesBy() {
        TenantCache tenant = Keys.tenant("t", governor, quotas(80_000));
        fill(tenant, "small", 9_000);
        fill(tenant, "large", 10_000);
        assertThat(tenant.share().get(key(tenant, "small"))).isNotNull();
        assertThat(tenant.share().get(key(tenant, "large"))).isNull();
    }

    @Test
    void whoLeavesGivesItsShareToTheOthers() {
        TenantCache first = Keys.tenant("a", governor);
        TenantCache second = Keys.tenant("b", governor);
        fill(first, 0, 2000);
        fill(second, 0, 2000);
        second.drop();
        assertThat(second.memoryBytes()).isZero();
        assertThat(governor.active()).containsExactly(first);
        governor.round();
        fill(first, 0, 2000);
        assertThat(first.memoryBytes()).isGreaterThan(BOUND * 9 / 10);
        assertThat(governor.heldBytes()).isEqualTo(first.memoryBytes());
    }

    @Test
    void aShareThatIsAskedForWhileItIsGivenBackIsCountedOrGone() throws Exception {
        TenantCache tenant = Keys.tenant("a", governor);
        Keys.tenant("b", governor).share();
        AtomicBoolean done = new AtomicBoolean();
        Thread asking = Thread.ofPlatform().start(() -> {
            for (int i = 0; !done.get(); i++) {
                fill(tenant, i % 50, 1);
            }
        });
        for (int i = 0; i < 20_000; i++) {
            tenant.drop();
        }
        done.set(true);
        asking.join();
        assertThat(governor.active().contains(tenant)).isEqualTo(tenant.shareIfActive() != null);
        assertThat(governor.heldBytes())
                .as("nothing is left in shares that are gone")
                .isEqualTo(tenant.memoryBytes());
    }

    @Test
    void fillsOfManyThreadsNeverHoldMoreThanATwentiethTooMuch() throws Exception {
        ReadWriteLock counting = new ReentrantReadWriteLock();
        LongSummaryStatistics seen = new LongSummaryStatistics();
        try (ExecutorService passes = Executors.newSingleThreadExecutor();
                ExecutorService threads = Executors.newFixedThreadPool(8)) {
            Governor shared = new Governor(BOUND, passes);
            List<TenantCache> tenants = IntStream.range(0, 20)
                    .mapToObj(t -> Keys.tenant("t" + t, shared))
                    .toList();
            List<? extends Future<?>> fills = IntStream.range(0, 8)
                    .mapToObj(thread -> threads.submit(() -> fillAtRandom(tenants, counting.readLock())))
                    .toList();
            while (!fills.stream().allMatch(Future::isDone)) {
                counting.writeLock().lock();
                try {
                    seen.accept(weighed(tenants));
                } finally {
                    counting.writeLock().unlock();
                }
            }
            for (Future<?> fill : fills) {
                fill.get();
            }
        }
        assertThat(seen.getMax()).isBetween(BOUND * 9 / 10, MOST);
    }

    private static void fillAtRandom(List<TenantCache> tenants, Lock between) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        for (int i = 0; i < 10_000; i++) {
            between.lock();
            try {
                TenantCache tenant = tenants.get((int) (tenants.size() * random.nextDouble() * random.nextDouble()));
                fill(tenant, "k" + random.nextInt(1000), 1 + random.nextInt(5_000));
            } finally {
                between.unlock();
            }
        }
    }

    /** What is really there, entry by entry, while nothing comes in. */
    private static long weighed(List<TenantCache> tenants) {
        return tenants.stream().mapToLong(tenant -> tenant.share().recount()).sum();
    }

    private static long sum(List<TenantCache> tenants) {
        return tenants.stream().mapToLong(TenantCache::memoryBytes).sum();
    }

    private static Quotas quotas(long memoryBytes) {
        return new Quotas(memoryBytes, 1000, 1 << 30, 100);
    }

    private static void quota(TenantCache tenant, long memoryBytes) {
        tenant.grant()
                .apply(new TenantRecord(
                        "t",
                        "T",
                        "O",
                        "o@example.com",
                        "free",
                        TenantRecord.Status.ACTIVE,
                        null,
                        quotas(memoryBytes),
                        "{}",
                        0,
                        0,
                        2));
    }

    private static long held(TenantCache tenant, int from, int entries) {
        return IntStream.range(from, from + entries)
                .filter(i -> tenant.share().get(key(tenant, "k" + i)) != null)
                .count();
    }

    private static void fill(TenantCache tenant, int from, int entries) {
        for (int i = from; i < from + entries; i++) {
            fill(tenant, "k" + i, VALUE_BYTES);
        }
    }

    private static L1Key key(TenantCache tenant, String key) {
        return new L1Key(tenant.namespace("n"), key);
    }

    private static void fill(TenantCache tenant, String name, int bytes) {
        L1Key key = key(tenant, name);
        long now = tenant.tiers().time().wallMillis();
        Head head = new Head(name, "", now, now + 60_000, 1, bytes, bytes, List.of(), List.of());
        Lookup.Hit hit = new Lookup.Hit(new Entry(head, new byte[bytes]), Lookup.Tier.L1);
        tenant.share()
                .fill(
                        key,
                        new Resident(hit, now + 60_000, 0, null),
                        tenant.fence(),
                        tenant.fence().stamp(key));
    }
}
