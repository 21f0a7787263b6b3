package io.riptide.cache;

import io.riptide.entry.Head;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of a listing.
 *
 * @param heads what is there, live
 * @param nextCursor opaque; hands over to the next page, or null where nothing follows
 */
public record KeyPage(List<Head> heads, @Nullable String nextCursor) {
    public KeyPage {
        heads = List.copyOf(heads);
    }
}
