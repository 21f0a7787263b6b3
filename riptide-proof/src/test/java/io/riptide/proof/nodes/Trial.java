package io.riptide.proof.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.proof.nodes.Span.Kind;
import io.riptide.testkit.Await;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.IntToLongFunction;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.TestReporter;

/**
 * A tenant, its callers at all nodes, and what they go through. In the end it holds what they were answered against
 * what may be, and the nodes' counts against what they answered.
 */
final class Trial implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration SETTLING = Duration.ofSeconds(10);
    private static final Duration HEALING = Duration.ofMinutes(6);

    private final String tenantId;
    private final Nodes nodes;
    private final TestReporter reporter;
    private final String apiKey;
    private final Load load;
    private long troubledNanos;
    private long longestMillis;
    private long recoveredMillis;

    /** Begins, and waits until each node answers from its memory too. */
    Trial(String tenantId, Nodes nodes, Duration patience, TestReporter reporter) {
        this.tenantId = tenantId;
        this.nodes = nodes;
        this.reporter = reporter;
        this.apiKey = nodes.node(0).createTenant(tenantId);
        this.load = new Load(nodes, apiKey, patience);
        answersFromMemory();
        var unused = load.tally().longestMillis();
        troubledNanos = System.nanoTime();
    }

    String apiKey() {
        return apiKey;
    }

    Load load() {
        return load;
    }

    Tally tally() {
        return load.tally();
    }

    /** Waits while callers go on. */
    void goOn(Duration time) {
        long begun = System.nanoTime();
        Await.until(time.plus(PATIENCE), "time to pass", () -> System.nanoTime() - begun > time.toNanos());
    }

    /** Waits until callers were answered so many times more. */
    void answersMore(int calls) {
        long before = tally().answered();
        Await.until(PATIENCE, "calls to be answered", () -> tally().answered() > before + calls);
    }

    /** Waits until each node has answered some more reads from its memory. */
    void answersFromMemory() {
        long[] before = ofEach(tally()::fromMemory);
        Await.until(
                PATIENCE,
                "all nodes to answer from memory",
                () -> IntStream.range(0, Nodes.COUNT).allMatch(node -> tally().fromMemory(node) > before[node] + 20));
    }

    private static long[] ofEach(IntToLongFunction figure) {
        return IntStream.range(0, Nodes.COUNT).mapToLong(figure).toArray();
    }

    /** Notes what happened to the store since an instant. */
    void happened(Kind kind, long fromNanos) {
        load.history().happened(kind, fromNanos, System.nanoTime());
    }

    /** Waits until all nodes are ready and take writes again, once the fault has ended. */
    void recovers() {
        longestMillis = tally().longestMillis();
        long begun = System.nanoTime();
        for (int i = 0; i < Nodes.COUNT; i++) {
            int node = i;
            Await.until(PATIENCE, "node " + node + " to be ready again", () -> nodes.ready(node));
            Await.until(PATIENCE, "node " + node + " to take writes", () -> load.probe(node));
        }
        recoveredMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
        happened(Kind.TROUBLED, troubledNanos);
        troubledNanos = System.nanoTime();
        answersMore(200);
        longestMillis = Math.max(longestMillis, tally().longestMillis());
    }

    /** Ends the callers; nothing is wrong, and none waited for longer than that. */
    void isWell(Duration longest) {
        load.end();
        assertThat(load.history().check()).as(said()).isEmpty();
        longestMillis = Math.max(longestMillis, tally().longestMillis());
        reporter.publishEntry(tenantId, figures());
        assertThat(longestMillis).as("the longest call").isLessThan(longest.toMillis());
    }

    private String figures() {
        History history = load.history();
        return "longest " + longestMillis + " ms, recovered in " + recoveredMillis + " ms, oldest read "
                + history.oldestFreshMillis() + " ms, stale " + tally().stale() + " (" + history.oldestStaleMillis()
                + " ms), answered " + tally().answered() + ", refused " + tally().refused() + ", failed "
                + tally().failed();
    }

    /** Each node knows how much all answered; what they were asked and nobody heard of may be counted. */
    void countsAreExact() {
        load.end();
        long least = LongStream.of(ofEach(tally()::operations)).sum();
        long most = least + LongStream.of(ofEach(tally()::unanswered)).sum();
        for (int i = 0; i < Nodes.COUNT; i++) {
            int node = i;
            Await.until(SETTLING, "the operations that node " + node + " knows of: " + least, () -> {
                long counted = nodes.operations(node, apiKey);
                return least <= counted && counted <= most;
            });
        }
    }

    /** The index has what is there, and may have more until it is healed: what was sent behind an answer got lost. */
    void indexIsTrue(ToLongFunction<String> stored) {
        load.end();
        boolean undisturbed = tally().refused() == 0
                && LongStream.of(ofEach(tally()::unanswered)).sum() == 0;
        Await.until(SETTLING, "the index to be true", () -> {
            long there = stored.applyAsLong(tenantId);
            long indexed = nodes.entries(0, apiKey);
            return indexed >= there;
        });
        if (undisturbed) {
            indexHeals(stored);
        }
    }

    /** No caller that tried once more was refused or left without an answer. */
    void failedNobody() {
        assertThat(tally().failed()).as(said()).isZero();
    }

    /** What refused writes left in the index is taken out of it in the background. */
    void indexHeals(ToLongFunction<String> stored) {
        load.end();
        long there = stored.applyAsLong(tenantId);
        Await.until(HEALING, "the index to be healed", () -> nodes.entries(0, apiKey) == there);
    }

    private String said() {
        StringBuilder said = new StringBuilder(tally().refusals() + ", and what the nodes said:");
        for (int node = 0; node < Nodes.COUNT; node++) {
            said.append('\n').append(node).append(": ").append(nodes.node(node).said());
        }
        return said.toString();
    }

    @Override
    public void close() {
        load.close();
    }
}
