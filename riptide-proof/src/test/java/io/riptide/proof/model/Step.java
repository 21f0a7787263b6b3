package io.riptide.proof.model;

/** One thing that happens to a cache. */
sealed interface Step {
    /** What is done with a key. */
    enum Kind {
        GET,
        GET_ALL,
        PUT,
        PUT_ALL,
        PUT_IF_ABSENT,
        PUT_IF_PRESENT,
        SET_IF_UNCHANGED,
        SET_IF_OTHER,
        LOAD,
        REMOVE,
        REMOVE_IF_UNCHANGED,
        REMOVE_TAGGED,
        REMOVE_TAGGED_EVERYWHERE,
        REMOVE_PREFIXED,
        REMOVE_ALL,
        EXPLAIN,
        LIST
    }

    /** An operation of a tenant on a key. */
    record At(String tenant, String namespace, String key, Kind kind, byte[] value, long ttlMillis) implements Step {}

    /** Time goes on, and housekeeping runs. */
    record Advance(long millis) implements Step {}

    /** The process ends and starts. */
    record Reopen() implements Step {}
}
