package io.riptide.cache;

import io.riptide.entry.Scope;
import org.jspecify.annotations.Nullable;

/**
 * Why an entry is not there.
 *
 * @param why the reason
 * @param atMillis since when, epoch milliseconds, or null where that is not known any more
 * @param by the scope of the removal that took it, for {@link Why#REMOVED}; else null
 */
public record Gone(
        Why why, @Nullable Long atMillis, @Nullable Scope by) {
    /** The reasons. */
    public enum Why {
        /** It was not stored since that instant, at which the tenant stored nothing at all. */
        NEVER_STORED,
        /** It was to be stored and the tenant's storage quota did not hold it. */
        REFUSED,
        /** It ended. */
        EXPIRED,
        /** Somebody removed it, by itself or with others. */
        REMOVED,
        /** It went for another: the tenant's storage quota did not hold both. */
        EVICTED,
        /** Its bytes did not open and were dropped. */
        DAMAGED,
        /** It may have gone before that instant, at which this process began to note, or before all it still knows. */
        UNKNOWN
    }
}
