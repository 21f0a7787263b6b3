package io.riptide.door;

import io.riptide.billing.UsageMeter;
import io.riptide.cache.TenantCache;
import io.riptide.grant.TenantGrant;
import io.riptide.observe.CacheOperation;
import io.riptide.problem.Problem;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import io.riptide.tenant.Action;
import java.util.Set;
import org.jspecify.annotations.Nullable;

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
        require(action, null);
    }

    /**
     * As {@link #require(Action)}, for what is an operation on the cache.
     *
     * @param counted as which operation a refusal counts, or null for none
     */
    public void require(Action action, @Nullable CacheOperation counted) {
        if (!scopes.isEmpty() && !scopes.contains(action) && !scopes.contains(Action.ALL)) {
            throw Door.refused(
                    grant,
                    counted,
                    Problem.of(ProblemCode.ACCESS_DENIED, "This key's scopes leave out " + action.text() + "."));
        }
    }

    /** Takes the permit of a page that is fetched past the cache, or refuses: suspended, gone, over the rate. */
    public void beginFetch() {
        try {
            grant.permit(1);
        } catch (RipTideException e) {
            grant.refused(CacheOperation.LOAD, 1, e.problem());
            throw e;
        }
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
