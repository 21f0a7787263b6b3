package io.riptide.cache;

/**
 * How what this process holds keeps up with what others write; counts since it started. All is zero where no other
 * process writes to the store.
 *
 * @param changes that it was told of, its own writes included
 * @param checks reads for which memory held an entry that was not relied on, so that the store was asked
 * @param stale reads answered with such an entry because the store did not answer
 * @param proofAgeNanos for how long it has not been proven that all changes were told; up to half a second entries in
 *     memory answer by themselves
 */
public record Coherence(long changes, long checks, long stale, long proofAgeNanos) {
    static final Coherence ALONE = new Coherence(0, 0, 0, 0);
}
