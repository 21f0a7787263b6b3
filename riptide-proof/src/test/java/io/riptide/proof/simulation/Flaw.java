package io.riptide.proof.simulation;

/** What a simulated feed or clock may have wrong, so that the simulation shows that it would notice. */
enum Flaw {
    NONE,
    /** An echo is taken before the news that was sent before it. */
    ECHO_OVERTAKES,
    /** A connection that was lost is armed again as if nothing could have been missed. */
    NO_NEW_EPOCH,
    /** News of removals counts as told before the node knows the removals. */
    REMOVALS_LAG,
    /** Ages go by the coarse clock, which stood still while the node was frozen. */
    COARSE_TIME
}
