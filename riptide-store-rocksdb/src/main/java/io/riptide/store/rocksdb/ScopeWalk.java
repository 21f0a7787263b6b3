package io.riptide.store.rocksdb;

import io.riptide.entry.EntryCipher;
import io.riptide.entry.Scope;
import io.riptide.entry.StoreKey;
import org.jspecify.annotations.Nullable;

/** A walk over the entries that a scope may cover: those of a tag by its index, all others by their heads. */
final class ScopeWalk implements AutoCloseable {
    private final Rocks rocks;
    private final boolean byTag;
    private final Rocks.Walk walk;

    /** From the row after that one, or from the first. */
    ScopeWalk(Rocks rocks, String tenantId, Scope scope, byte @Nullable [] after) {
        this.rocks = rocks;
        this.byTag = scope instanceof Scope.Tagged;
        byte[] prefix = prefix(tenantId, scope, rocks.ciphers().of(tenantId));
        byte[] from = after == null ? prefix : Rows.next(after);
        this.walk = rocks.walk(byTag ? Column.TAG : Column.HEAD, from, Rows.after(prefix));
    }

    /** What all store keys, or rows of the tag, begin with. */
    private static byte[] prefix(String tenantId, Scope scope, EntryCipher cipher) {
        return switch (scope) {
            case Scope.All all -> Rows.ascii(StoreKey.prefix(tenantId));
            case Scope.InNamespace in -> Rows.ascii(StoreKey.prefix(tenantId, in.namespace()));
            case Scope.Prefixed prefixed -> Rows.ascii(StoreKey.prefix(tenantId, prefixed.namespace()));
            case Scope.Keyed keyed ->
                cipher.storeKey(tenantId, keyed.namespace(), keyed.key()).bytes();
            case Scope.Tagged tagged -> Rows.tagged(tenantId, tagged.namespace(), cipher.tagName(tagged.tag()));
        };
    }

    boolean valid() {
        return walk.valid();
    }

    void next() {
        walk.next();
    }

    /** The row itself, to go on after it. */
    byte[] row() {
        return walk.key();
    }

    StoreKey key() {
        return byTag ? Rows.taggedKey(walk.key()) : Rows.storeKey(walk.key()).orElseThrow();
    }

    /** The entry's head; null where an index names an entry that is not there. */
    byte @Nullable [] head() {
        return byTag ? rocks.get(Column.HEAD, key().bytes()) : walk.value();
    }

    @Override
    public void close() {
        walk.close();
    }
}
