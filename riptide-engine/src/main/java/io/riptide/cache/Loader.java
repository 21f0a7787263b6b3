package io.riptide.cache;

/** Brings a value that is not cached. */
@FunctionalInterface
public interface Loader {
    /** The value of a key; any exception becomes an {@code origin-failed} for all who wait for it, and is not cached. */
    Loaded load(String key) throws Exception;

    /**
     * A value with how it is to be kept.
     *
     * @param value the array is taken over
     */
    record Loaded(byte[] value, PutOptions options) {}
}
