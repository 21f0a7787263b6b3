package io.riptide.spi;

import io.riptide.entry.Removals;

/** One tenant's removals as a store knows them, live. Reading is cheap enough for the path of a hit. */
public interface RemovalView {
    /**
     * As they are now: every removal that was acknowledged before is in. Where other processes remove too, every one is
     * that was acknowledged before a read of this tenant's entries was sent that the store has answered, or before the
     * instant up to which {@link InvalidationFeed#proof} tells of all changes.
     */
    Removals now();

    /**
     * Says that whatever was read from the store before removal {@code number} took place has been judged, or will be
     * read again ({@link Removals#forgotten}): those of which nothing is left in the store can be forgotten.
     */
    void judged(long number);
}
