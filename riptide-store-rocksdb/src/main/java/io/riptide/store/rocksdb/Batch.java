package io.riptide.store.rocksdb;

import io.riptide.entry.EntryCipher;
import io.riptide.entry.Envelope;
import io.riptide.entry.Head;
import io.riptide.entry.StoreKey;
import io.riptide.spi.StoreUsage;
import io.riptide.spi.StoreWrite;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One write batch with its accounting: the rows of entries, what they change in their tenants' sums, and what becomes
 * of the accounts in memory whether it is committed or not. The caller holds the stripes of all keys in it. Not safe
 * for several threads.
 */
final class Batch implements AutoCloseable {
    private static final byte[] NOTHING = {};

    private final Rocks rocks;
    private final Ledger ledger;
    private final BatchBytes rows = new BatchBytes();
    /** In the order of the keys: a memory table then finds a row's place from the one before, and need not seek. */
    private final SortedMap<byte[], Put> puts = new TreeMap<>(Arrays::compareUnsigned);

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
        share.count(write.key().namespace(), write.envelope().length - old.bytes(), old.accounted() ? 0 : 1);
        puts.merge(write.key().bytes(), new Put(write, old), (first, again) -> new Put(again.write, first.old));
        return true;
    }

    /** Takes away what is stored. */
    void remove(StoreKey key, Stored old) {
        if (!old.there()) {
            return;
        }
        expire(key, old);
        rows.delete(rocks.id(Column.EXPIRY), Rows.expiry(old.keptMillis(), key.bytes()));
    }

    /** Takes away what is there and has expired; its row of {@code expiry} goes with the range of the sweep. */
    void expire(StoreKey key, Stored old) {
        Share share = share(key.tenantId());
        share.freed += old.bytes();
        share.count(key.namespace(), -old.bytes(), old.accounted() ? -1 : 0);
        byte[] row = key.bytes();
        rows.delete(rocks.id(Column.ENTRY), row);
        rows.delete(rocks.id(Column.HEAD), row);
        tags(old).forEach(name -> rows.delete(rocks.id(Column.TAG), Rows.tag(key, name)));
    }

    /** The names of its tags. */
    private static List<String> tags(Stored stored) {
        Head head = stored.head();
        return head == null
                ? List.of()
                : head.tags().stream().map(stored.cipher()::tagName).toList();
    }

    /** Takes what a removal covers off a namespace's sums, before its rows go. */
    void free(String tenantId, String namespace, StoreUsage covered) {
        Share share = share(tenantId);
        share.freed += covered.bytes();
        share.count(namespace, -covered.bytes(), -covered.entries());
    }

    /** Writes an entry over the same one of the same length, which only ends sooner. */
    void end(StoreKey key, Envelope.Sealed ended, EntryCipher cipher) {
        byte[] row = key.bytes();
        rows.put(rocks.id(Column.ENTRY), row, ended.bytes());
        rows.put(rocks.id(Column.HEAD), row, cipher.sealHead(key, ended.head()));
    }

    /** Puts or deletes a row of its own. */
    void put(Column column, byte[] key, byte[] value) {
        rows.put(rocks.id(column), key, value);
    }

    void delete(Column column, byte[] key) {
        rows.delete(rocks.id(column), key);
    }

    /** Notes how far the sweep has come. */
    void swept(long millis) {
        rows.put(rocks.id(Column.META), Rows.sweptKey(), Rows.big(millis));
    }

    /** Deletes a range of a column family's rows. */
    void deleteRange(Column column, byte[] from, byte[] to) {
        rows.deleteRange(rocks.id(column), from, to);
    }

    /** The tenant's bytes as they will be once this is committed. */
    long used(String tenantId) {
        Share share = share(tenantId);
        return share.account.now().bytes() - share.freed;
    }

    /** Length of what a commit would write. */
    long size() {
        return rows.size();
    }

    /** Commits rows and sums in one step. Throws {@code store-unavailable}, and then nothing has changed. */
    void commit() {
        addPuts();
        for (Map.Entry<String, Share> tenant : shares.entrySet()) {
            Share share = tenant.getValue();
            sum(Rows.usageBytes(tenant.getKey()), share.taken - share.freed);
            sum(Rows.usageEntries(tenant.getKey()), share.entries);
            share.namespaces.forEach((namespace, change) -> {
                sum(Rows.usageBytes(tenant.getKey(), namespace), change.bytes);
                sum(Rows.usageEntries(tenant.getKey(), namespace), change.entries);
            });
        }
        if (rows.count() > 0) {
            rocks.write(rows.serialized());
        }
        committed = true;
    }

    /** Adds the rows of all puts, each column family's in the order of its keys. */
    private void addPuts() {
        rows.reserve(puts.values().stream().mapToInt(Put::about).sum());
        List<byte[]> gone = new ArrayList<>();
        List<byte[]> due = new ArrayList<>(puts.size());
        List<byte[]> untagged = new ArrayList<>();
        List<byte[]> tagged = new ArrayList<>();
        for (Map.Entry<byte[], Put> put : puts.entrySet()) {
            byte[] key = put.getKey();
            Head head = put.getValue().write.head();
            Stored old = put.getValue().old;
            rows.put(rocks.id(Column.ENTRY), key, put.getValue().write.envelope());
            if (old.there() && old.keptMillis() != head.keptMillis()) {
                gone.add(Rows.expiry(old.keptMillis(), key));
            }
            due.add(Rows.expiry(head.keptMillis(), key));
            StoreKey at = put.getValue().write.key();
            EntryCipher cipher = rocks.ciphers().of(at.tenantId());
            rows.put(rocks.id(Column.HEAD), key, cipher.sealHead(at, head));
            tags(old).forEach(name -> untagged.add(Rows.tag(at, name)));
            head.tags().forEach(tag -> tagged.add(Rows.tag(at, cipher.tagName(tag))));
        }
        addSorted(Column.EXPIRY, gone, due);
        addSorted(Column.TAG, untagged, tagged);
    }

    private void addSorted(Column column, List<byte[]> gone, List<byte[]> due) {
        gone.sort(Arrays::compareUnsigned);
        for (byte[] row : gone) {
            rows.delete(rocks.id(column), row);
        }
        due.sort(Arrays::compareUnsigned);
        for (byte[] row : due) {
            rows.put(rocks.id(column), row, NOTHING);
        }
    }

    private void sum(byte[] row, long change) {
        if (change != 0) {
            rows.merge(rocks.id(Column.USAGE), row, Rows.little(change));
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
    }

    /** The last entry that is to be put under a key, and what is stored there as yet. */
    private record Put(StoreWrite write, Stored old) {
        /** About how long its rows are: the key stands in four of them, and in the head with its content type. */
        int about() {
            return write.envelope().length + 1024;
        }
    }

    /** A tenant's part of the batch. */
    private static final class Share {
        private final Ledger.Account account;
        /** Reserved in the account already. */
        private long taken;
        /** Comes off the account with the commit; what this batch itself takes uses it up first. */
        private long freed;

        private long entries;
        /** What changes in the sums of namespaces. */
        private final Map<String, Change> namespaces = new HashMap<>(2);

        private Share(Ledger.Account account) {
            this.account = account;
        }

        private void count(String namespace, long moreBytes, long moreEntries) {
            entries += moreEntries;
            Change change = namespaces.computeIfAbsent(namespace, name -> new Change());
            change.bytes += moreBytes;
            change.entries += moreEntries;
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

    private static final class Change {
        private long bytes;
        private long entries;
    }
}
