package io.riptide.quota;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How often one tenant met its quotas: calls that were refused, and calls that would have been where a quota is in
 * shadow and refuses nobody. Counts alone; who acts on them stands above. Threads: any.
 */
public final class Breaches {
    /** The quotas that refuse. */
    public enum Resource {
        OPERATIONS("operations_per_minute"),
        STORAGE("storage_bytes");

        private final String text;

        Resource(String text) {
            this.text = text;
        }

        /** Its name in HTTP. */
        public String text() {
            return text;
        }
    }

    private static final Resource[] RESOURCES = Resource.values();

    private final AtomicLongArray counts = new AtomicLongArray(2 * RESOURCES.length);
    private long seen;

    /** All at zero. */
    public Breaches() {}

    /** Counts one; {@code inShadow} where it was let through. */
    public void count(Resource resource, boolean inShadow) {
        counts.incrementAndGet(cell(resource, inShadow));
    }

    /** How many so far. */
    public long count(Resource resource) {
        return counts.get(cell(resource, false));
    }

    /** How many so far that were let through. */
    public long inShadow(Resource resource) {
        return counts.get(cell(resource, true));
    }

    /** All that were refused so far. */
    public long refused() {
        long sum = 0;
        for (Resource resource : RESOURCES) {
            sum += count(resource);
        }
        return sum;
    }

    /** How many were refused since the last call of this method; one thread. */
    public long refusedSince() {
        long now = refused();
        long more = now - seen;
        seen = now;
        return more;
    }

    private static int cell(Resource resource, boolean inShadow) {
        return 2 * resource.ordinal() + (inShadow ? 1 : 0);
    }
}
