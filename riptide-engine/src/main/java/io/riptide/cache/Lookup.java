package io.riptide.cache;

import io.riptide.entry.Entry;

/** What a read came to. */
public sealed interface Lookup {
    /** Nothing there. */
    Lookup MISS = new Miss();

    /**
     * An entry that is fresh.
     *
     * @param tier where it was
     */
    record Hit(Entry entry, Tier tier) implements Lookup {}

    /**
     * An entry that has ended and is served all the same. Only a read with a loader comes to this, and only within the
     * windows that it or its namespace allows.
     *
     * @param tier where it was, never {@link Tier#LOADED}
     * @param endedMillis when it ended, epoch milliseconds
     */
    record Stale(Entry entry, Tier tier, long endedMillis, Why why) implements Lookup {}

    /** No entry. */
    record Miss() implements Lookup {}

    /** Where an entry was found. */
    enum Tier {
        /** In this process. */
        L1,
        /** In the store. */
        L2,
        /** Nowhere: a loader brought it for this read. */
        LOADED
    }

    /** Why a stale entry was served. */
    enum Why {
        /** It ended a moment ago, and is loaded anew behind the answer. */
        REFRESHING,
        /** The load took longer than the soft timeout, and goes on behind the answer. */
        SLOW,
        /** The loader, or the store, failed; now, or a moment ago and it is left alone for a while. */
        FAILED
    }
}
