package io.riptide.proof.nodes;

import io.riptide.proof.nodes.Step.Fate;
import io.riptide.proof.nodes.Step.Read;
import io.riptide.proof.nodes.Step.Write;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The writes of one key, by their places: what a read may show of them. */
final class KeyHistory {
    private final TreeMap<Long, List<Write>> places = new TreeMap<>();
    private final List<Span> spans;

    KeyHistory(List<Step> steps, List<Span> spans) {
        this.spans = spans;
        for (Step step : steps) {
            if (step instanceof Write write) {
                places.computeIfAbsent(write.place(), place -> new ArrayList<>())
                        .add(write);
            }
        }
    }

    /** Whether a read shows something that had been begun when it ended. */
    boolean couldBe(Read read) {
        List<Write> attempts = places.get(read.place());
        return read.place() == 0
                || attempts != null
                        && !attempts.getFirst().removal()
                        && attempts.stream().anyMatch(write -> write.begunNanos() <= read.endedNanos());
    }

    /** Whether all of a write's attempts were answered before an instant. */
    boolean wholeBefore(long place, long nanos) {
        List<Write> attempts = places.get(place);
        return attempts != null
                && attempts.stream().allMatch(write -> write.fate() != Fate.UNKNOWN && write.endedNanos() < nanos);
    }

    /** For how long a write that a read does not show had been acknowledged when it began; 0 where there is none. */
    long ageNanos(Read read) {
        return age(read, false);
    }

    /** The same, of writes through the node that was read from. */
    long ownAgeNanos(Read read) {
        return age(read, true);
    }

    private long age(Read read, boolean own) {
        long shown = read.place() == 0 ? lastRemoval(read) : read.place();
        if (isOpen(shown)) {
            return 0;
        }
        for (List<Write> later : places.tailMap(shown, false).values()) {
            for (Write write : later) {
                boolean counts = write.fate() == Fate.KEPT
                        && write.endedNanos() < read.begunNanos()
                        && (!own || write.node() == read.node())
                        && !lost(write, read);
                if (counts) {
                    return read.begunNanos() - write.endedNanos();
                }
            }
        }
        return 0;
    }

    /** Where there was nothing: the last removal that it can be, an open one before others; 0 for the beginning. */
    private long lastRemoval(Read read) {
        long last = 0;
        for (Map.Entry<Long, List<Write>> place : places.entrySet()) {
            Write first = place.getValue().getFirst();
            if (first.removal() && first.begunNanos() <= read.endedNanos()) {
                last = place.getKey();
                if (isOpen(last)) {
                    return last;
                }
            }
        }
        return last;
    }

    /** Whether an attempt was never answered, so that it may have been done at any time. */
    private boolean isOpen(long place) {
        return places.getOrDefault(place, List.of()).stream().anyMatch(write -> write.fate() == Fate.UNKNOWN);
    }

    private boolean lost(Write write, Read read) {
        return spans.stream()
                .filter(span -> span.fromNanos() <= read.endedNanos())
                .anyMatch(span -> switch (span.kind()) {
                    case EMPTIED -> read.place() == 0 && write.begunNanos() <= span.toNanos();
                    case LOSSY -> span.meets(write.begunNanos(), write.endedNanos());
                    case AWAY, TROUBLED -> false;
                });
    }
}
