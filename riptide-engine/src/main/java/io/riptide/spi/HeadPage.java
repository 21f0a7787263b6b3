package io.riptide.spi;

import io.riptide.entry.Head;
import io.riptide.entry.StoreKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of a listing in the order of the store keys.
 *
 * @param heads live entries only
 * @param next the key after which the next page begins, or null where nothing follows
 */
public record HeadPage(List<Head> heads, @Nullable StoreKey next) {
    public HeadPage {
        heads = List.copyOf(heads);
    }
}
