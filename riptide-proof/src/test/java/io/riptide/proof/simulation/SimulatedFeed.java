package io.riptide.proof.simulation;

import io.riptide.entry.StoreKey;
import io.riptide.spi.InvalidationFeed;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A node's feed: one connection whose messages arrive in order when the simulation wants them to, or never. */
final class SimulatedFeed implements InvalidationFeed {
    private final Deque<News> underWay = new ArrayDeque<>();
    private final NodeTime time;
    private final Flaw flaw;
    private @Nullable Consumer<StoreKey> listener;
    private boolean linked;
    private Proof proof;

    SimulatedFeed(NodeTime time, Flaw flaw) {
        this.time = time;
        this.flaw = flaw;
        this.proof = new Proof(0, time.preciseNanoTime());
    }

    /** The store has news for all who are linked. */
    void offer(News news) {
        if (linked) {
            underWay.addLast(news);
        }
    }

    void ping() {
        if (flaw == Flaw.ECHO_OVERTAKES && linked) {
            proof = new Proof(proof.epoch(), time.preciseNanoTime());
        } else {
            offer(new News.Echo(time.preciseNanoTime()));
        }
    }

    /** The next message arrives; null where none is under way. */
    @Nullable News take() {
        return underWay.pollFirst();
    }

    void tell(StoreKey key) {
        if (listener != null) {
            listener.accept(key);
        }
    }

    void prove(long nanos) {
        proof = new Proof(proof.epoch(), nanos);
    }

    void begin(long nanos) {
        proof = new Proof(proof.epoch() + (flaw == Flaw.NO_NEW_EPOCH ? 0 : 1), nanos);
    }

    /** The connection is gone; the node need not know. */
    void cut(boolean whatIsUnderWayToo) {
        linked = false;
        if (whatIsUnderWayToo) {
            underWay.clear();
        }
    }

    void arm() {
        underWay.clear();
        linked = true;
        underWay.addLast(new News.Armed(time.preciseNanoTime()));
    }

    @Override
    public void listen(Consumer<StoreKey> changed) {
        listener = changed;
    }

    @Override
    public Proof proof() {
        return proof;
    }

    @Override
    public void close() {
        cut(true);
    }
}
