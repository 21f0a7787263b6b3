package io.riptide.cache;

/**
 * What a write came to.
 *
 * @param outcome which
 * @param version of the entry as written; zero where nothing was
 */
public record PutResult(Outcome outcome, long version) {
    /** The ways a write can end, besides an exception. */
    public enum Outcome {
        /** Written; nothing was there. */
        CREATED,
        /** Written over an entry. */
        REPLACED,
        /** The condition did not hold; nothing changed. */
        CONDITION_FAILED,
        /** It would have gone over the storage quota; nothing changed. Of a batch alone: a single write throws. */
        OVER_QUOTA
    }

    /** Whether the entry is there as given. */
    public boolean stored() {
        return outcome == Outcome.CREATED || outcome == Outcome.REPLACED;
    }
}
