package io.riptide.store.rocksdb;

import io.riptide.spi.StoreUsage;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What tenants occupy, in memory, for those that write: loaded from {@code usage} with the first write, kept while
 * writes are under way and as long as there is room after. An account and its rows always agree: what a write adds is
 * reserved before it and given back where it fails; what it frees is taken off once it is committed, in the same batch
 * as the rows.
 */
final class Ledger {
    /** Accounts kept at most, besides those in use. */
    static final int CAPACITY = 16_384;

    private final Rocks rocks;
    private final ConcurrentHashMap<String, Account> accounts = new ConcurrentHashMap<>();

    Ledger(Rocks rocks) {
        this.rocks = rocks;
    }

    /** The account of a tenant, to be released; while it is held it stays the one of its tenant. */
    Account hold(String tenantId) {
        Account account = accounts.compute(tenantId, (id, known) -> {
            Account held = known == null ? new Account(read(id)) : known;
            held.holders++;
            held.recent = true;
            return held;
        });
        if (accounts.size() > CAPACITY) {
            evict();
        }
        return account;
    }

    void release(String tenantId, Account held) {
        accounts.computeIfPresent(tenantId, (id, account) -> {
            if (account == held) {
                held.holders--;
            }
            return account;
        });
    }

    /** What a tenant occupies: of what is committed and what is being written. */
    StoreUsage usage(String tenantId) {
        Account account = accounts.get(tenantId);
        return account == null ? read(tenantId) : account.now();
    }

    /** Forgets a tenant whose rows are gone. None of its writers runs. */
    void forget(String tenantId) {
        accounts.remove(tenantId);
    }

    int size() {
        return accounts.size();
    }

    private StoreUsage read(String tenantId) {
        return new StoreUsage(
                number(rocks.get(Column.USAGE, Rows.usageBytes(tenantId))),
                number(rocks.get(Column.USAGE, Rows.usageEntries(tenantId))));
    }

    /** What a tenant occupies in a namespace. Exact while none of the tenant's commits is under way. */
    StoreUsage usage(String tenantId, String namespace) {
        return new StoreUsage(
                number(rocks.get(Column.USAGE, Rows.usageBytes(tenantId, namespace))),
                number(rocks.get(Column.USAGE, Rows.usageEntries(tenantId, namespace))));
    }

    private static long number(byte @Nullable [] row) {
        return row == null ? 0 : Rows.little(row);
    }

    /** A second chance for what was used since the last time; what is held stays. */
    private void evict() {
        for (String tenantId : accounts.keySet()) {
            accounts.computeIfPresent(tenantId, (id, account) -> {
                boolean keep = account.recent || account.holders > 0;
                account.recent = false;
                return keep ? account : null;
            });
        }
    }

    /** One tenant's sums. {@code holders} and {@code recent} belong to the map's own lock of that key. */
    static final class Account {
        private int holders;
        private boolean recent;
        private final Object lock = new Object();
        private long bytes;
        private long entries;
        /** From where on {@link Eviction} looks at the tenant's heads; null from the first one. */
        private volatile byte @Nullable [] hand;

        private Account(StoreUsage stored) {
            bytes = stored.bytes();
            entries = stored.entries();
        }

        /** Adds so many bytes where that stays within the limit. */
        boolean reserve(long more, long limit) {
            synchronized (lock) {
                if (bytes + more > limit) {
                    return false;
                }
                bytes += more;
                return true;
            }
        }

        /** Takes bytes off and adds to the count of entries. */
        void settle(long fewerBytes, long moreEntries) {
            synchronized (lock) {
                bytes -= fewerBytes;
                entries += moreEntries;
            }
        }

        byte @Nullable [] hand() {
            return hand;
        }

        void hand(byte @Nullable [] next) {
            hand = next;
        }

        StoreUsage now() {
            synchronized (lock) {
                return new StoreUsage(bytes, entries);
            }
        }
    }
}
