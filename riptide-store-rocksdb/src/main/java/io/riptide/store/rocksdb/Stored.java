package io.riptide.store.rocksdb;

import io.riptide.entry.EntryCipher;
import io.riptide.entry.Head;
import io.riptide.entry.Removals;
import io.riptide.spi.Condition;
import org.jspecify.annotations.Nullable;

/**
 * What a write finds under its key.
 *
 * @param head null where nothing is there, or where the head's bytes do not parse
 * @param there whether rows of an entry are there, ended or not
 * @param accounted whether it is in the sums: what was removed with many others comes off them before its rows go
 * @param bytes what it takes of the sums: the length of its envelope, or nothing
 * @param endMillis when its freshness ends, by itself or by a removal; {@link Removals#REMOVED} where it is gone
 * @param cipher how its head is written
 */
record Stored(@Nullable Head head, boolean there, boolean accounted, long bytes, long endMillis, EntryCipher cipher) {
    static final Stored NOTHING = new Stored(null, false, false, 0, Removals.REMOVED, EntryCipher.NONE);

    /** What was just written, or written when no removal that covers it took place since. */
    static Stored of(Head head, EntryCipher cipher) {
        return new Stored(head, true, true, head.storedBytes(), head.expiresMillis(), cipher);
    }

    static Stored of(String namespace, Head head, Removals removals, EntryCipher cipher) {
        boolean accounted = removals.accounted(namespace, head);
        long end = Math.min(head.expiresMillis(), removals.end(namespace, head));
        return new Stored(head, true, accounted, accounted ? head.storedBytes() : 0, end, cipher);
    }

    /** An entry whose head does not parse: it occupies its envelope's length and counts as absent otherwise. */
    static Stored damaged(long envelopeBytes) {
        return new Stored(null, true, true, envelopeBytes, Removals.REMOVED, EntryCipher.NONE);
    }

    /** The same where a removal took it off the sums with all others of its namespace, whatever it is. */
    Stored unaccounted() {
        return new Stored(head, there, false, 0, endMillis, cipher);
    }

    /** Under which instant its row of {@code expiry} lies. */
    long keptMillis() {
        return head == null ? 0 : head.keptMillis();
    }

    boolean liveAt(long nowMillis) {
        return nowMillis < endMillis;
    }

    boolean removed() {
        return endMillis == Removals.REMOVED;
    }

    /** Whether nobody is to see it any more, stale or not. */
    boolean goneAt(long nowMillis) {
        return removed() || head == null || head.goneAt(nowMillis);
    }

    boolean meets(Condition condition, long nowMillis) {
        return switch (condition) {
            case Condition.Always always -> true;
            case Condition.Absent absent -> !liveAt(nowMillis);
            case Condition.Present present -> liveAt(nowMillis);
            case Condition.Version wanted -> liveAt(nowMillis) && head != null && head.version() == wanted.version();
        };
    }
}
