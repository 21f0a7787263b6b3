package io.riptide.store.redis;

import io.riptide.entry.Removals;
import io.riptide.entry.Scope;

/** What a removal left behind and is to be worked off, and how far that has come. Used by one thread at a time. */
final class ReclaimJob {
    private final Redis redis;
    private final TenantRemovals tenant;
    private final Scope scope;
    /** The removal whose entries go; a later one of the same scope begins the job anew. */
    private long number;

    private Walk walk;
    private boolean unsettled;

    ReclaimJob(Redis redis, TenantRemovals tenant, Scope scope) {
        this.redis = redis;
        this.tenant = tenant;
        this.scope = scope;
        this.number = latest();
        this.walk = new Walk(redis, tenant.tenantId(), scope, number);
    }

    /** Begins at the first member. */
    void begin() {
        number = latest();
        unsettled = false;
        walk = new Walk(redis, tenant.tenantId(), scope, number);
    }

    /** Something that the removal covers may yet be written: the mark stays, and the job begins anew later. */
    void unsettled() {
        unsettled = true;
    }

    boolean isUnsettled() {
        return unsettled;
    }

    private long latest() {
        Removals.Mark mark = tenant.now().mark(scope);
        return mark == null ? 0 : mark.latest();
    }

    TenantRemovals tenant() {
        return tenant;
    }

    Scope scope() {
        return scope;
    }

    long number() {
        return number;
    }

    Walk walk() {
        return walk;
    }

    boolean sameAs(ReclaimJob other) {
        return other.tenant == tenant && other.scope.equals(scope);
    }
}
