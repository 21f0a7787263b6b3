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
        CONDITION_FAILED
    }
}
