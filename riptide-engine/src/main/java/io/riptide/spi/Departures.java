package io.riptide.spi;

import io.riptide.entry.Scope;
import io.riptide.entry.StoreKey;
import org.jspecify.annotations.Nullable;

/** Is told which entries a store let go by itself, so that somebody who asks can be told why. Returns at once. */
@FunctionalInterface
public interface Departures {
    /** Nobody asks. */
    Departures UNHEARD = (key, by, atMillis) -> {};

    /**
     * An entry is gone.
     *
     * @param by the scope of the removal that took it, or null where it had expired
     * @param atMillis when it expired or was removed, epoch milliseconds; where that is not known, when its bytes went
     */
    void gone(StoreKey key, @Nullable Scope by, long atMillis);
}
