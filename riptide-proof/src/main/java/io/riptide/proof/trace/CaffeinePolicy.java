package io.riptide.proof.trace;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

/** Caffeine alone, one cache for all tenants, its housekeeping on the caller's thread as in RipTide's first tier. */
final class CaffeinePolicy implements Policy {
    private final Trace trace;
    private final String prefix;
    private final Cache<String, Integer> cache;

    /**
     * Empty.
     *
     * @param run how many runs were before: keys are named after it, for how they hash tells what the sketch mixes up
     */
    CaffeinePolicy(Weighed weighed, long bound, int run) {
        this.trace = weighed.trace();
        this.prefix = run + ":";
        this.cache = Caffeine.newBuilder()
                .maximumWeight(bound)
                .weigher((String text, Integer key) -> weighed.weight(key))
                .executor(Runnable::run)
                .build();
    }

    @Override
    public boolean request(int at) {
        int key = trace.key(at);
        String text = prefix + Trace.text(key);
        if (cache.getIfPresent(text) != null) {
            return true;
        }
        cache.put(text, key);
        return false;
    }
}
