package io.riptide.store.rocksdb;

import io.riptide.entry.Head;
import io.riptide.entry.Removals;
import io.riptide.entry.StoreKey;
import io.riptide.spi.Departures;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes room in a tenant's usage. A hand goes round over the tenant's heads; of each sample that it passes those that
 * end first go. So the first to end go exactly where a tenant has no more entries than a sample, and nearly so above,
 * as in caches that look at samples (Redis' {@code volatile-ttl}); what it costs does not grow with the tenant.
 */
final class Eviction {
    private static final int SAMPLE = 512;
    /** Of a sample, the part that goes at least, so that not every write looks at one. */
    private static final int LEAST_PART = 16;

    private final Rocks rocks;
    private final Ledger ledger;
    private final Stripes stripes;
    private final RemovalBook book;
    private final WritePath writes;

    Eviction(Rocks rocks, Ledger ledger, Stripes stripes, RemovalBook book, WritePath writes) {
        this.rocks = rocks;
        this.ledger = ledger;
        this.stripes = stripes;
        this.book = book;
        this.writes = writes;
    }

    /** An entry as the hand passed it. */
    private record Seen(StoreKey key, Stored stored) {
        long endMillis() {
            return stored.endMillis();
        }
    }

    /** Some entries in a row, and whether the hand came to the end of the tenant's. */
    private record Sample(List<Seen> seen, boolean atEnd) {}

    /** Frees so many bytes, or all that there are; returns how many. */
    long free(String tenantId, long bytes, long nowMillis, Departures departures) {
        Ledger.Account account = ledger.hold(tenantId);
        try {
            long freed = 0;
            // The first end may come right after the hand's place; after the second one all was passed once.
            for (int ends = 0; freed < bytes && ends < 2; ) {
                Sample sample = sample(tenantId, account);
                ends += sample.atEnd() ? 1 : 0;
                freed += remove(tenantId, first(sample, bytes - freed), nowMillis, departures);
            }
            return freed;
        } finally {
            ledger.release(tenantId, account);
        }
    }

    private Sample sample(String tenantId, Ledger.Account account) {
        byte[] prefix = Rows.ascii(StoreKey.prefix(tenantId));
        byte[] from = account.hand() == null ? prefix : account.hand();
        Removals removals = book.of(tenantId).now();
        List<Seen> seen = new ArrayList<>(SAMPLE);
        byte[] next = null;
        try (Rocks.Walk walk = rocks.walk(Column.HEAD, from, Rows.after(prefix))) {
            for (; walk.valid() && next == null; walk.next()) {
                if (seen.size() == SAMPLE) {
                    next = walk.key();
                    break;
                }
                StoreKey key = Rows.storeKey(walk.key()).orElseThrow();
                Stored stored = writes.stored(key, walk.value(), removals);
                if (stored.accounted()) {
                    seen.add(new Seen(key, stored));
                }
            }
        }
        account.hand(next);
        seen.sort(Comparator.comparingLong(Seen::endMillis));
        return new Sample(seen, next == null);
    }

    /** Those that are to go: as many as are needed, a part of them in any case, and half of them at most. */
    private static List<Seen> first(Sample sample, long bytes) {
        List<Seen> seen = sample.seen();
        int least = seen.size() / LEAST_PART;
        int most = sample.atEnd() ? seen.size() : (seen.size() + 1) / 2;
        long freed = 0;
        int count = 0;
        while (count < most && (freed < bytes || count < least)) {
            freed += seen.get(count++).stored().bytes();
        }
        return seen.subList(0, count);
    }

    private long remove(String tenantId, List<Seen> going, long nowMillis, Departures departures) {
        SequencedSet<StoreKey> keys = new LinkedHashSet<>();
        going.forEach(one -> keys.add(one.key()));
        if (keys.isEmpty()) {
            return 0;
        }
        Stripes.Held held = stripes.lock(keys);
        RemovalBook.Shared shared = book.share(Set.of(tenantId));
        try (Batch batch = new Batch(rocks, ledger)) {
            Map<StoreKey, Stored> stored = writes.stored(keys, shared);
            List<StoreKey> gone = new ArrayList<>();
            long freed = 0;
            for (Seen one : going) {
                Stored now = stored.getOrDefault(one.key(), Stored.NOTHING);
                if (sameWrite(one.stored().head(), now.head())) {
                    batch.remove(one.key(), now);
                    freed += now.bytes();
                    if (now.liveAt(nowMillis)) {
                        gone.add(one.key());
                    }
                }
            }
            batch.commit();
            gone.forEach(key -> departures.gone(key, null, nowMillis));
            return freed;
        } finally {
            shared.release();
            held.release();
        }
    }

    /** Whether what is there is still what the hand passed. */
    private static boolean sameWrite(@Nullable Head seen, @Nullable Head now) {
        if (seen == null || now == null) {
            return seen == null && now == null;
        }
        return seen.version() == now.version();
    }
}
