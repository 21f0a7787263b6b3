package io.riptide.proof.nodes;

import io.riptide.proof.nodes.Span.Kind;
import io.riptide.proof.nodes.Step.Fate;
import io.riptide.proof.nodes.Step.Read;
import io.riptide.proof.nodes.Step.Write;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * What callers of all nodes did and were answered, held against what may be. Each key has one writer, whose writes are
 * numbered; a value is the number of its write. What happened to the store is told as {@link Span}s.
 *
 * <p>A read is as old as the acknowledgement of the first write that it does not show. It may be {@link #BOUND_NANOS}
 * old where it is not marked stale, and not at all where that write went through the same node. What was refused was
 * not kept, or was at the latest when it was refused: what comes of it later and hides a later write is an old value,
 * too. Of what was never answered nobody can tell when it is done.
 */
final class History {
    /** docs/coherence.md: "a read is never older than". */
    static final long BOUND_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final Map<String, List<Step>> keys = new ConcurrentHashMap<>();
    private final List<Span> spans = new CopyOnWriteArrayList<>();
    private final Predicate<String> mayBeStale;
    private final List<String> wrong = new ArrayList<>();
    private long oldestFreshNanos;
    private long oldestStaleNanos;

    /**
     * Of nothing yet.
     *
     * @param mayBeStale of which keys a namespace allows it
     */
    History(Predicate<String> mayBeStale) {
        this.mayBeStale = mayBeStale;
    }

    /** Tells what happened to the store. */
    void happened(Kind kind, long fromNanos, long toNanos) {
        spans.add(new Span(kind, fromNanos, toNanos));
    }

    /** Notes what happened to a key; any thread. */
    void add(String key, Step step) {
        List<Step> steps = keys.computeIfAbsent(key, k -> new ArrayList<>());
        synchronized (steps) {
            steps.add(step);
        }
    }

    /** What may not be, in words; empty where all is well. After all callers ended. */
    List<String> check() {
        wrong.clear();
        new TreeMap<>(keys).forEach((key, steps) -> {
            KeyHistory writes = new KeyHistory(steps, spans);
            for (Step step : steps) {
                switch (step) {
                    case Read read -> check(key, writes, read);
                    case Write write -> check(key, write);
                }
            }
        });
        return List.copyOf(wrong);
    }

    private void check(String key, Write write) {
        boolean away =
                any(Kind.AWAY, span -> write.begunNanos() > span.fromNanos() && write.endedNanos() < span.toNanos());
        if (write.fate() == Fate.KEPT && away) {
            wrong.add(key + ": " + write + " was acknowledged, and there was no store");
        }
    }

    private void check(String key, KeyHistory writes, Read read) {
        if (!writes.couldBe(read)) {
            wrong.add(key + ": " + read + " was never written");
            return;
        }
        long ageNanos = writes.ageNanos(read);
        if (read.stale()) {
            oldestStaleNanos = Math.max(oldestStaleNanos, ageNanos);
            checkStale(key, read);
        } else {
            oldestFreshNanos = Math.max(oldestFreshNanos, ageNanos);
            checkFresh(key, writes, read, ageNanos);
        }
        if (writes.ownAgeNanos(read) > 0) {
            wrong.add(key + ": " + read + " is older than a write through the same node");
        }
    }

    private void checkStale(String key, Read read) {
        if (!mayBeStale.test(key)) {
            wrong.add(key + ": " + read + " is stale, which its namespace does not allow");
        } else if (!any(Kind.TROUBLED, span -> span.meets(read.begunNanos(), read.endedNanos()))) {
            wrong.add(key + ": " + read + " is stale, and nothing was wrong");
        }
    }

    private void checkFresh(String key, KeyHistory writes, Read read, long ageNanos) {
        if (ageNanos > BOUND_NANOS) {
            wrong.add(key + ": " + read + " is " + TimeUnit.NANOSECONDS.toMillis(ageNanos) + " ms old");
        }
        if (any(
                Kind.AWAY,
                span -> read.begunNanos() > span.fromNanos() + BOUND_NANOS && read.endedNanos() < span.toNanos())) {
            wrong.add(key + ": " + read + " was answered as fresh, and there was no store");
        }
        if (any(
                Kind.EMPTIED,
                span -> read.begunNanos() > span.toNanos() + BOUND_NANOS
                        && writes.wholeBefore(read.place(), span.fromNanos()))) {
            wrong.add(key + ": " + read + " was gone");
        }
    }

    private boolean any(Kind kind, Predicate<Span> where) {
        return spans.stream().anyMatch(span -> span.kind() == kind && where.test(span));
    }

    /** How old a read was that was not marked stale, at most. */
    long oldestFreshMillis() {
        return TimeUnit.NANOSECONDS.toMillis(oldestFreshNanos);
    }

    /** How old a read was that was marked stale, at most. */
    long oldestStaleMillis() {
        return TimeUnit.NANOSECONDS.toMillis(oldestStaleNanos);
    }
}
