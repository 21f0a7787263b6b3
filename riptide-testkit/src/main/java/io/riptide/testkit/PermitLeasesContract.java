package io.riptide.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.spi.PermitLeases;
import io.riptide.spi.PermitLeases.Claim;
import io.riptide.spi.PermitLeases.Settled;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/**
 * What every {@link PermitLeases} keeps. A test class implements it; each test gets empty buckets. Limits are small, so
 * that what refills while a test runs is less than a permit.
 */
public interface PermitLeasesContract {
    /** A minute. */
    long MINUTE_NANOS = 60_000_000_000L;

    /** One of several nodes over the same buckets; a new one by each call, closed by the implementing class. */
    PermitLeases node();

    /** Lets at least so much time pass for the buckets. */
    void pass(long millis);

    private static Settled one(PermitLeases node, long limit, long owed, int wanted) {
        return node.settle(List.of(new Claim("acme", limit, owed, wanted))).getFirst();
    }

    @Test
    default void a_bucket_starts_full_and_gives_its_limit_and_no_more() {
        PermitLeases node = node();
        assertThat(one(node, 6, 0, 0)).isEqualTo(new Settled(true, 0, 1));
        for (int i = 0; i < 6; i++) {
            assertThat(one(node, 6, 0, 1).granted()).isTrue();
        }
        Settled refused = one(node, 6, 0, 1);
        assertThat(refused.granted()).isFalse();
        assertThat(refused.usedNanos()).isBetween(MINUTE_NANOS * 5 / 6, MINUTE_NANOS);
    }

    @Test
    default void what_is_wanted_is_taken_whole_or_not_at_all() {
        PermitLeases node = node();
        assertThat(one(node, 6, 0, 4).granted()).isTrue();
        assertThat(one(node, 6, 0, 3).granted()).isFalse();
        assertThat(one(node, 6, 0, 2).granted()).isTrue();
    }

    @Test
    default void all_nodes_take_from_one_bucket_and_are_counted() {
        PermitLeases first = node();
        PermitLeases second = node();
        assertThat(one(first, 4, 0, 3).nodes()).isEqualTo(1);
        assertThat(one(second, 4, 0, 2)).matches(settled -> !settled.granted() && settled.nodes() == 2);
        assertThat(one(second, 4, 0, 1).granted()).isTrue();
        assertThat(one(first, 4, 0, 1)).matches(settled -> !settled.granted() && settled.nodes() == 2);
    }

    @Test
    default void what_is_owed_is_taken_off_even_beyond_what_is_there_and_may_be_given_back() {
        PermitLeases node = node();
        assertThat(one(node, 6, 8, 0).usedNanos()).isBetween(MINUTE_NANOS * 7 / 6, MINUTE_NANOS * 8 / 6);
        assertThat(one(node, 6, -3, 1).granted()).isTrue();
        assertThat(one(node, 6, 0, 1).granted()).isFalse();
        assertThat(one(node, 6, -100, 0).usedNanos()).isZero();
    }

    @Test
    default void it_refills_evenly() {
        PermitLeases node = node();
        long used = one(node, 600, 600, 0).usedNanos();
        assertThat(one(node, 600, 0, 100).granted()).isFalse();
        pass(200);
        Settled later = one(node, 600, 0, 1);
        assertThat(later.granted()).isTrue();
        assertThat(later.usedNanos()).isLessThanOrEqualTo(used - 100_000_000);
    }

    @Test
    default void a_new_limit_leaves_what_is_used_the_same_share_of_the_minute() {
        PermitLeases node = node();
        assertThat(one(node, 6, 0, 3).granted()).isTrue();
        assertThat(one(node, 2, 0, 0).usedNanos()).isBetween(MINUTE_NANOS * 2 / 6, MINUTE_NANOS / 2);
        assertThat(one(node, 2, 0, 1).granted()).isTrue();
        assertThat(one(node, 2, 0, 1).granted()).isFalse();
    }

    @Test
    default void many_tenants_are_settled_together_each_by_itself() {
        PermitLeases node = node();
        List<Claim> claims = new ArrayList<>();
        for (int i = 0; i < PermitLeases.MOST_CLAIMS; i++) {
            claims.add(new Claim("t" + i, 3, 0, 1 + i % 4));
        }
        List<Settled> settled = node.settle(claims);
        assertThat(settled).hasSameSizeAs(claims);
        for (int i = 0; i < claims.size(); i++) {
            assertThat(settled.get(i).granted()).isEqualTo(claims.get(i).wanted() <= 3);
        }
    }

    @Test
    default void no_claim_finds_out_whether_claims_are_taken() {
        assertThat(node().settle(List.of())).isEmpty();
    }

    @Test
    default void single_permits_of_the_highest_limit_are_not_lost_to_rounding() {
        PermitLeases node = node();
        long limit = 1_000_000_000;
        long before = one(node, limit, limit * 2, 0).usedNanos();
        List<Claim> claims = new ArrayList<>();
        for (int i = 0; i < PermitLeases.MOST_CLAIMS; i++) {
            claims.add(new Claim("acme", limit, 1_000_001, 0));
        }
        long owed = node.settle(claims).getLast().usedNanos() - before;
        long priced = PermitLeases.MOST_CLAIMS * 1_000_001L * 60;
        assertThat(owed).isBetween(priced - MINUTE_NANOS / 4, priced);
    }

    @Test
    default void of_many_at_once_exactly_the_limit_is_granted() throws Exception {
        int limit = 40;
        List<Future<Integer>> nodes = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int n = 0; n < 4; n++) {
                PermitLeases node = node();
                Callable<Integer> taking = () -> {
                    int granted = 0;
                    for (int i = 0; i < limit; i++) {
                        granted += one(node, limit, 0, 1).granted() ? 1 : 0;
                    }
                    return granted;
                };
                nodes.add(threads.submit(taking));
            }
        }
        int granted = 0;
        for (Future<Integer> node : nodes) {
            granted += node.get();
        }
        // A permit refills in 1.5 s: on a slow machine one or two may be granted besides.
        assertThat(granted).isBetween(limit, limit + 2);
    }
}
