package io.riptide.proof.nodes;

/** One attempt of a caller at one node, and what came of it. Times are monotonic, those of the caller. */
sealed interface Step {
    int node();

    long begunNanos();

    long endedNanos();

    /** What a caller knows of a write. */
    enum Fate {
        /** Acknowledged. */
        KEPT,
        /** The node answered that it is not kept. */
        REFUSED,
        /** No answer came: the request may lie somewhere and be done later. */
        UNKNOWN
    }

    /**
     * A write or a removal.
     *
     * @param place how many the key's only writer began before and with it: the value that is written
     */
    record Write(int node, long place, boolean removal, long begunNanos, long endedNanos, Fate fate) implements Step {}

    /**
     * A read that was answered.
     *
     * @param place the value, or 0 where there was none
     * @param stale whether it was marked so
     */
    record Read(int node, long place, boolean stale, long begunNanos, long endedNanos) implements Step {}
}
