package io.riptide.cache;

import io.riptide.entry.Entry;

/** What a read came to. */
public sealed interface Lookup {
    /** Nothing is stored. */
    Lookup MISS = new Miss(Cause.ABSENT);

    /**
     * An entry that is fresh.
     *
     * @param tier where it was
     */
    record Hit(Entry entry, Tier tier) implements Lookup {}

    /**
     * An entry that has ended and is served all the same, within the windows that a read with a loader or its namespace
     * allows; or one that may have been changed by another process while the store does not tell, within those for
     * errors. A read without a loader comes to the latter alone.
     *
     * @param tier where it was, never {@link Tier#LOADED}
     * @param endedMillis when it ended, or was last known to be as it is, epoch milliseconds
     */
    record Stale(Entry entry, Tier tier, long endedMillis, Why why) implements Lookup {}

    /**
     * No entry.
     *
     * @param cause what the read saw; {@link Namespace#explain} tells more
     */
    record Miss(Cause cause) implements Lookup {}

    /** What a read saw that found no entry. */
    enum Cause {
        /** Nothing is stored under the key, or no longer. */
        ABSENT,
        /** It has ended, and its bytes are still there. */
        EXPIRED,
        /** A removal of many has taken it, or made it stale, and its bytes are still there. */
        REMOVED,
        /** Its bytes did not open. */
        DAMAGED
    }

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
