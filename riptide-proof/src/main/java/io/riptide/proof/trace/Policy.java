package io.riptide.proof.trace;

/** A bounded cache to which a trace is replayed. For one thread. */
interface Policy {
    /**
     * The request at this place of the trace; places come in order, each once. A miss brings the entry in as far as the
     * policy likes.
     *
     * @return whether it was a hit
     */
    boolean request(int at);
}
