package io.riptide.cache;

import io.riptide.entry.Head;
import io.riptide.entry.Removals;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * An entry in L1, with the removal up to which it was judged. Whoever judges it notes that without a lock: a reader who
 * sees an older number only judges once more.
 */
final class Resident {
    private static final AtomicIntegerFieldUpdater<Resident> STANDING =
            AtomicIntegerFieldUpdater.newUpdater(Resident.class, "standing");
    private static final int UNASKED = 0;
    private static final int ASKED = 1;
    private static final int GONE = 2;

    private final Lookup.Hit hit;
    private final long endMillis;
    private volatile int standing;
    private long judged;

    /** Judged already, up to that removal. */
    Resident(Lookup.Hit hit, long endMillis, long judged) {
        this.hit = hit;
        this.endMillis = endMillis;
        this.judged = judged;
    }

    Lookup.Hit hit() {
        return hit;
    }

    /** When its freshness ends, by itself or by a removal. */
    long endMillis() {
        return endMillis;
    }

    /** Notes that it is asked for; true for the first who does, as long as it is held. */
    boolean firstAsked() {
        return standing == UNASKED && STANDING.compareAndSet(this, UNASKED, ASKED);
    }

    /** Notes that it is held no more; true where it had been asked for. */
    boolean leave() {
        return STANDING.getAndSet(this, GONE) == ASKED;
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
            return new Resident(hit, end, now.latest());
        }
        judged = now.latest();
        return this;
    }
}
