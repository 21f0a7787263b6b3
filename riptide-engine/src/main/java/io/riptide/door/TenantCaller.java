package io.riptide.door;

import io.riptide.billing.UsageMeter;
import io.riptide.cache.TenantCache;
import io.riptide.grant.Action;
import io.riptide.grant.Area;
import io.riptide.grant.Policy;
import io.riptide.grant.TenantGrant;
import io.riptide.observe.CacheOperation;
import io.riptide.problem.Problem;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import java.util.List;
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
        require(action, counted, 1);
    }

    private void require(Action action, @Nullable CacheOperation counted, int keys) {
        if (!scoped(action)) {
            throw denied(counted, keys, "This key's scopes leave out " + action.text() + ".");
        }
    }

    private boolean scoped(Action action) {
        return scopes.isEmpty() || scopes.contains(action) || scopes.contains(Action.ALL);
    }

    /** Refuses where scopes or the tenant's policies do not allow an action on what is not one of many. */
    public void requireIn(Area area, Action action) {
        require(action, null, area, "");
    }

    /** The same for pages of a host, in lower case; a refusal counts as one of a read. */
    public void requireHost(String host) {
        require(Action.WEB_FETCH, CacheOperation.GET, Area.WEB, host);
    }

    private void require(Action action, @Nullable CacheOperation counted, Area area, String first) {
        require(action, counted, 1);
        Policy policy = grant.policy();
        if (policy != null && !policy.allows(action, area, first, null)) {
            throw byPolicy(action, counted, 1);
        }
    }

    /**
     * The same for a namespace as a whole: its listing, and its removal, which is refused too where the policies deny
     * it for some of the namespace's keys.
     *
     * @param counted as which operation on the cache a refusal counts, or null for none
     */
    public void requireNamespace(Action action, @Nullable CacheOperation counted, String namespace) {
        require(action, counted, Area.CACHE, namespace);
        Policy policy = grant.policy();
        if (policy != null
                && action != Action.CACHE_READ
                && policy.denyingWithin(action, namespace) != Policy.NO_MATCH) {
            throw byPolicy(action, counted, 1);
        }
    }

    /** The same for one entry. */
    public void requireEntry(Action action, @Nullable CacheOperation counted, String namespace, String key) {
        require(action, counted, 1);
        Policy policy = grant.policy();
        if (policy != null && !policy.allows(action, Area.CACHE, namespace, key)) {
            throw byPolicy(action, counted, 1);
        }
    }

    /** The same for many entries: one that is not allowed refuses all. */
    public void requireEntries(Action action, CacheOperation counted, String namespace, List<String> keys) {
        require(action, counted, keys.size());
        Policy policy = grant.policy();
        if (policy != null) {
            for (String key : keys) {
                if (!policy.allows(action, Area.CACHE, namespace, key)) {
                    throw byPolicy(action, counted, keys.size());
                }
            }
        }
    }

    /** Whether a listing shows a key: not where the policies deny reading it by name. */
    public boolean shows(String namespace, String key) {
        Policy policy = grant.policy();
        return policy == null || !policy.denies(Action.CACHE_READ, namespace, key);
    }

    private RipTideException byPolicy(Action action, @Nullable CacheOperation counted, int keys) {
        return denied(counted, keys, "The tenant's access policies do not allow " + action.text() + " on this.");
    }

    private RipTideException denied(@Nullable CacheOperation counted, int keys, String detail) {
        return Door.refused(grant, counted, keys, Problem.of(ProblemCode.ACCESS_DENIED, detail));
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

    /** Counts a page that {@link #beginFetch} announced, and its load. */
    public void fetched() {
        grant.meter().add(UsageMeter.Meter.FETCH);
        grant.meter().add(UsageMeter.Meter.LOAD);
    }

    /** Gives the permit of such a page back, for its origin failed; counted apart, free. */
    public void fetchFailed() {
        grant.allowance().giveBack(1);
        grant.meter().add(UsageMeter.Meter.LOAD_FAILED);
    }
}
