package io.riptide.entry;

/** What came of opening an envelope. */
public sealed interface Opening {
    /** It was whole, and of the key asked for. */
    record Opened(Entry entry) implements Opening {}

    /** It was whole, and of another key with the same hash: a miss. */
    record OtherKey() implements Opening {}

    /**
     * It is not an envelope of that store key, or no longer.
     *
     * @param why for the log; holds nothing of the bytes
     */
    record Damaged(String why) implements Opening {}
}
