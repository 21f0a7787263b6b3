package io.riptide.quota;

/**
 * What becomes of what is beyond a quota, where it is not simply refused.
 *
 * @param shadowOperations whether {@code operations_per_minute} only counts what it would have refused
 * @param shadowStorage whether {@code storage_bytes} does
 * @param evicts whether a write that {@code storage_bytes} doesn't hold takes the place of what ends first
 */
public record Enforcement(boolean shadowOperations, boolean shadowStorage, boolean evicts) {
    /** All is refused. */
    public static final Enforcement REFUSING = new Enforcement(false, false, false);
}
