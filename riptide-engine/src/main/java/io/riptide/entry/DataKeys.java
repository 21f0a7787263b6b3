package io.riptide.entry;

import org.jspecify.annotations.Nullable;

/** One tenant's data keys. Any number of threads. */
public interface DataKeys {
    /**
     * The key to seal one text with; each call counts as one use of it.
     *
     * @throws io.riptide.problem.RipTideException {@code store-unavailable} where a new one is needed and cannot be
     *     kept
     */
    DataKey toSealWith(long nowMillis);

    /**
     * A key by its number, or null where there is none.
     *
     * @throws io.riptide.problem.RipTideException {@code store-unavailable} where that cannot be found out
     */
    @Nullable DataKey byNumber(int number);
}
