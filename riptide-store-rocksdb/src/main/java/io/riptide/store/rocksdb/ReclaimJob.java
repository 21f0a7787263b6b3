package io.riptide.store.rocksdb;

import io.riptide.entry.Scope;
import org.jspecify.annotations.Nullable;

/** What a removal left behind and is to be worked off, and how far that has come. Used by one thread at a time. */
final class ReclaimJob {
    private final TenantRemovals tenant;
    private final Scope scope;
    /** The removal whose rows go; a later one of the same scope begins the job anew. */
    private long number;

    private byte @Nullable [] after;
    private long gone;

    ReclaimJob(TenantRemovals tenant, Scope scope) {
        this.tenant = tenant;
        this.scope = scope;
        begin();
    }

    /** Begins at the first row. */
    void begin() {
        var mark = tenant.now().mark(scope);
        number = mark == null ? 0 : mark.latest();
        after = null;
    }

    TenantRemovals tenant() {
        return tenant;
    }

    Scope scope() {
        return scope;
    }

    /** Whether no removal of the scope took place since the job began. */
    boolean upToDate() {
        var mark = tenant.now().mark(scope);
        return mark == null || mark.latest() == number;
    }

    /** The row after which to go on, or null for the first. */
    byte @Nullable [] after() {
        return after;
    }

    /** Rows up to this one are done, with so many entries gone. */
    void advance(byte[] row, int entries) {
        after = row;
        gone += entries;
    }

    /** Entries gone so far. */
    long gone() {
        return gone;
    }
}
