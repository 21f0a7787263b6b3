package io.riptide.store.rocksdb;

import io.riptide.entry.StoreKey;
import java.util.Arrays;

/**
 * Takes a tenant's rows of {@code expiry} away. They are in the order of instants, and heads that would tell them may
 * not open any more: all rows are looked at, a bounded number at a time. No writer of the tenant runs; a sweep that
 * passes meanwhile deletes the same.
 */
final class Erasure {
    private static final int ROUND = 65_536;
    /** Instants are never negative. */
    private static final byte[] END = {(byte) 0x80};

    private final Rocks rocks;
    private final byte[] prefix;
    private byte[] from = Rows.expiryBound(0);

    Erasure(Rocks rocks, String tenantId) {
        this.rocks = rocks;
        this.prefix = Rows.ascii(StoreKey.prefix(tenantId));
    }

    /** Looks at the next rows; true where more are left. */
    boolean round() {
        BatchBytes batch = new BatchBytes();
        boolean more;
        try (Rocks.Walk walk = rocks.walk(Column.EXPIRY, from, END)) {
            for (int rows = 0; rows < ROUND && walk.valid(); walk.next(), rows++) {
                byte[] row = walk.key();
                int end = Long.BYTES + prefix.length;
                if (row.length > end && Arrays.equals(row, Long.BYTES, end, prefix, 0, prefix.length)) {
                    batch.delete(rocks.id(Column.EXPIRY), row);
                }
                from = Rows.next(row);
            }
            more = walk.valid();
        }
        if (batch.count() > 0) {
            rocks.write(batch.serialized());
        }
        return more;
    }
}
