package io.riptide.spi;

/**
 * What a removal covered.
 *
 * @param entries how many live ones
 * @param exact whether that is their exact number, as it is up to {@value #COUNTED}; else there were at least so many,
 *     or about so many
 */
public record Removed(long entries, boolean exact) {
    /** Up to how many entries are counted exactly. */
    public static final int COUNTED = 10_000;
}
