package io.riptide.store.rocksdb;

import io.riptide.entry.Head;
import io.riptide.spi.Condition;
import org.jspecify.annotations.Nullable;

/**
 * What a write finds under its key.
 *
 * @param head null where nothing is there, or where the head's bytes do not parse
 * @param there whether an entry is there, expired or not
 * @param bytes length of its envelope
 */
record Stored(@Nullable Head head, boolean there, long bytes) {
    static final Stored NOTHING = new Stored(null, false, 0);

    static Stored of(Head head) {
        return new Stored(head, true, head.storedBytes());
    }

    /** An entry whose head does not parse: it occupies its envelope's length and counts as absent otherwise. */
    static Stored damaged(long envelopeBytes) {
        return new Stored(null, true, envelopeBytes);
    }

    /** Under which instant its row of {@code expiry} lies. */
    long keptMillis() {
        return head == null ? 0 : head.keptMillis();
    }

    boolean liveAt(long nowMillis) {
        return head != null && !head.expiredAt(nowMillis);
    }

    /** Whether nobody is to see it any more, stale or not. */
    boolean goneAt(long nowMillis) {
        return head == null || head.goneAt(nowMillis);
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
