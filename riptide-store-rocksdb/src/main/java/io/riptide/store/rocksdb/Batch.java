package io.riptide.store.rocksdb;

import io.riptide.entry.StoreKey;
import io.riptide.spi.StoreWrite;
import java.util.HashMap;
import java.util.Map;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/**
 * One write batch with its accounting: the rows of entries, what they change in their tenants' sums, and what becomes
 * of the accounts in memory whether it is committed or not. The caller holds the stripes of all keys in it. Not safe
 * for several threads.
 */
final class Batch implements AutoCloseable {
    private final Rocks rocks;
    private final Ledger ledger;
    private final WriteBatch rows = new WriteBatch();
    private final Map<String, Share> shares = new HashMap<>();
    private boolean committed;

    Batch(Rocks rocks, Ledger ledger) {
        this.rocks = rocks;
        this.ledger = ledger;
    }

    /** Puts an entry over what is stored, or answers false where the tenant's limit forbids; nothing is then added. */
    boolean put(StoreWrite write, Stored old) {
        Share share = share(write.key().tenantId());
        if (!share.take(write.envelope().length - old.bytes(), write.storageLimit())) {
            return false;
        }
        share.entries += old.there() ? 0 : 1;
        byte[] key = write.key().bytes();
        try {
            rows.put(rocks.handle(Column.ENTRY), key, write.envelope());
            rows.put(rocks.handle(Column.HEAD), key, write.head().encode());
            if (old.there() && old.expiresMillis() != write.head().expiresMillis()) {
                rows.delete(rocks.handle(Column.EXPIRY), Rows.expiry(old.expiresMillis(), key));
            }
            rows.put(rocks.handle(Column.EXPIRY), Rows.expiry(write.head().expiresMillis(), key), new byte[0]);
            return true;
        } catch (RocksDBException e) {
            throw Damage.unavailable(e);
        }
    }

    /** Takes away what is stored. */
    void remove(StoreKey key, Stored old) {
        if (!old.there()) {
            return;
        }
        Share share = share(key.tenantId());
        share.freed += old.bytes();
        share.entries--;
        byte[] row = key.bytes();
        try {
            rows.delete(rocks.handle(Column.ENTRY), row);
            rows.delete(rocks.handle(Column.HEAD), row);
            rows.delete(rocks.handle(Column.EXPIRY), Rows.expiry(old.expiresMillis(), row));
        } catch (RocksDBException e) {
            throw Damage.unavailable(e);
        }
    }

    /** Notes how far the sweep has come. */
    void swept(long millis) {
        try {
            rows.put(rocks.handle(Column.META), Rows.sweptKey(), Rows.big(millis));
        } catch (RocksDBException e) {
            throw Damage.unavailable(e);
        }
    }

    /** Deletes a range of a column family's rows. */
    void deleteRange(Column column, byte[] from, byte[] to) {
        try {
            rows.deleteRange(rocks.handle(column), from, to);
        } catch (RocksDBException e) {
            throw Damage.unavailable(e);
        }
    }

    /** The tenant's bytes as they will be once this is committed. */
    long used(String tenantId) {
        Share share = share(tenantId);
        return share.account.now().bytes() - share.freed;
    }

    /** Length of what a commit would write. */
    long size() {
        return rows.getDataSize();
    }

    /** Commits rows and sums in one step. Throws {@code store-unavailable}, and then nothing has changed. */
    void commit() {
        try {
            for (Map.Entry<String, Share> tenant : shares.entrySet()) {
                Share share = tenant.getValue();
                sum(Rows.usageBytes(tenant.getKey()), share.taken - share.freed);
                sum(Rows.usageEntries(tenant.getKey()), share.entries);
            }
        } catch (RocksDBException e) {
            throw Damage.unavailable(e);
        }
        if (rows.count() > 0) {
            rocks.write(rows);
        }
        committed = true;
    }

    private void sum(byte[] row, long change) throws RocksDBException {
        if (change != 0) {
            rows.merge(rocks.handle(Column.USAGE), row, Rows.little(change));
        }
    }

    private Share share(String tenantId) {
        return shares.computeIfAbsent(tenantId, id -> new Share(ledger.hold(id)));
    }

    /**
     * Settles the accounts: what was freed comes off where it was committed, what was taken goes back where it wasn't.
     */
    @Override
    public void close() {
        shares.forEach((tenantId, share) -> {
            if (committed) {
                share.account.settle(share.freed, share.entries);
            } else {
                share.account.settle(share.taken, 0);
            }
            ledger.release(tenantId, share.account);
        });
        rows.close();
    }

    /** A tenant's part of the batch. */
    private static final class Share {
        private final Ledger.Account account;
        /** Reserved in the account already. */
        private long taken;
        /** Comes off the account with the commit; what this batch itself takes uses it up first. */
        private long freed;

        private long entries;

        private Share(Ledger.Account account) {
            this.account = account;
        }

        boolean take(long change, long limit) {
            if (change <= 0) {
                freed -= change;
                return true;
            }
            long fromFreed = Math.min(freed, change);
            if (!account.reserve(change - fromFreed, limit)) {
                return false;
            }
            freed -= fromFreed;
            taken += change - fromFreed;
            return true;
        }
    }
}
