package io.riptide.proof.nodes;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/** What callers were answered, in numbers. Any thread. */
final class Tally {
    static final int NO_ANSWER = 0;

    /** Statuses of what counts as an operation; the rest is free. */
    private static final Set<Integer> OPERATIONS = Set.of(200, 201, 204, 304, 404, 412);

    private final AtomicLong answered = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong longestNanos = new AtomicLong();
    private final AtomicLongArray operations = new AtomicLongArray(Nodes.COUNT);
    private final AtomicLongArray unanswered = new AtomicLongArray(Nodes.COUNT);
    private final AtomicLongArray fromMemory = new AtomicLongArray(Nodes.COUNT);
    private final AtomicLong stale = new AtomicLong();
    private final Map<String, Integer> refusals = new ConcurrentSkipListMap<>();

    /** With what was said where it was refused. */
    void attempt(int node, int status, String said, long nanos) {
        longestNanos.accumulateAndGet(nanos, Math::max);
        if (status == NO_ANSWER) {
            unanswered.incrementAndGet(node);
        } else if (OPERATIONS.contains(status)) {
            operations.incrementAndGet(node);
        } else {
            refused.incrementAndGet();
            refusals.merge("node " + node + ": " + status + " " + said, 1, Integer::sum);
        }
    }

    void read(int node, boolean memory, boolean isStale) {
        if (memory) {
            fromMemory.incrementAndGet(node);
        }
        if (isStale) {
            stale.incrementAndGet();
        }
    }

    void call(boolean done) {
        (done ? answered : failed).incrementAndGet();
    }

    /** Calls that succeeded, at the first or the second attempt. */
    long answered() {
        return answered.get();
    }

    /** Calls that failed twice. */
    long failed() {
        return failed.get();
    }

    /** Attempts that were refused. */
    long refused() {
        return refused.get();
    }

    /** How often each node refused for which reason. */
    Map<String, Integer> refusals() {
        return Map.copyOf(refusals);
    }

    /** Attempts that a node answered and that are an operation. */
    long operations(int node) {
        return operations.get(node);
    }

    /** Attempts of which nobody knows. */
    long unanswered(int node) {
        return unanswered.get(node);
    }

    /** Reads that a node answered from its memory as fresh. */
    long fromMemory(int node) {
        return fromMemory.get(node);
    }

    /** Reads that were marked stale. */
    long stale() {
        return stale.get();
    }

    /** The longest attempt since this was last asked. */
    long longestMillis() {
        return TimeUnit.NANOSECONDS.toMillis(longestNanos.getAndSet(0));
    }
}
