package io.riptide.proof.permits;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.quota.Allowance;
import io.riptide.quota.PermitRounds;
import io.riptide.spi.PermitLeases;
import io.riptide.spi.Time;
import io.riptide.testkit.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** One tenant's permits over several nodes: never more than is promised, and all of it to whoever wants it. */
class PermitsOverNodesTest {
    private final ManualTime time = new ManualTime();
    private final MemoryPermitLeases buckets = new MemoryPermitLeases(time);

    /** One node's view. */
    private final class Node {
        final PermitRounds rounds;
        final Allowance allowance;
        long granted;

        Node(String name, long limit) {
            rounds = new PermitRounds(buckets.node(name), time);
            allowance = rounds.allowance("acme", limit);
        }

        boolean take(int permits) {
            boolean taken = allowance.take(permits) == 0;
            granted += taken ? permits : 0;
            return taken;
        }

        void tell() {
            allowance.tellSoon();
            rounds.round();
        }
    }

    private List<Node> nodes(int count, long limit) {
        List<Node> nodes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            nodes.add(new Node("n" + i, limit));
        }
        return nodes;
    }

    private static long lease(long limit, int nodes) {
        return Math.max(1, limit / (8L * Math.max(8, nodes)));
    }

    private static long granted(List<Node> nodes) {
        return nodes.stream().mapToLong(node -> node.granted).sum();
    }

    private static int takeAll(Node node, int most) {
        int taken = 0;
        while (taken < most && node.take(1)) {
            taken++;
        }
        return taken;
    }

    /** Runs something once, the next time somebody reads the clock after it was set. */
    private final class Interrupted implements Time {
        private @Nullable Runnable next;

        @Override
        public long wallMillis() {
            return time.wallMillis();
        }

        @Override
        public long nanoTime() {
            Runnable now = next;
            next = null;
            if (now != null) {
                now.run();
            }
            return time.nanoTime();
        }
    }

    @Test
    void while_an_answer_is_taken_in_there_is_no_second_lease() {
        long limit = 6000;
        Interrupted clock = new Interrupted();
        PermitLeases told = buckets.node("n0");
        List<Node> others = nodes(2, limit);
        AtomicLong granted = new AtomicLong();
        List<Allowance> mine = new ArrayList<>();
        PermitRounds rounds = new PermitRounds(
                new PermitLeases() {
                    @Override
                    public List<Settled> settle(List<Claim> claims) {
                        List<Settled> settled = told.settle(claims);
                        if (claims.stream().allMatch(claim -> claim.wanted() == 0)) {
                            clock.next = () -> takeAll(mine.getFirst(), granted);
                        }
                        return settled;
                    }

                    @Override
                    public void close() {}
                },
                clock);
        mine.add(rounds.allowance("acme", limit));
        int half = (int) (lease(limit, 3) + 1) / 2;
        assertThat(mine.getFirst().take(half)).isZero();
        others.forEach(node -> takeAll(node, 10_000));
        others.forEach(Node::tell);
        rounds.round();
        takeAll(mine.getFirst(), granted);
        assertThat(granted.get() + half).as("of a bucket with nothing left").isEqualTo(lease(limit, 3));
    }

    @Test
    void what_is_granted_by_shares_while_the_first_answer_is_on_its_way_is_told_before_buckets_are_asked_again() {
        long limit = 6000;
        PermitLeases told = buckets.node("n0");
        List<Allowance> mine = new ArrayList<>();
        AtomicLong granted = new AtomicLong();
        PermitRounds rounds = new PermitRounds(
                new PermitLeases() {
                    @Override
                    public List<Settled> settle(List<Claim> claims) {
                        List<Settled> settled = told.settle(claims);
                        takeAll(mine.getFirst(), granted);
                        return settled;
                    }

                    @Override
                    public void close() {}
                },
                time);
        mine.add(rounds.allowance("acme", limit));
        Node other = new Node("n1", limit);
        buckets.reachable(false);
        assertThat(mine.getFirst().take(1)).isZero();
        mine.getFirst().tellSoon();
        rounds.round();
        assertThat(rounds.awaySinceMillis()).isPositive();
        time.advance(Duration.ofSeconds(1));
        buckets.reachable(true);
        rounds.round();
        assertThat(rounds.awaySinceMillis()).isZero();
        assertThat(granted.get()).isBetween(limit - 1, limit + 100);
        assertThat(takeAll(other, 10_000)).isLessThanOrEqualTo((int) (2 * lease(limit, 2)));
    }

    @Test
    void all_tenants_are_told_before_any_bucket_is_asked_again() {
        PermitRounds rounds = new PermitRounds(buckets.node("n0"), time);
        buckets.reachable(false);
        List<Allowance> tenants = new ArrayList<>();
        for (int i = 0; i < 2 * PermitLeases.MOST_CLAIMS + 1; i++) {
            Allowance allowance = rounds.allowance("t" + i, 640);
            tenants.add(allowance);
            assertThat(allowance.take(600)).isZero();
        }
        time.advance(Duration.ofSeconds(1));
        buckets.reachable(true);
        rounds.round();
        assertThat(rounds.awaySinceMillis()).isZero();
        PermitRounds others = new PermitRounds(buckets.node("n1"), time);
        for (int i = 0; i < tenants.size(); i++) {
            assertThat(others.allowance("t" + i, 640).take(100)).as("t" + i).isPositive();
        }
    }

    private static void takeAll(Allowance allowance, AtomicLong granted) {
        while (allowance.take(1) == 0) {
            granted.incrementAndGet();
        }
    }

    @Test
    void one_node_alone_gets_the_whole_limit_also_after_others_were_there() {
        List<Node> nodes = nodes(4, 1000);
        nodes.forEach(node -> {
            assertThat(node.take(1)).isTrue();
            node.tell();
        });
        time.advance(Duration.ofSeconds(1));
        assertThat(takeAll(nodes.getFirst(), 2000)).isBetween(1000 - 4, 1000);
        nodes.getFirst().tell();
        for (int second = 0; second < 60; second++) {
            time.advance(Duration.ofSeconds(1));
            takeAll(nodes.getFirst(), 100);
            nodes.getFirst().tell();
        }
        assertThat(nodes.getFirst().granted).isBetween(1990L, 2000L + lease(1000, 4));
    }

    @Test
    void nodes_that_know_of_no_other_grant_no_more_than_a_lease_each_above_the_limit() {
        for (long limit : new long[] {1, 7, 1000, 10_000}) {
            buckets.empty();
            List<Node> nodes = nodes(4, limit);
            nodes.forEach(node -> takeAll(node, 20_000));
            assertThat(granted(nodes)).isBetween(limit, limit + 4 * lease(limit, 4));
        }
    }

    @Test
    void a_batch_above_a_lease_is_asked_for_and_one_above_what_is_left_is_refused_with_the_wait() {
        List<Node> nodes = nodes(2, 600);
        assertThat(nodes.getFirst().take(600)).isTrue();
        assertThat(nodes.getLast().allowance.take(300)).isBetween(29_900_000_000L, 30_000_000_000L);
        time.advance(Duration.ofSeconds(30));
        assertThat(nodes.getLast().take(300)).isTrue();
        assertThat(nodes.getLast().allowance.take(601)).isPositive();
    }

    @Test
    void what_is_refused_is_not_owed() {
        long limit = 640;
        Node refused = new Node("n0", limit);
        Node other = new Node("n1", limit);
        assertThat(refused.take(1)).isTrue();
        takeAll(other, 10_000);
        other.tell();
        refused.tell();
        for (int i = 0; i < 100; i++) {
            assertThat(refused.take(1)).isFalse();
        }
        // One for what leases granted above the limit.
        time.advance(Duration.ofMinutes(2));
        int settled = buckets.settled();
        for (int i = 0; i < lease(limit, 2); i++) {
            assertThat(refused.take(1)).isTrue();
        }
        assertThat(buckets.settled())
                .as("the whole lease is there, and nobody is asked")
                .isEqualTo(settled);
        refused.tell();
        other.tell();
        assertThat(other.take(1)).isTrue();
        other.tell();
        assertThat(other.allowance.probe().remaining()).isEqualTo(limit - lease(limit, 2) - 1);
    }

    @Test
    void what_is_left_is_said_over_all_nodes() {
        List<Node> nodes = nodes(2, 600);
        takeAll(nodes.getFirst(), 300);
        nodes.getFirst().tell();
        assertThat(nodes.getLast().take(1)).isTrue();
        nodes.getLast().tell();
        assertThat(nodes.getLast().allowance.probe().remaining()).isEqualTo(299);
        nodes.getLast().allowance.giveBack(1);
        nodes.getLast().tell();
        assertThat(nodes.getLast().allowance.probe().remaining()).isEqualTo(300);
    }

    @Test
    void with_the_buckets_out_of_reach_each_node_grants_its_share_and_says_so_until_they_are_back() {
        List<Node> nodes = nodes(4, 4000);
        for (int turn = 0; turn < 2; turn++) {
            nodes.forEach(node -> {
                assertThat(node.take(1)).isTrue();
                node.tell();
            });
        }
        time.advance(Duration.ofMinutes(1));
        nodes.forEach(node -> {
            node.take(1);
            node.tell();
        });
        buckets.reachable(false);
        long before = granted(nodes);
        nodes.forEach(node -> takeAll(node, 5000));
        assertThat(granted(nodes) - before).isBetween(4000L - 4 * 4, 4000L + 4 * lease(4000, 4));
        assertThat(nodes)
                .allSatisfy(node -> assertThat(node.rounds.awaySinceMillis()).isEqualTo(time.wallMillis()));
        time.advance(Duration.ofMinutes(10));
        before = granted(nodes);
        assertThat(nodes)
                .allSatisfy(node -> assertThat(node.allowance.lacking()).isZero());
        nodes.forEach(node -> assertThat(takeAll(node, 5000)).isEqualTo(1000));
        assertThat(nodes)
                .as("of what each may grant")
                .allSatisfy(node -> assertThat(node.allowance.lacking()).isEqualTo(1));
        assertThat(granted(nodes) - before).isEqualTo(4000);

        buckets.empty();
        buckets.reachable(true);
        nodes.forEach(Node::tell);
        nodes.forEach(Node::tell);
        assertThat(nodes)
                .allSatisfy(node -> assertThat(node.rounds.awaySinceMillis()).isZero());
        before = granted(nodes);
        nodes.forEach(node -> takeAll(node, 5000));
        assertThat(granted(nodes) - before)
                .as("what was granted meanwhile counts")
                .isLessThanOrEqualTo(4 * lease(4000, 4));
    }

    @Test
    void while_it_is_out_of_reach_it_is_tried_every_half_second_also_with_nothing_to_tell() {
        Node node = new Node("n", 1000);
        assertThat(node.take(1)).isTrue();
        buckets.reachable(false);
        node.tell();
        assertThat(node.rounds.awaySinceMillis()).isPositive();
        buckets.reachable(true);
        node.rounds.round();
        assertThat(node.rounds.awaySinceMillis()).isPositive();
        time.advance(Duration.ofMillis(500));
        node.rounds.round();
        assertThat(node.rounds.awaySinceMillis()).isZero();
    }

    @Test
    void steady_work_costs_a_claim_a_second_and_tenant_and_no_caller_asks() {
        Node node = new Node("n", 10_000);
        for (int second = 0; second < 60; second++) {
            for (int step = 0; step < 200; step++) {
                if (step % 6 != 0) {
                    assertThat(node.take(1)).isTrue();
                }
                time.advance(Duration.ofMillis(5));
                node.rounds.round();
            }
            node.tell();
        }
        assertThat(buckets.settled()).isLessThanOrEqualTo(60 * 4);
    }

    @Test
    void a_limit_that_changes_holds_on_every_node() {
        List<Node> nodes = nodes(2, 100);
        nodes.forEach(node -> node.allowance.limit(10));
        nodes.forEach(node -> takeAll(node, 200));
        assertThat(granted(nodes)).isBetween(10L, 12L);
    }

    @Test
    void threads_of_four_nodes_together_get_no_more_than_is_promised() throws InterruptedException {
        int limit = 5000;
        List<Node> nodes = nodes(4, limit);
        AtomicLong granted = new AtomicLong();
        AtomicBoolean done = new AtomicBoolean();
        CountDownLatch taking = new CountDownLatch(16);
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            for (Node node : nodes) {
                for (int t = 0; t < 4; t++) {
                    threads.execute(() -> {
                        for (int i = 0; i < 2000; i++) {
                            granted.addAndGet(node.allowance.take(1) == 0 ? 1 : 0);
                        }
                        taking.countDown();
                    });
                }
                threads.execute(() -> {
                    while (!done.get()) {
                        node.tell();
                        Thread.onSpinWait();
                    }
                });
            }
            taking.await();
            done.set(true);
        }
        assertThat(granted.get()).isBetween((long) limit, limit + 4 * lease(limit, 4));
    }

    @Property(tries = 300)
    void never_more_than_the_limit_what_refilled_and_a_lease_for_each_node(
            @ForAll @LongRange(min = 1, max = 50_000) long limit,
            @ForAll @IntRange(min = 1, max = 6) int count,
            @ForAll @Size(min = 20, max = 400) List<@IntRange(max = 999_999) Integer> steps) {
        buckets.empty();
        List<Node> nodes = nodes(count, limit);
        long elapsed = 0;
        for (int step : steps) {
            Node node = nodes.get(step % count);
            switch (step / count % 4) {
                case 0 -> takeAll(node, (int) limit + 10);
                case 1 -> node.take(1 + (int) (step % Math.max(1, limit / 3)));
                case 2 -> node.tell();
                default -> {
                    int millis = step % 500;
                    elapsed += millis;
                    time.advance(Duration.ofMillis(millis));
                }
            }
            assertThat(granted(nodes))
                    .isLessThanOrEqualTo(limit + limit * elapsed / 60_000 + 1 + count * lease(limit, count));
        }
    }
}
