package io.riptide.spi;

import io.riptide.entry.StoreKey;
import java.util.function.Consumer;

/**
 * News of what was written to a store that other processes write to as well: what of it is in this process's memory is
 * not the truth any more. News may be lost only together with the proof that none was: see {@link #proof}.
 */
public interface InvalidationFeed extends AutoCloseable {
    /** For a store that this process alone writes to: there is no news, and that is proven for ever. */
    static InvalidationFeed none() {
        return new NoFeed();
    }

    /**
     * Whom to tell, once, before the first read. Called in no particular thread, soon after the change, also for this
     * process's own writes, and sometimes for no change at all; to return at once.
     */
    void listen(Consumer<StoreKey> changed);

    /** What is known now; a volatile read. */
    Proof proof();

    /** Whether other processes write to the store: false for {@link #none} alone. */
    default boolean shared() {
        return true;
    }

    /** Ends it; idempotent. */
    @Override
    void close();

    /**
     * That the listener was told of every change which the store made before an instant, other than those from before
     * an epoch began. News may have been missed in between two epochs: what was read in an earlier one may have changed
     * without a word. A removal of many counts as told once {@link RemovalView#now} has it.
     *
     * @param epoch the epoch; they count up
     * @param nanos the instant, by {@link Time#preciseNanoTime}; as long as nothing is proven, that of the beginning
     */
    record Proof(long epoch, long nanos) {}
}
