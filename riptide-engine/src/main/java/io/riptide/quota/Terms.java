package io.riptide.quota;

/**
 * On what terms a node grants a tenant's permits while others do too.
 *
 * @param full the tenant's rate over all nodes
 * @param share this node's part of it while the shared bucket cannot be asked
 * @param credit how many permits may be granted that the shared bucket was not told of: the lease
 */
record Terms(Rate full, Rate share, long credit) {
    /** All leases together are at most an eighth of the limit, or one for each node where that is more. */
    private static final int PARTS = 8;

    /** Fewer nodes get no larger leases, so that nodes that start and know of no other keep the bound too. */
    private static final int FEW_NODES = 8;

    static Terms of(long limit, int nodes) {
        return new Terms(
                Rate.of(limit),
                Rate.of(Math.max(1, limit / nodes)),
                Math.max(1, limit / ((long) PARTS * Math.max(FEW_NODES, nodes))));
    }

    /** When the shared bucket is told in the background, so that callers do not come to wait for it. */
    long half() {
        return (credit + 1) / 2;
    }

    /**
     * What of that which is owed still counts. More than the credit is owed only after the shared bucket could not be
     * asked; then the share has refilled beside it. What was granted before that, a credit at most, was charged less of
     * the minute than the share charges, and is told in full.
     *
     * @param used of the minute, in the units of a rate
     */
    long due(long owed, long used) {
        return Math.min(owed, credit + Math.max(0, used) / share.price());
    }

    /**
     * How much of the minute that takes up which is owed, in the units of a rate: beyond the credit it was granted by
     * the share, which charges more. So what was granted while an answer was on its way is told in full by the next.
     */
    long charged(long owed) {
        long byShare = Math.max(0, owed - credit);
        return Math.max(0, owed - byShare) * full.price() + byShare * share.price();
    }
}
