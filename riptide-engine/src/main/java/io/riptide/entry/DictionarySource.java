package io.riptide.entry;

import org.jspecify.annotations.Nullable;

/** Where the dictionaries of one tenant's namespace are found. */
@FunctionalInterface
public interface DictionarySource {
    /** Has none. */
    DictionarySource NONE = id -> null;

    /**
     * The dictionary with that number, or null where there is none. Throws {@code store-unavailable} where that cannot
     * be told.
     */
    @Nullable Dictionary find(int id);
}
