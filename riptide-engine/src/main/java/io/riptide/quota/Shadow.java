package io.riptide.quota;

/**
 * Which quotas only count what they would have refused.
 *
 * @param operations {@code operations_per_minute}
 * @param storage {@code storage_bytes}
 */
public record Shadow(boolean operations, boolean storage) {
    /** All refuse. */
    public static final Shadow NONE = new Shadow(false, false);
}
