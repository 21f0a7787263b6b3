package io.riptide.store.rocksdb;

import io.riptide.entry.Head;
import io.riptide.entry.Removals;
import io.riptide.entry.Scope;
import io.riptide.entry.StoreKey;
import io.riptide.problem.Problem;
import io.riptide.problem.ProblemCode;
import io.riptide.spi.Departures;
import io.riptide.spi.Removal;
import io.riptide.spi.Removed;
import io.riptide.spi.StoreUsage;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Removals of many. While no commit of the tenant is under way, a bounded number of the rows that the scope covers is
 * looked at. Few are deleted there and then, in one batch with the removal's number. Of more, that batch holds a mark,
 * which hides them, and takes them off the sums: all those of a namespace by the sums that are kept for it, others
 * where all of them were looked at. A {@link ReclaimJob} does the rest. Callers are inside the {@link Gate}.
 */
final class RemovalPath {
    /** Up to so many are deleted at once. */
    private static final int AT_ONCE = 1000;
    /** Removals of a tenant at most that are not worked off. */
    private static final int MAX_PENDING = 1024;

    private final Rocks rocks;
    private final Ledger ledger;
    private final RemovalBook book;
    private final WritePath writes;

    RemovalPath(Rocks rocks, Ledger ledger, RemovalBook book, WritePath writes) {
        this.rocks = rocks;
        this.ledger = ledger;
        this.book = book;
        this.writes = writes;
    }

    Removed removeAll(Removal removal, Departures departures) {
        TenantRemovals tenant = book.of(removal.tenantId());
        long stamp = tenant.alone();
        try {
            if (tenant.pending() >= MAX_PENDING) {
                throw Problem.of(
                                ProblemCode.STORE_UNAVAILABLE,
                                "Too many removals of this tenant are being worked off (expected: at most "
                                        + MAX_PENDING + "); try again in a moment.")
                        .asException();
            }
            Covered covered = look(removal, tenant.now());
            try (Batch batch = new Batch(rocks, ledger)) {
                return removal.mode() == Removal.Mode.REMOVE
                        ? remove(removal, tenant, covered, batch, departures)
                        : makeStale(removal, tenant, covered, batch);
            }
        } finally {
            tenant.endAlone(stamp);
        }
    }

    private Removed remove(
            Removal removal, TenantRemovals tenant, Covered covered, Batch batch, Departures departures) {
        Scope scope = removal.scope();
        String tenantId = removal.tenantId();
        Map<String, StoreUsage> sums = sums(tenantId, scope);
        // A head that cannot be read says of no row whether it is in the sums: those go as a whole, and the job does
        // the rest.
        boolean unread = covered.unread && Reclaim.freedWhole(scope);
        boolean atOnce = covered.whole && covered.rows.size() <= AT_ONCE && !unread;
        boolean freed = atOnce || covered.whole || !sums.isEmpty();
        Removals after = tenant.now().removed(scope, freed);
        if (atOnce) {
            covered.rows.forEach(batch::remove);
        } else {
            (sums.isEmpty() ? covered.sums() : sums).forEach((namespace, sum) -> batch.free(tenantId, namespace, sum));
        }
        commit(batch, tenant, scope, after, !atOnce);
        if (atOnce) {
            covered.rows.forEach((key, stored) -> {
                if (stored.liveAt(removal.nowMillis())) {
                    departures.gone(key, scope, removal.nowMillis());
                }
            });
        }
        long entries = sums.values().stream().mapToLong(StoreUsage::entries).sum();
        return covered.whole ? new Removed(covered.live, true) : new Removed(Math.max(covered.live, entries), false);
    }

    private Removed makeStale(Removal removal, TenantRemovals tenant, Covered covered, Batch batch) {
        boolean nothing = covered.whole && covered.rows.isEmpty();
        commit(batch, tenant, removal.scope(), tenant.now().staled(removal.scope(), removal.nowMillis()), !nothing);
        return new Removed(covered.live, covered.whole);
    }

    private void commit(Batch batch, TenantRemovals tenant, Scope scope, Removals after, boolean rowsAreLeft) {
        batch.put(Column.META, Rows.sequence(tenant.tenantId()), Rows.big(after.latest()));
        Removals.Mark mark = after.mark(scope);
        byte[] row = Rows.removal(tenant.tenantId(), scope, rocks.ciphers().of(tenant.tenantId()));
        if (rowsAreLeft && mark != null) {
            batch.put(Column.META, row, Rows.mark(mark));
        }
        batch.commit();
        tenant.took(after, scope, rowsAreLeft);
        if (rowsAreLeft) {
            book.add(new ReclaimJob(tenant, scope));
        }
    }

    /** The sums that are kept of what a scope covers, by namespace; empty where none are. */
    private Map<String, StoreUsage> sums(String tenantId, Scope scope) {
        Map<String, StoreUsage> sums = new HashMap<>();
        if (scope instanceof Scope.InNamespace(var namespace)) {
            sums.put(namespace, ledger.usage(tenantId, namespace));
        } else if (scope instanceof Scope.All) {
            byte[] prefix = Rows.ofTenant(tenantId);
            try (Rocks.Walk walk = rocks.walk(Column.USAGE, prefix, Rows.after(prefix))) {
                for (; walk.valid(); walk.next()) {
                    Rows.usageNamespace(walk.key())
                            .ifPresent(
                                    namespace -> sums.computeIfAbsent(namespace, name -> ledger.usage(tenantId, name)));
                }
            }
        }
        return sums;
    }

    private Covered look(Removal removal, Removals removals) {
        Covered covered = new Covered();
        int seen = 0;
        try (ScopeWalk walk = new ScopeWalk(rocks, removal.tenantId(), removal.scope(), null)) {
            for (; walk.valid(); walk.next()) {
                if (seen++ == Removed.COUNTED) {
                    covered.whole = false;
                    break;
                }
                StoreKey key = walk.key();
                Stored stored = writes.stored(key, walk.head(), removals);
                Head head = stored.head();
                if (head != null && removal.scope().covers(key.namespace(), head)) {
                    covered.add(key, stored, removal.nowMillis());
                }
                covered.unread |= head == null && stored.there();
            }
        }
        return covered;
    }

    /** What was found of a scope's entries. */
    private static final class Covered {
        private final Map<StoreKey, Stored> rows = new LinkedHashMap<>();
        private boolean whole = true;
        private boolean unread;
        private long live;

        private void add(StoreKey key, Stored stored, long nowMillis) {
            live += stored.liveAt(nowMillis) ? 1 : 0;
            rows.put(key, stored);
        }

        private Map<String, StoreUsage> sums() {
            Map<String, StoreUsage> sums = new HashMap<>();
            if (whole) {
                rows.forEach((key, stored) -> sums.merge(
                        key.namespace(),
                        new StoreUsage(stored.bytes(), stored.accounted() ? 1 : 0),
                        (a, b) -> new StoreUsage(a.bytes() + b.bytes(), a.entries() + b.entries())));
            }
            return sums;
        }
    }
}
