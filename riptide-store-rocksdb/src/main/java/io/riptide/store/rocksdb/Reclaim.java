package io.riptide.store.rocksdb;

import io.riptide.entry.EntryCipher;
import io.riptide.entry.Envelope;
import io.riptide.entry.Head;
import io.riptide.entry.Scope;
import io.riptide.entry.StoreKey;
import io.riptide.spi.Departures;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Works off what removals left behind, a step of a few hundred rows at a time, the jobs in turn. In a step the rows are
 * read once more under the stripes of their keys and judged by the removals as they stand: what is gone is deleted with
 * its accounting, what was made stale is written with its end in it, what was written since stays. After the last row
 * the mark goes. A crash anywhere leaves the mark, and the job begins again.
 */
final class Reclaim {
    private static final int STEP = 512;
    /** Entries from which on the space is given back at once, by compaction of what they lay in. */
    private static final int COMPACTED = 100_000;

    private final Rocks rocks;
    private final Ledger ledger;
    private final RemovalBook book;
    private final Stripes stripes;
    private final WritePath writes;
    private final ConcurrentLinkedQueue<ReclaimJob> large = new ConcurrentLinkedQueue<>();
    private final AtomicLong removed = new AtomicLong();

    Reclaim(Rocks rocks, Ledger ledger, RemovalBook book, Stripes stripes, WritePath writes) {
        this.rocks = rocks;
        this.ledger = ledger;
        this.book = book;
        this.stripes = stripes;
        this.writes = writes;
    }

    /** Entries deleted since the store was opened. */
    long removed() {
        return removed.get();
    }

    /** One step, alone among sweeps and erasures. */
    void step(long nowMillis, Departures departures) {
        ReclaimJob job = book.next();
        if (job == null) {
            return;
        }
        boolean more = true;
        try {
            more = !rows(job, nowMillis, departures) || !finish(job);
        } finally {
            if (more) {
                book.add(job);
            }
        }
        if (!more && job.gone() >= COMPACTED) {
            large.add(job);
        }
    }

    /** Works some rows off; true where there were no more. */
    private boolean rows(ReclaimJob job, long nowMillis, Departures departures) {
        SequencedMap<StoreKey, byte[]> found = new LinkedHashMap<>();
        byte[] last = null;
        boolean end;
        try (ScopeWalk walk = new ScopeWalk(rocks, job.tenant().tenantId(), job.scope(), job.after())) {
            for (int i = 0; i < STEP && walk.valid(); i++) {
                last = walk.row();
                found.put(walk.key(), last);
                walk.next();
            }
            end = !walk.valid();
        }
        if (last != null) {
            List<StoreKey> gone = workOff(job, found);
            job.advance(last, gone.size());
            removed.addAndGet(gone.size());
            gone.forEach(key -> departures.gone(key, job.scope(), nowMillis));
        }
        return end;
    }

    private List<StoreKey> workOff(ReclaimJob job, SequencedMap<StoreKey, byte[]> found) {
        List<StoreKey> gone = new ArrayList<>();
        Stripes.Held held = stripes.lock(found.keySet());
        RemovalBook.Shared shared = book.share(Set.of(job.tenant().tenantId()));
        try (Batch batch = new Batch(rocks, ledger)) {
            for (Map.Entry<StoreKey, byte[]> row : found.entrySet()) {
                Stored stored = writes.stored(row.getKey(), shared);
                if (!stored.there()
                        || (job.scope() instanceof Scope.Tagged(var in, var tag) && !carries(stored, tag))) {
                    dropIndex(batch, job, row.getValue());
                } else if (stored.head() == null && freedWhole(job.scope())) {
                    batch.remove(row.getKey(), stored.unaccounted());
                } else if (stored.removed() && stored.head() != null) {
                    batch.remove(row.getKey(), stored);
                    gone.add(row.getKey());
                } else if (end(batch, row.getKey(), stored)) {
                    gone.add(row.getKey());
                }
            }
            batch.commit();
        } finally {
            shared.release();
            held.release();
        }
        return gone;
    }

    /** Whether sums were freed whatever the rows say; a head that can not be read went with them. */
    static boolean freedWhole(Scope scope) {
        return scope instanceof Scope.InNamespace || scope instanceof Scope.All;
    }

    private static boolean carries(Stored stored, String tag) {
        Head head = stored.head();
        return head != null && head.tags().contains(tag);
    }

    /** A row of the index whose entry is not there, or carries the tag no more: it was left by a damaged head. */
    private static void dropIndex(Batch batch, ReclaimJob job, byte[] row) {
        if (job.scope() instanceof Scope.Tagged) {
            batch.delete(Column.TAG, row);
        }
    }

    /** Writes an entry's end into it where a removal made it stale; true where it goes, for nothing of it is kept. */
    private boolean end(Batch batch, StoreKey key, Stored stored) {
        Head head = stored.head();
        if (head == null || stored.endMillis() >= head.expiresMillis()) {
            return false;
        }
        byte[] envelope = rocks.get(Column.ENTRY, key.bytes());
        Envelope.Sealed ended = envelope == null ? null : Envelope.endedAt(key, head, envelope, stored.endMillis());
        if (ended == null) {
            batch.remove(key, stored);
            return true;
        }
        batch.end(key, ended, stored.cipher());
        return false;
    }

    /** Takes the mark away where no later removal of the scope came meanwhile; else the job begins again. */
    private boolean finish(ReclaimJob job) {
        TenantRemovals tenant = job.tenant();
        long stamp = tenant.alone();
        try {
            if (!job.upToDate()) {
                job.begin();
                return false;
            }
            try (Batch batch = new Batch(rocks, ledger)) {
                String id = tenant.tenantId();
                EntryCipher cipher = rocks.ciphers().find(id);
                byte[] clear = Rows.removal(id, job.scope(), EntryCipher.NONE);
                // It may have been noted before the tenant was encrypted. Where not, not even its deletion is to say
                // it.
                if (!cipher.encrypts() || rocks.get(Column.META, clear) != null) {
                    batch.delete(Column.META, clear);
                }
                if (cipher.encrypts()) {
                    batch.delete(Column.META, Rows.removal(id, job.scope(), cipher));
                }
                batch.commit();
            }
            tenant.workedOff(job.scope());
            return true;
        } finally {
            tenant.endAlone(stamp);
        }
    }

    /** Gives the space of large jobs back that have ended. */
    void compactWhatWasLarge() {
        for (ReclaimJob job = large.poll(); job != null; job = large.poll()) {
            compact(job);
        }
    }

    private void compact(ReclaimJob job) {
        String tenantId = job.tenant().tenantId();
        byte[] prefix = Rows.ascii(
                job.scope() instanceof Scope.InNamespace(var namespace)
                        ? StoreKey.prefix(tenantId, namespace)
                        : StoreKey.prefix(tenantId));
        rocks.compact(Column.ENTRY, prefix, Rows.after(prefix));
        rocks.compact(Column.HEAD, prefix, Rows.after(prefix));
        byte[] tags = Rows.ofTenant(tenantId);
        rocks.compact(Column.TAG, tags, Rows.after(tags));
        rocks.compact(Column.EXPIRY, Rows.expiryBound(0), Rows.expiryBound(Long.MAX_VALUE));
    }
}
