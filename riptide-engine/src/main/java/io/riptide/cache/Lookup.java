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
}
