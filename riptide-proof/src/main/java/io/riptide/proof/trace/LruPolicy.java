package io.riptide.proof.trace;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/** Lets go of what was asked for longest ago. What weighs more than the bound is not taken in. */
final class LruPolicy implements Policy {
    private final Weighed weighed;
    private final long bound;
    private final Map<Integer, Integer> held = new LinkedHashMap<>(16, 0.75f, true);
    private long used;

    LruPolicy(Weighed weighed, long bound) {
        this.weighed = weighed;
        this.bound = bound;
    }

    @Override
    public boolean request(int at) {
        int key = weighed.trace().key(at);
        if (held.get(key) != null) {
            return true;
        }
        int weight = weighed.weight(key);
        if (weight <= bound) {
            held.put(key, weight);
            used += weight;
            Iterator<Integer> oldest = held.values().iterator();
            while (used > bound) {
                used -= oldest.next();
                oldest.remove();
            }
        }
        return false;
    }
}
