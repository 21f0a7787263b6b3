package io.riptide.store.rocksdb;

import io.riptide.spi.StoredDictionary;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Dictionaries of tenants' namespaces, each with a row in the order of the instants from which it is not needed. Both
 * rows change in one batch, under one lock: they are written seldom. Reads take no lock.
 */
final class Dictionaries {
    /** Dictionaries that one sweep removes at most. */
    private static final int ROUND = 1024;

    private final Rocks rocks;
    private final ReentrantLock writing = new ReentrantLock();

    Dictionaries(Rocks rocks) {
        this.rocks = rocks;
    }

    void keep(StoredDictionary dictionary) {
        writing.lock();
        try {
            byte[] key = DictionaryRow.key(dictionary);
            StoredDictionary old = find(key);
            BatchBytes batch = new BatchBytes();
            StoredDictionary kept = dictionary;
            if (old != null) {
                if (old.neededUntilMillis() >= dictionary.neededUntilMillis()) {
                    return;
                }
                kept = DictionaryRow.needed(old, dictionary.neededUntilMillis());
                batch.delete(rocks.id(Column.META), DictionaryRow.end(old));
            }
            batch.put(rocks.id(Column.META), key, DictionaryRow.value(kept));
            batch.put(rocks.id(Column.META), DictionaryRow.end(kept), new byte[0]);
            rocks.write(batch.serialized());
        } finally {
            writing.unlock();
        }
    }

    /** The dictionary in that row, or null where none is there; a row that is not whole is none. */
    @Nullable StoredDictionary find(byte[] key) {
        byte[] value = rocks.get(Column.META, key);
        return value == null ? null : DictionaryRow.parse(key, value);
    }

    /** Those whose rows begin so and are whole, the newest first. */
    List<StoredDictionary> all(byte[] prefix) {
        List<StoredDictionary> found = new ArrayList<>();
        try (Rocks.Walk walk = rocks.walk(Column.META, prefix, Rows.after(prefix))) {
            for (; walk.valid(); walk.next()) {
                StoredDictionary dictionary = DictionaryRow.parse(walk.key(), walk.value());
                if (dictionary != null) {
                    found.add(dictionary);
                }
            }
        }
        found.sort(Comparator.comparingLong(StoredDictionary::createdMillis)
                .thenComparingInt(StoredDictionary::id)
                .reversed());
        return found;
    }

    /** What rows that begin so occupy. */
    long bytes(byte[] prefix) {
        long sum = 0;
        try (Rocks.Walk walk = rocks.walk(Column.META, prefix, Rows.after(prefix))) {
            for (; walk.valid(); walk.next()) {
                sum += walk.value().length;
            }
        }
        return sum;
    }

    /** Removes all of a tenant, none of whose writers runs. */
    void removeAll(byte[] tenantPrefix) {
        writing.lock();
        try {
            BatchBytes batch = new BatchBytes();
            all(tenantPrefix).forEach(one -> batch.delete(rocks.id(Column.META), DictionaryRow.end(one)));
            batch.deleteRange(rocks.id(Column.META), tenantPrefix, Rows.after(tenantPrefix));
            rocks.write(batch.serialized());
        } finally {
            writing.unlock();
        }
    }

    /** Removes some of those that are not needed at that instant, beginning with the oldest. */
    void sweep(long nowMillis) {
        try (Rocks.Walk walk = rocks.walk(Column.META, DictionaryRow.ends(), DictionaryRow.endsAfter(nowMillis))) {
            for (int rows = 0; rows < ROUND && walk.valid(); walk.next(), rows++) {
                removeEnded(walk.key());
            }
        }
    }

    /** Removes the row of an end, and the dictionary where that is still its end. */
    private void removeEnded(byte[] end) {
        writing.lock();
        try {
            BatchBytes batch = new BatchBytes();
            batch.delete(rocks.id(Column.META), end);
            byte[] key = DictionaryRow.keyOfEnd(end);
            StoredDictionary dictionary = find(key);
            if (dictionary == null || dictionary.neededUntilMillis() == DictionaryRow.endMillis(end)) {
                batch.delete(rocks.id(Column.META), key);
            }
            rocks.write(batch.serialized());
        } finally {
            writing.unlock();
        }
    }
}
