package io.riptide.door;

import io.riptide.billing.UsageMeter;
import io.riptide.cache.TenantCache;
import io.riptide.grant.TenantGrant;
import io.riptide.problem.Problem;
import io.riptide.problem.ProblemCode;
import io.riptide.tenant.Action;
import java.util.Set;

/** A tenant: its cache, its grant, and what this credential may do with them. */
public final class TenantCaller implements Caller {
    private final String credentialId;
    private final TenantGrant grant;
    private final TenantCache cache;
    private final Set<Action> scopes;

    TenantCaller(String credentialId, TenantGrant grant, TenantCache cache, Set<Action> scopes) {
        this.credentialId = credentialId;
        this.grant = grant;
        this.cache = cache;
        this.scopes = Set.copyOf(scopes);
    }

    @Override
    public String credentialId() {
        return credentialId;
    }

    /** What the tenant may use and has used. */
    public TenantGrant grant() {
        return grant;
    }

    /** The tenant's entries. */
    public TenantCache cache() {
        return cache;
    }

    /** Refuses with {@code access-denied} where the credential's scopes leave the action out. */
    public void require(Action action) {
        if (!scopes.isEmpty() && !scopes.contains(action) && !scopes.contains(Action.ALL)) {
            throw Problem.of(ProblemCode.ACCESS_DENIED, "This key's scopes leave out " + action.text() + ".")
                    .asException();
        }
    }

    /** Takes the permit of a page that is fetched past the cache, or refuses: suspended, gone, over the rate. */
    public void beginFetch() {
        grant.permit(1);
    }

    /** Counts a page that {@link #beginFetch} announced. */
    public void fetched() {
        grant.meter().add(UsageMeter.Meter.FETCH);
    }

    /** Gives the permit of such a page back, for its origin failed; counted apart, free. */
    public void fetchFailed() {
        grant.allowance().giveBack(1);
        grant.meter().add(UsageMeter.Meter.LOAD_FAILED);
    }
}
