package io.riptide.cache;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** One namespace of one tenant. Every call takes permits and is counted. */
public final class Namespace {
    /** Keys in a batch at most. */
    public static final int MAX_BATCH = 1000;

    /** Reads one key. */
    public Lookup get(String key) {
        throw new UnsupportedOperationException();
    }

    /** Reads up to {@value #MAX_BATCH} keys in one store round trip, answers in their order. */
    public List<Lookup> getAll(List<String> keys) {
        throw new UnsupportedOperationException();
    }

    /** Writes one entry over whatever is there. The array is taken over. */
    public PutResult put(String key, byte[] value, PutOptions options) {
        throw new UnsupportedOperationException();
    }

    /** Writes where nothing live is there. */
    public PutResult putIfAbsent(String key, byte[] value, PutOptions options) {
        throw new UnsupportedOperationException();
    }

    /** Writes where something live is there ({@code If-Match: *}). */
    public PutResult putIfPresent(String key, byte[] value, PutOptions options) {
        throw new UnsupportedOperationException();
    }

    /** Writes where the live entry still has that version. */
    public PutResult compareAndSet(String key, long expectedVersion, byte[] value, PutOptions options) {
        throw new UnsupportedOperationException();
    }

    /** Writes up to {@value #MAX_BATCH} entries in one store round trip; one refused over the storage quota refuses the rest. */
    public List<PutResult> putAll(List<BatchEntry> entries) {
        throw new UnsupportedOperationException();
    }

    /** Removes one entry; true where a live one was there. */
    public boolean remove(String key) {
        throw new UnsupportedOperationException();
    }

    /** Removes where the live entry has that version; false where it has not or none is there. */
    public boolean remove(String key, long expectedVersion) {
        throw new UnsupportedOperationException();
    }

    /**
     * Lists keys.
     *
     * @param limit 1 to 1,000
     * @param cursor of the page before, or null
     */
    public KeyPage list(int limit, @Nullable String cursor) {
        throw new UnsupportedOperationException();
    }

    /** Reads, or loads what is not there; however many ask at once, one load runs. */
    public Lookup getOrLoad(String key, Loader loader) {
        throw new UnsupportedOperationException();
    }
}
