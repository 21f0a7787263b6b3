package io.riptide.proof.bench;

import io.riptide.entry.StoreKey;
import io.riptide.spi.InvalidationFeed;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** The feed of a node that shares its store and is well: nothing changes, and that is proven ten times a second. */
final class BeatingFeed implements InvalidationFeed {
    private static final long BEAT_NANOS = 100_000_000;

    private final Thread thread =
            Thread.ofPlatform().name("bench-feed").daemon().unstarted(this::run);
    private volatile Proof proof = new Proof(1, System.nanoTime());
    private volatile boolean closed;

    static BeatingFeed start() {
        BeatingFeed feed = new BeatingFeed();
        feed.thread.start();
        return feed;
    }

    private void run() {
        while (!closed) {
            proof = new Proof(1, System.nanoTime());
            LockSupport.parkNanos(BEAT_NANOS);
        }
    }

    @Override
    public void listen(Consumer<StoreKey> changed) {
        // Nothing changes.
    }

    @Override
    public Proof proof() {
        return proof;
    }

    @Override
    public void close() {
        closed = true;
    }
}
