package io.riptide.proof.trace;

import java.util.Arrays;
import java.util.TreeSet;

/**
 * Knows what comes: lets go of the entry whose next use is furthest (L. A. Belady, A study of replacement algorithms
 * for a virtual-storage computer, 1966), which may be the one just asked for, and holds none that is not used again.
 * Where all entries weigh the same no cache has more hits, be it one that may refuse an entry or not. Where they don't,
 * the most hits cannot be found in reasonable time (M. Chrobak and others, Caching is hard, even in the fault model,
 * 2012), and this is a mark to compare with, not a bound.
 */
final class BeladyPolicy implements Policy {
    private static final int NEVER = Integer.MAX_VALUE;

    private final Weighed weighed;
    private final long bound;
    /** By place: where its key is asked for next. */
    private final int[] nextUse;

    private final boolean[] isHeld;
    /** Next use and key of all that is held, the furthest last. */
    private final TreeSet<Long> byNextUse = new TreeSet<>();

    private long used;

    BeladyPolicy(Weighed weighed, long bound) {
        this.weighed = weighed;
        this.bound = bound;
        Trace trace = weighed.trace();
        this.nextUse = new int[trace.length()];
        this.isHeld = new boolean[trace.keys()];
        int[] seen = new int[trace.keys()];
        Arrays.fill(seen, NEVER);
        for (int at = trace.length() - 1; at >= 0; at--) {
            int key = trace.key(at);
            nextUse[at] = seen[key];
            seen[key] = at;
        }
    }

    @Override
    public boolean request(int at) {
        int key = weighed.trace().key(at);
        int weight = weighed.weight(key);
        boolean hit = isHeld[key];
        if (hit) {
            release(place(at, key));
        }
        if (nextUse[at] != NEVER && weight <= bound) {
            byNextUse.add(place(nextUse[at], key));
            isHeld[key] = true;
            used += weight;
            while (used > bound) {
                release(byNextUse.last());
            }
        }
        return hit;
    }

    private void release(long place) {
        int key = (int) place;
        byNextUse.remove(place);
        isHeld[key] = false;
        used -= weighed.weight(key);
    }

    private static long place(int use, int key) {
        return ((long) use << Integer.SIZE) | key;
    }
}
