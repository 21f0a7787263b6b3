package io.riptide.spi;

import java.util.List;

/**
 * The bucket of permits that a tenant has over all nodes, kept where they all reach it, by one clock for all. It holds
 * a minute's permits and refills evenly. Nodes grant a bounded number of permits before they tell it; what they owe is
 * taken off even where nothing is left, so that the next who asks waits for it.
 */
public interface PermitLeases extends AutoCloseable {
    /** How many claims are settled in one call at most. */
    int MOST_CLAIMS = 1_000;

    /** For one process: each tenant's only bucket is in its memory. */
    static PermitLeases none() {
        return new NoPermitLeases();
    }

    /** Whether other processes grant permits as well: false for {@link #none} alone. */
    default boolean shared() {
        return true;
    }

    /**
     * Settles claims, {@value #MOST_CLAIMS} at most, a tenant's in their order. Waits for the answers, for a bounded
     * time. Without claims it finds out whether claims are taken.
     *
     * @return for each claim in its order how the bucket stands after it
     * @throws io.riptide.problem.RipTideException {@code store-unavailable}; each claim may have been settled or not
     */
    List<Settled> settle(List<Claim> claims);

    /** Ends it; idempotent. */
    @Override
    void close();

    /**
     * What a node tells and asks.
     *
     * @param tenantId whose bucket
     * @param limit permits in a minute, from 1 to a billion
     * @param owed granted since the last claim, whatever the bucket holds; negative where more was given back
     * @param wanted to be taken besides, all or none; from 0 to {@code limit}
     */
    record Claim(String tenantId, long limit, long owed, int wanted) {}

    /**
     * How a bucket stands.
     *
     * @param granted whether what was wanted was taken
     * @param usedNanos until the bucket is full again if nothing more is taken; over a minute where nodes granted more
     *     than it held
     * @param nodes that claimed of this bucket in the last minute, this one among them
     */
    record Settled(boolean granted, long usedNanos, int nodes) {}
}
