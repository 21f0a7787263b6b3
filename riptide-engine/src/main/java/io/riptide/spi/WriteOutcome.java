package io.riptide.spi;

/**
 * What a write or removal came to.
 *
 * @param kind which
 * @param used the tenant's stored bytes right after
 */
public record WriteOutcome(Kind kind, long used) {
    /** The ways it can end. */
    public enum Kind {
        /** Written; no live entry was there before. */
        CREATED,
        /** Written over a live entry. */
        REPLACED,
        /** A live entry is now gone. */
        REMOVED,
        /** Nothing live was there to remove. */
        ABSENT,
        /** The condition did not hold; nothing changed. */
        CONDITION_FAILED,
        /** A removal of which its stamp does not know covers it; nothing changed. To be stamped and written again. */
        OUTDATED,
        /** It would have gone over the storage limit; nothing changed. */
        OVER_QUOTA
    }
}
