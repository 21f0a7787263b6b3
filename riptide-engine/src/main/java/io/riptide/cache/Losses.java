package io.riptide.cache;

import io.riptide.entry.Scope;
import io.riptide.entry.StoreKey;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/** The latest entries of one tenant that went, each with the reason; and whether that is all that ever went. */
final class Losses {
    private static final int MAX = 128;
    private static final int MAX_REMOVALS = 32;

    private final Deque<Loss> latest = new ArrayDeque<>();
    private final SequencedMap<Scope, Long> removals = new LinkedHashMap<>();
    /** Whether nothing was stored when this began, and all that went since is here. */
    private boolean whole;

    private record Loss(String namespace, String hash, Gone gone) {}

    private final long sinceMillis;

    /** Begins with a tenant that stores nothing, or that stores something already. */
    Losses(boolean empty, long nowMillis) {
        this.whole = empty;
        this.sinceMillis = nowMillis;
    }

    synchronized void note(StoreKey key, Gone.Why why, @Nullable Scope by, long atMillis) {
        if (latest.size() == MAX) {
            latest.removeFirst();
            whole = false;
        }
        latest.addLast(new Loss(key.namespace(), key.hash(), new Gone(why, atMillis, by)));
    }

    /** A removal of many took place. */
    synchronized void noteRemoval(Scope scope, long atMillis) {
        removals.remove(scope);
        removals.put(scope, atMillis);
        if (removals.size() > MAX_REMOVALS) {
            removals.remove(removals.firstEntry().getKey());
        }
    }

    /** When the latest removal of a scope took place, or null where that is not known any more. */
    synchronized @Nullable Long removedAt(Scope scope) {
        return removals.get(scope);
    }

    /** Why a key is not stored that is not. */
    synchronized Gone why(StoreKey key) {
        Iterator<Loss> newestFirst = latest.descendingIterator();
        while (newestFirst.hasNext()) {
            Loss loss = newestFirst.next();
            if (loss.hash().equals(key.hash()) && loss.namespace().equals(key.namespace())) {
                return loss.gone();
            }
        }
        return new Gone(whole ? Gone.Why.NEVER_STORED : Gone.Why.UNKNOWN, sinceMillis, null);
    }
}
