package io.riptide.store.rocksdb;

import io.riptide.entry.StoreKey;
import java.util.Arrays;
import java.util.Collection;
import java.util.concurrent.locks.ReentrantLock;

/** Orders the writes of one key: a fixed number of locks, to which keys spread by their hash. */
final class Stripes {
    private static final int COUNT = 4096;

    private final ReentrantLock[] locks = new ReentrantLock[COUNT];

    Stripes() {
        Arrays.setAll(locks, i -> new ReentrantLock());
    }

    /** Takes the lock of a key. */
    Held lock(StoreKey key) {
        int stripe = stripe(key);
        locks[stripe].lock();
        return new Held(new int[] {stripe});
    }

    /** Takes the locks of many keys, each once, in ascending order, so that two batches never wait for each other. */
    Held lock(Collection<StoreKey> keys) {
        int[] stripes =
                keys.stream().mapToInt(Stripes::stripe).sorted().distinct().toArray();
        for (int stripe : stripes) {
            locks[stripe].lock();
        }
        return new Held(stripes);
    }

    private static int stripe(StoreKey key) {
        int hash = key.hashCode();
        return (hash ^ (hash >>> 16)) & (COUNT - 1);
    }

    /** Locks to be let go. */
    final class Held {
        private final int[] stripes;

        private Held(int[] stripes) {
            this.stripes = stripes;
        }

        void release() {
            for (int i = stripes.length - 1; i >= 0; i--) {
                locks[stripes[i]].unlock();
            }
        }
    }
}
