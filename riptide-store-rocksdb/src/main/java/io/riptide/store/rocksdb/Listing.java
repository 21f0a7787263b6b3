package io.riptide.store.rocksdb;

import io.riptide.entry.Head;
import io.riptide.entry.Removals;
import io.riptide.entry.StoreKey;
import io.riptide.spi.HeadPage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Pages of a namespace, read from {@code head} alone. */
final class Listing {
    /**
     * Rows that a page may pass over because they have expired; a page that meets it ends early and the next goes on.
     */
    private static final int MAX_PASSED = 10_000;

    private final Rocks rocks;

    Listing(Rocks rocks) {
        this.rocks = rocks;
    }

    /** A page as it stands to removals that were known before the walk began. */
    HeadPage page(
            String tenantId, String namespace, @Nullable StoreKey after, int limit, long nowMillis, Removals removals) {
        byte[] prefix = Rows.ascii(StoreKey.prefix(tenantId, namespace));
        byte[] from = prefix;
        if (after != null) {
            if (!after.tenantId().equals(tenantId) || !after.namespace().equals(namespace)) {
                throw new IllegalArgumentException("after: a key of another namespace");
            }
            from = Rows.next(after.bytes());
        }
        List<Head> heads = new ArrayList<>();
        byte[] last = null;
        int passed = 0;
        try (Rocks.Walk walk = rocks.walk(Column.HEAD, from, Rows.after(prefix))) {
            for (; walk.valid(); walk.next()) {
                StoreKey at = Rows.storeKey(walk.key()).orElseThrow();
                Head head = rocks.ciphers().ownHead(at, walk.value());
                boolean live =
                        head != null && nowMillis < Math.min(head.expiresMillis(), removals.end(namespace, head));
                if ((live && heads.size() == limit) || passed == MAX_PASSED) {
                    return new HeadPage(
                            heads, last == null ? null : Rows.storeKey(last).orElseThrow());
                }
                if (live) {
                    heads.add(head);
                    last = walk.key();
                } else {
                    passed++;
                    last = heads.size() == limit ? last : walk.key();
                }
            }
        }
        return new HeadPage(heads, null);
    }
}
