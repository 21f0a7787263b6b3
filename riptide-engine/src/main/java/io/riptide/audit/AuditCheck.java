package io.riptide.audit;

import org.jspecify.annotations.Nullable;

/**
 * Whether the chain of the audit log holds.
 *
 * @param entries rows that hold, from {@code fromSeq} on
 * @param fromSeq the first row that is there; older ones were taken away by age
 * @param head where the log ends
 * @param unchecked rows sealed with a key that is not known here, which others vouch for
 * @param firstInvalidSeq the first row that does not hold, or null where all do
 * @param fault what is wrong with it, or null
 */
public record AuditCheck(
        long entries,
        long fromSeq,
        AuditHead head,
        long unchecked,
        @Nullable Long firstInvalidSeq,
        @Nullable Fault fault) {
    /** What can be wrong with a row. */
    public enum Fault {
        /** It is not what was written: changed, put in, or moved. */
        CHANGED,
        /** It is not there. */
        MISSING,
        /** It stands behind the end. */
        ADDED,
        /** Where the log ends, or how it was found when this row was added, is not what was written. */
        HEAD,
        /** Where the log begins is not what was written. */
        ANCHOR
    }

    /** Whether it holds. */
    public boolean valid() {
        return firstInvalidSeq == null;
    }
}
