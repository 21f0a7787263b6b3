package io.riptide.proof.simulation;

import io.riptide.entry.StoreKey;

/** What is under way on a feed's connection, in order. */
sealed interface News {
    /** The connection is armed: all that follows is told. */
    record Armed(long sentNanos) implements News {}

    /** A key changed. */
    record Changed(StoreKey key, Place place, long atNanos) implements News {}

    /** Many of a tenant's were removed. */
    record Removed(String tenant) implements News {}

    /** What was sent at an instant of the node comes back. */
    record Echo(long sentNanos) implements News {}
}
