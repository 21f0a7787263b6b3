package io.riptide.store.rocksdb;

import io.riptide.entry.Removals;
import io.riptide.entry.Scope;
import io.riptide.spi.RemovalView;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.StampedLock;

/**
 * One tenant's removals. A commit of the tenant's rows shares the lock from reading what is stored to its end; a
 * removal takes place alone, so that none of them sees or accounts half of the other.
 */
final class TenantRemovals implements RemovalView {
    /** Of which nothing is left; kept until nobody can hold what they covered. More are forgotten at once. */
    private static final int MAX_DONE = 4096;

    private final String tenantId;
    private final StampedLock lock = new StampedLock();
    /** Those of which rows may be left. Guarded by the lock. */
    private final Set<Scope> pending;

    private volatile Removals now;

    TenantRemovals(String tenantId, Removals restored) {
        this.tenantId = tenantId;
        this.now = restored;
        this.pending = new HashSet<>(restored.marks().keySet());
    }

    String tenantId() {
        return tenantId;
    }

    @Override
    public Removals now() {
        return now;
    }

    @Override
    public void judged(long number) {
        if (now.marks().isEmpty()) {
            return;
        }
        long stamp = alone();
        try {
            forget(number);
        } finally {
            endAlone(stamp);
        }
    }

    private void forget(long number) {
        Removals fewer = now;
        for (var mark : now.marks().entrySet()) {
            if (!pending.contains(mark.getKey()) && mark.getValue().latest() <= number) {
                fewer = fewer.forgetting(mark.getKey());
            }
        }
        now = fewer;
    }

    /** Shares the tenant's rows with other commits; to be given to {@link #endShare}. */
    long share() {
        return lock.readLock();
    }

    void endShare(long stamp) {
        lock.unlockRead(stamp);
    }

    /** Has the tenant's rows alone; to be given to {@link #endAlone}. */
    long alone() {
        return lock.writeLock();
    }

    void endAlone(long stamp) {
        lock.unlockWrite(stamp);
    }

    /** How many have rows left. Alone. */
    int pending() {
        return pending.size();
    }

    /** After the commit that says the same. Alone. */
    void took(Removals after, Scope scope, boolean rowsAreLeft) {
        now = after;
        if (rowsAreLeft) {
            pending.add(scope);
        } else if (after.marks().size() - pending.size() > MAX_DONE) {
            forget(after.latest());
        }
    }

    /** Nothing is left of a scope. Alone, after the commit that says the same. */
    void workedOff(Scope scope) {
        pending.remove(scope);
    }
}
