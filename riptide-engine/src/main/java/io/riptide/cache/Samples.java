package io.riptide.cache;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Values of one namespace, to train a dictionary on. Bounds: long ones are cut, and no more are taken once there are
 * enough: at most about 1 MiB. Any number of threads; one that meets another goes on without waiting.
 */
final class Samples {
    static final int ENOUGH = 64;
    /** With more a dictionary becomes hardly better. */
    static final int ENOUGH_BYTES = 256 << 10;
    /** For a first dictionary, so that it comes soon. */
    static final int FEW_BYTES = 96 << 10;
    /** Of a longer value its beginning is taken. */
    static final int CUT_BYTES = 16 << 10;

    private final SampleRoom room;
    private final String tenantId;
    private final ReentrantLock lock = new ReentrantLock();
    private List<byte[]> taken = new ArrayList<>();
    private int bytes;
    private boolean closed;

    Samples(SampleRoom room, String tenantId) {
        this.room = room;
        this.tenantId = tenantId;
    }

    /**
     * Takes a value, whose array nobody changes, where there is room for it and there are not enough; true where there
     * are.
     */
    boolean offer(byte[] value, int enoughBytes) {
        if (!lock.tryLock()) {
            return false;
        }
        try {
            int length = Math.min(value.length, CUT_BYTES);
            if (!enough(enoughBytes) && !closed && room.take(tenantId, length)) {
                taken.add(length == value.length ? value : Arrays.copyOf(value, length));
                bytes += length;
            }
            return enough(enoughBytes);
        } finally {
            lock.unlock();
        }
    }

    private boolean enough(int enoughBytes) {
        return taken.size() >= ENOUGH && bytes >= enoughBytes;
    }

    /** Hands out all that were taken and begins anew; their room is free then. */
    List<byte[]> drain() {
        lock.lock();
        try {
            List<byte[]> all = taken;
            taken = new ArrayList<>();
            room.giveBack(tenantId, bytes);
            bytes = 0;
            return all;
        } finally {
            lock.unlock();
        }
    }

    /** Lets go of all, and takes no more. */
    void close() {
        lock.lock();
        try {
            closed = true;
            var unused = drain();
        } finally {
            lock.unlock();
        }
    }
}
