package io.riptide.spi;

import io.riptide.entry.StoreKey;
import java.util.Map;

/**
 * Leases on loads of keys, kept where all nodes reach them, so that one node at a time loads a key. A lease ends by
 * itself, so that a node that died holds up nobody for long. It saves work and guards nothing: two nodes may believe to
 * hold one, and what both bring is written under conditions of its own.
 */
public interface LoadLeases {
    /** For one process: its own flights are all there are. */
    static LoadLeases none() {
        return new NoLoadLeases();
    }

    /** Whether other processes load as well: false for {@link #none} alone. */
    default boolean shared() {
        return true;
    }

    /**
     * Takes the lease on a key's load where nobody holds it, or where this load does. Waits for the answer, for a
     * bounded time.
     *
     * @param load the name of the load, unlike that of any other load anywhere; ASCII
     * @param millis how long it lasts unless it is kept
     * @return the name of the load that holds it: {@code load} where it was taken
     * @throws io.riptide.problem.RipTideException {@code store-unavailable}; it may have been taken or not
     */
    String take(StoreKey key, String load, long millis);

    /**
     * Has leases last for so long from now, those that are still held by the loads named.
     *
     * @throws io.riptide.problem.RipTideException {@code store-unavailable}; some may last longer
     */
    void keep(Map<StoreKey, String> loads, long millis);

    /** Ends a lease that is still held by that load. Waits for nothing: where it can not be told it ends by itself. */
    void release(StoreKey key, String load);
}
