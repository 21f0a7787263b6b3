package io.riptide.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.entry.Entry;
import io.riptide.entry.Head;
import io.riptide.spi.Quotas;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class L1BudgetTest {
    private static final long BOUND = 1 << 20;

    private final L1Budget budget = new L1Budget(BOUND);

    @Test
    void theSumOfAllSharesStaysWithinTheBound() {
        List<TenantCache> tenants = new ArrayList<>();
        for (int t = 0; t < 37; t++) {
            TenantCache tenant = Keys.tenant("t" + t, budget);
            tenants.add(tenant);
            fill(tenant, 200);
            long sum = tenants.stream().mapToLong(TenantCache::memoryBytes).sum();
            assertThat(sum).as("after %d tenants", t + 1).isLessThanOrEqualTo(BOUND);
        }
        assertThat(budget.share()).isEqualTo(BOUND / 64);
    }

    @Test
    void aTenantAloneMayUseAllOfIt() {
        TenantCache tenant = Keys.tenant("t", budget);
        fill(tenant, 500);
        assertThat(tenant.memoryBytes()).isGreaterThan(BOUND / 2);
    }

    @Test
    void aTenantsOwnQuotaHoldsWhereItIsSmaller() {
        TenantCache tenant = Keys.tenant("t", budget, new Quotas(100_000, 1000, 1 << 30, 100));
        fill(tenant, 500);
        assertThat(tenant.memoryBytes()).isBetween(1L, 100_000L);
    }

    @Test
    void whoLeavesGivesItsShareToTheOthers() {
        TenantCache first = Keys.tenant("a", budget);
        TenantCache second = Keys.tenant("b", budget);
        fill(first, 500);
        fill(second, 500);
        assertThat(budget.share()).isEqualTo(BOUND / 2);
        second.drop();
        assertThat(second.memoryBytes()).isZero();
        assertThat(budget.active()).containsExactly(first);
        fill(first, 500);
        assertThat(first.memoryBytes()).isGreaterThan(BOUND / 2);
    }

    @Test
    void aShareThatIsAskedForWhileItIsGivenBackIsCountedOrGone() throws Exception {
        TenantCache tenant = Keys.tenant("a", budget);
        Keys.tenant("b", budget).share();
        AtomicBoolean done = new AtomicBoolean();
        Thread asking = Thread.ofPlatform().start(() -> {
            while (!done.get()) {
                L1Share unused = tenant.share();
            }
        });
        for (int i = 0; i < 100_000; i++) {
            tenant.drop();
        }
        done.set(true);
        asking.join();
        assertThat(budget.active().contains(tenant)).isEqualTo(tenant.shareIfActive() != null);
    }

    private static void fill(TenantCache tenant, int entries) {
        Namespace namespace = tenant.namespace("n");
        for (int i = 0; i < entries; i++) {
            L1Key key = new L1Key(namespace, "k" + i);
            long now = tenant.tiers().time().wallMillis();
            Head head = new Head("k" + i, "", now, now + 60_000, 1, 4096, 4200, List.of(), List.of());
            Lookup.Hit hit = new Lookup.Hit(new Entry(head, new byte[4096]), Lookup.Tier.L1);
            tenant.share()
                    .fill(
                            key,
                            new Resident(hit, now + 60_000, 0),
                            tenant.fence(),
                            tenant.fence().stamp(key));
        }
    }
}
