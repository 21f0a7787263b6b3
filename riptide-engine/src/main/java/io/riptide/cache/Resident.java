package io.riptide.cache;

import io.riptide.entry.Head;
import io.riptide.entry.Removals;
import org.jspecify.annotations.Nullable;

/**
 * An entry in L1, with the removal up to which it was judged. Whoever judges it notes that without a lock: a reader who
 * sees an older number only judges once more.
 */
final class Resident {
    private final Lookup.Hit hit;
    private final long endMillis;
    /** Null where this process alone writes to the store. */
    private final @Nullable Seen seen;
    /** Written under this one's lock; who reads an older value without it only looks again under it. */
    private boolean asked;

    /** Guarded by this. */
    private boolean gone;

    private long judged;

    /** Judged already, up to that removal. */
    Resident(Lookup.Hit hit, long endMillis, long judged, @Nullable Seen seen) {
        this.hit = hit;
        this.endMillis = endMillis;
        this.judged = judged;
        this.seen = seen;
    }

    Lookup.Hit hit() {
        return hit;
    }

    /** When its freshness ends, by itself or by a removal. */
    long endMillis() {
        return endMillis;
    }

    /** What was known of changes before it was read; null where this process alone writes to the store. */
    @Nullable Seen seen() {
        return seen;
    }

    /** Whether the store was asked for it before that. */
    boolean askedBefore(Seen other) {
        return seen != null && seen.nanos() - other.nanos() < 0;
    }

    /** Whether the store was asked for it after that. */
    boolean askedAfter(Seen other) {
        return seen != null && seen.nanos() - other.nanos() > 0;
    }

    /** Notes that it is asked for; true for the first who does, as long as it is held. Only that one takes its lock. */
    boolean firstAsked() {
        if (asked) {
            return false;
        }
        synchronized (this) {
            boolean first = !asked && !gone;
            asked |= first;
            return first;
        }
    }

    /** Notes that it is held no more; true where it had been asked for. */
    synchronized boolean leave() {
        gone = true;
        return asked;
    }

    boolean judgedUpTo(long latest) {
        return judged == latest;
    }

    /** The same judged by these removals, another one where they end it sooner, or null where it is gone. */
    @Nullable Resident judge(String namespace, Removals now) {
        if (now.forgotten() > judged) {
            return null;
        }
        Head head = hit.entry().head();
        long end = now.end(namespace, head);
        if (end == Removals.REMOVED) {
            return null;
        }
        if (end < endMillis) {
            return new Resident(hit, end, now.latest(), seen);
        }
        judged = now.latest();
        return this;
    }
}
