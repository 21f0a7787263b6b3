package io.riptide.proof.simulation;

import io.riptide.spi.Time;
import java.util.concurrent.TimeUnit;

/** One node's clocks: a monotonic one of its own origin, a wall clock that is wrong, and coarse readings of both. */
final class NodeTime implements Time {
    static final long EPOCH_MILLIS = 1_793_491_200_000L;

    private final World world;
    private final long origin;
    private long skewMillis;
    private long coarseNanos;
    private long coarseWall;

    NodeTime(World world, long origin, long skewMillis) {
        this.world = world;
        this.origin = origin;
        this.skewMillis = skewMillis;
        sample();
    }

    /** The coarse clock moves on; it does not while the node is frozen, nor at once when it wakes. */
    void sample() {
        coarseNanos = preciseNanoTime();
        coarseWall = EPOCH_MILLIS + skewMillis + TimeUnit.NANOSECONDS.toMillis(world.nanos());
        world.noteWall(coarseWall);
    }

    void skew(long millis) {
        skewMillis = millis;
        sample();
    }

    @Override
    public long wallMillis() {
        return coarseWall;
    }

    @Override
    public long nanoTime() {
        return coarseNanos;
    }

    @Override
    public long preciseNanoTime() {
        return origin + (world.flaw() == Flaw.COARSE_TIME ? coarseNanos - origin : world.nanos());
    }
}
