package io.riptide;

import io.riptide.problem.RipTideException;
import io.riptide.spi.ControlStore;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * What one process at a time is to do, of all that share a control store: whoever holds a job's lease, and keeps it by
 * asking again in time. A process that dies loses it within {@value #LEASE_MILLIS} ms, and another has it from its next
 * round on.
 */
final class Jobs implements AutoCloseable {
    private static final long LEASE_MILLIS = 8_000;

    private final ControlStore store;
    private final String node;
    private final ConcurrentMap<String, Boolean> held = new ConcurrentHashMap<>();

    /**
     * Over a control store.
     *
     * @param node differs from process to process
     */
    Jobs(ControlStore store, String node) {
        this.store = store;
        this.node = node;
    }

    /**
     * Whether this process does a job until its next round, which is to come about once a second. No, where the store
     * does not answer: somebody else may have it.
     */
    boolean mine(String job) {
        boolean mine;
        try {
            mine = store.lease(job, node, LEASE_MILLIS);
        } catch (RipTideException e) {
            mine = false;
        }
        held.put(job, mine);
        return mine;
    }

    /** Lets another have what this one does. */
    @Override
    public void close() {
        held.forEach((job, mine) -> {
            if (mine) {
                try {
                    store.release(job, node);
                } catch (RipTideException e) {
                    // It ends by itself.
                }
            }
        });
    }
}
