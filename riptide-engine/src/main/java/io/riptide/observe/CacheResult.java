package io.riptide.observe;

import java.util.Locale;

/** What came of an operation on a cache: the label {@code result}. */
public enum CacheResult {
    /** Answered from the first tier. */
    HIT_L1,
    /** Answered from the second tier. */
    HIT_L2,
    /** Not there; a loader may have brought it. */
    MISS,
    /** Done. A removal of what isn't there is done, and so is a write whose condition did not hold. */
    OK,
    /** Not done, for the store or the loader failed. */
    ERROR,
    /** Refused: the tenant is suspended or gone, or the credential may not. */
    DENIED,
    /** Refused: over the rate or the storage that the tenant may use. */
    QUOTA;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** As a metric writes it. */
    public String label() {
        return label;
    }
}
