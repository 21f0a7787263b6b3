package io.riptide.proof.trace;

/**
 * A trace with what its entries weigh in the first tier: the size of the value and what an entry costs besides, which
 * is the same for all as their keys have one length. Every policy is bounded by these weights.
 *
 * @param overhead bytes of an entry besides its value
 */
record Weighed(Trace trace, int overhead) {
    /** Of one entry, in bytes. */
    int weight(int key) {
        return overhead + trace.size(key);
    }

    /** Of all entries together, in bytes. */
    long total() {
        long sum = 0;
        for (int key = 0; key < trace.keys(); key++) {
            sum += weight(key);
        }
        return sum;
    }

    /** The bound for a share of the whole: in full entries where all weigh the same. */
    long bound(double share) {
        long bytes = (long) (total() * share);
        return trace.sameSizes() && trace.keys() > 0 ? bytes - bytes % weight(0) : bytes;
    }
}
