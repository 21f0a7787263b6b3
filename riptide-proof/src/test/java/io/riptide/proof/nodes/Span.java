package io.riptide.proof.nodes;

/** What happened to the store between two instants, in monotonic time. */
record Span(Kind kind, long fromNanos, long toNanos) {
    /** What may be otherwise because of it. */
    enum Kind {
        /** Nothing was kept and nothing could be asked. */
        AWAY,
        /** All that was there is gone since. */
        EMPTIED,
        /** What was acknowledged then may be lost: what Redis itself says of a failover. */
        LOSSY,
        /** What is marked stale may be served, where the namespace allows it. */
        TROUBLED
    }

    boolean meets(long fromNanos, long toNanos) {
        return this.fromNanos <= toNanos && fromNanos <= this.toNanos;
    }
}
