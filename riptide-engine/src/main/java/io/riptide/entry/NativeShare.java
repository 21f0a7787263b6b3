package io.riptide.entry;

import java.io.Closeable;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Native memory that several use: freed when the last one leaves. Begins with two, the call that made it and the place
 * where it is kept. Any number of threads; nobody waits.
 */
final class NativeShare<T extends Closeable> {
    private final T memory;
    private final AtomicInteger users = new AtomicInteger(2);

    NativeShare(T memory) {
        this.memory = memory;
    }

    T get() {
        return memory;
    }

    /** Comes in; false where it is freed already. */
    boolean enter() {
        return users.getAndUpdate(now -> now == 0 ? 0 : now + 1) != 0;
    }

    void leave() {
        if (users.decrementAndGet() == 0) {
            try {
                memory.close();
            } catch (IOException e) {
                throw new IllegalStateException("native memory was not freed", e);
            }
        }
    }
}
