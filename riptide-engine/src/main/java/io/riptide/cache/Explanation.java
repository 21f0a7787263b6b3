package io.riptide.cache;

import io.riptide.entry.Head;
import org.jspecify.annotations.Nullable;

/**
 * How a key stands: what a read would find, where, and why not.
 *
 * @param head of what is there, be it only a stale or removed entry's bytes; or null
 * @param memoryBytes what it takes in L1, or null where it is not there
 * @param doubt why a read asks the store although it is in L1; null where it does not
 * @param l1 why what is stored is not in L1; null where it is there, or nothing is stored
 * @param stored whether its bytes are in L2
 * @param gone why a read finds nothing; null where it finds the entry
 */
public record Explanation(
        @Nullable Head head,
        @Nullable Integer memoryBytes,
        @Nullable Doubt doubt,
        @Nullable L1Absence l1,
        boolean stored,
        @Nullable Gone gone) {
    /** Why what is in L1 is not relied on. Only where other processes write to the store, too. */
    public enum Doubt {
        /** A change of it was told. */
        CHANGED,
        /** It was not proven lately that all changes were told. */
        UNPROVEN
    }

    /** Why an entry is not in L1. */
    public enum L1Absence {
        /** It had to go for want of room in the tenant's share. */
        EVICTED,
        /** It is larger than what L1 takes. */
        TOO_LARGE,
        /** It was not read since it was written, or it is not known. */
        NOT_READ
    }

    /** Whether a read finds it. */
    public boolean present() {
        return gone == null;
    }
}
