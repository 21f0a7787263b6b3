package io.riptide.cache;

import io.riptide.entry.Head;

/**
 * An entry that is there, fresh or kept beyond its end.
 *
 * @param endMillis when it ended or will, epoch milliseconds
 */
record Found(Lookup.Hit hit, long endMillis) {
    Head head() {
        return hit.entry().head();
    }

    boolean freshAt(long nowMillis) {
        return nowMillis < endMillis;
    }

    /**
     * For how much longer it may be served where that is allowed for a while after its end, in milliseconds; zero or
     * less: not any more.
     */
    long staleMillis(long windowMillis, long nowMillis) {
        return Math.min(endMillis + windowMillis, head().keptMillis()) - nowMillis;
    }

    /**
     * For how much longer it says that there is nothing, where it does and that is believed for a while after it was
     * found, in milliseconds; zero or less: not any more.
     */
    long nothingMillis(long believedMillis, long nowMillis) {
        return head().saysNothing()
                ? Math.min(head().createdMillis() + believedMillis, head().keptMillis()) - nowMillis
                : 0;
    }

    Lookup.Stale stale(Lookup.Why why) {
        return new Lookup.Stale(hit.entry(), hit.tier(), endMillis, why);
    }
}
