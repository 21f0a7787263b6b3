package io.riptide.store.rocksdb;

import io.riptide.entry.Head;
import io.riptide.entry.StoreKey;
import io.riptide.problem.RipTideException;
import io.riptide.spi.Departures;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Removes what has expired. A round begins after the last swept instant, so that it never walks over the marks of what
 * went before, and reads a bounded number of rows of {@code expiry}. Those are checked against their heads in batches
 * under the stripes of their keys: what has expired goes with its accounting; what was written anew since keeps its
 * newer row. Then one range deletion takes the round's rows, in one batch with the new position. A crash in between
 * leaves rows that a later round finds without an entry.
 */
final class Sweep {
    private static final int ROUND = 16_384;
    private static final int BATCH = 512;

    private final Rocks rocks;
    private final Ledger ledger;
    private final Horizon horizon;
    private final Stripes stripes;
    private final RemovalBook book;
    private final WritePath writes;
    private final AtomicLong removed = new AtomicLong();

    Sweep(Rocks rocks, Ledger ledger, Horizon horizon, Stripes stripes, RemovalBook book, WritePath writes) {
        this.rocks = rocks;
        this.ledger = ledger;
        this.horizon = horizon;
        this.stripes = stripes;
        this.book = book;
        this.writes = writes;
    }

    /** Entries removed since the store was opened. */
    long removed() {
        return removed.get();
    }

    /** One round up to an instant to which the horizon was raised; true where more rows are left. */
    boolean round(long nowMillis, Departures departures) {
        return horizon.alone(() -> roundAlone(nowMillis, departures) ? 1 : 0) == 1;
    }

    /** Writes the position once more, which changes nothing; whether that was taken. */
    boolean rewritePosition() {
        return horizon.alone(() -> {
                    try (Batch same = new Batch(rocks, ledger)) {
                        same.swept(horizon.position());
                        same.commit();
                        return 1;
                    } catch (RipTideException e) {
                        return 0;
                    }
                })
                == 1;
    }

    private boolean roundAlone(long nowMillis, Departures departures) {
        long position = horizon.position();
        if (nowMillis <= position) {
            return false;
        }
        byte[] from = Rows.expiryBound(position + 1);
        byte[] to = Rows.expiryBound(nowMillis + 1);
        byte[] last = null;
        boolean more;
        try (Rocks.Walk walk = rocks.walk(Column.EXPIRY, from, to)) {
            List<StoreKey> batch = new ArrayList<>(BATCH);
            int rows = 0;
            for (; rows < ROUND && walk.valid(); walk.next()) {
                last = walk.key();
                Rows.expiryKey(last).ifPresent(batch::add);
                rows++;
                if (batch.size() == BATCH) {
                    removeExpired(batch, nowMillis, departures);
                    batch.clear();
                }
            }
            removeExpired(batch, nowMillis, departures);
            more = walk.valid();
        }
        long reached = more && last != null ? Rows.expiryMillis(last) - 1 : nowMillis;
        if (last != null) {
            try (Batch done = new Batch(rocks, ledger)) {
                done.deleteRange(Column.EXPIRY, from, more ? Rows.next(last) : to);
                done.swept(reached);
                done.commit();
            }
        }
        // Where there was nothing the rows on disk still say the older position: the next start walks nothing for it.
        horizon.position(reached);
        return more;
    }

    private void removeExpired(List<StoreKey> candidates, long nowMillis, Departures departures) {
        SequencedSet<StoreKey> keys = new LinkedHashSet<>(candidates);
        if (keys.isEmpty()) {
            return;
        }
        Stripes.Held held = stripes.lock(keys);
        RemovalBook.Shared shared = book.share(WritePath.tenants(keys));
        try (Batch batch = new Batch(rocks, ledger)) {
            List<StoreKey> gone = new ArrayList<>();
            List<Long> ended = new ArrayList<>();
            long freed = 0;
            for (Map.Entry<StoreKey, Stored> row : writes.stored(keys, shared).entrySet()) {
                Stored stored = row.getValue();
                if (stored.there() && stored.goneAt(nowMillis)) {
                    batch.expire(row.getKey(), stored);
                    Head head = stored.head();
                    freed++;
                    // What only said that there is nothing is no loss.
                    if (head == null || !head.saysNothing()) {
                        gone.add(row.getKey());
                        ended.add(head == null ? nowMillis : head.expiresMillis());
                    }
                }
            }
            batch.commit();
            removed.addAndGet(freed);
            for (int i = 0; i < gone.size(); i++) {
                departures.gone(gone.get(i), null, ended.get(i));
            }
        } finally {
            shared.release();
            held.release();
        }
    }
}
