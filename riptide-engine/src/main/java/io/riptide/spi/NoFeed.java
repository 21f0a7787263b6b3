package io.riptide.spi;

import io.riptide.entry.StoreKey;
import java.util.function.Consumer;

/** There is no news. */
final class NoFeed implements InvalidationFeed {
    private static final Proof PROOF = new Proof(0, Long.MAX_VALUE);

    @Override
    public void listen(Consumer<StoreKey> changed) {
        // Nobody ever tells.
    }

    @Override
    public Proof proof() {
        return PROOF;
    }

    @Override
    public boolean shared() {
        return false;
    }

    @Override
    public void close() {
        // Holds nothing.
    }
}
