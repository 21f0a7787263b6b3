package io.riptide.door;

import io.riptide.audit.AuditLog;
import io.riptide.cache.PersistentCacheManager;
import io.riptide.cache.TenantCache;
import io.riptide.config.PersistenceConfig;
import io.riptide.config.TenantConfig;
import io.riptide.grant.TenantGrant;
import io.riptide.observe.CacheOperation;
import io.riptide.problem.Problem;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import io.riptide.quota.Enforcement;
import io.riptide.quota.PermitRounds;
import io.riptide.spi.ControlStore;
import io.riptide.spi.TenantRecord;
import io.riptide.spi.Time;
import io.riptide.tenant.TenantManager;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Credential in, caller out. The one maker of a {@link TenantGrant}.
 *
 * <p>Threads: any number. A key that is known is answered without I/O and without a lock, and goes on being answered
 * while the control store is away.
 */
public final class Door {
    private static final int PAGE = 1_000;

    private final TenantManager tenants;
    private final PersistentCacheManager cache;
    private final Grants grants;
    private final Credentials credentials;
    private final Erasures erasures;
    private final Attempts attempts;
    private final BooleanSupplier erases;
    private final @Nullable TenantCaller withoutCredential;
    /** Whose entries could not be removed when they began to be written another way. */
    private final Set<TenantGrant> toEmpty = ConcurrentHashMap.newKeySet();

    /**
     * Over these; listens to changes of tenants and keys from here on.
     *
     * @param audit where it is written that a tenant came near a quota, or was suspended for going over
     * @param permits where grants get their permits from
     * @param environmentAdminKey 24 to 256 printable characters that open everything as role {@code admin}, or null
     * @param background runs erasures: each may wait for a tenant's writers
     * @param erases whether it is this process that erases tenants, of all that share the stores
     */
    public Door(
            PersistenceConfig config,
            TenantManager tenants,
            ControlStore store,
            PersistentCacheManager cache,
            AuditLog audit,
            PermitRounds permits,
            Time time,
            @Nullable String environmentAdminKey,
            Executor background,
            BooleanSupplier erases) {
        this.tenants = tenants;
        this.cache = cache;
        TenantConfig.ShadowConfig shadow = config.tenant().shadow();
        this.grants = new Grants(
                tenants,
                permits,
                new Enforcement(
                        shadow.operationsPerMinute(),
                        shadow.storageBytes(),
                        config.tenant().storageFull() == TenantConfig.StorageFull.EVICT),
                new QuotaWatch(config.tenant(), tenants, cache, audit),
                time);
        this.credentials = new Credentials(store, grants, cache, time, config, environmentAdminKey);
        this.erasures = new Erasures(tenants, grants, cache, time, background, store.shared());
        this.erases = erases;
        this.attempts = new Attempts(time);
        this.withoutCredential = config.tenant().enabled() ? null : withoutCredential(cache);
        tenants.onTenantChange(this::changed);
        tenants.onKeyRevoked(credentials::forget);
        tenants.onEncryptionSwitch(tenant -> empty(grants.of(tenant.id())));
        store.listen(new Elsewhere());
    }

    private TenantCaller withoutCredential(PersistentCacheManager cache) {
        TenantGrant grant = grants.of(TenantManager.DEFAULT_ID);
        TenantCache opened = cache.open(grant);
        return new TenantCaller("anonymous", grant, opened, Set.of());
    }

    private void changed(TenantRecord tenant) {
        TenantGrant switched = grants.apply(tenant);
        if (switched != null) {
            empty(switched);
        }
        if (tenant.status() == TenantRecord.Status.DELETING && erases.getAsBoolean()) {
            erasures.begin(tenant.id());
        }
    }

    /** Removes what nobody can read any more; where the store is away, as soon as it is back. */
    private void empty(TenantGrant grant) {
        try {
            cache.removeEntries(grant);
            toEmpty.remove(grant);
        } catch (RipTideException e) {
            if (e.problem().code() == ProblemCode.STORE_UNAVAILABLE) {
                toEmpty.add(grant);
            } else {
                toEmpty.remove(grant);
            }
            throw e;
        }
    }

    /**
     * What any process changed, this one too: rows are read anew. Where that fails, whatever is remembered is
     * doubted.
     */
    private final class Elsewhere implements ControlStore.Changes {
        @Override
        public void tenant(String id) {
            try {
                changed(tenants.tenant(id));
            } catch (RipTideException e) {
                if (e.problem().code() != ProblemCode.NOT_FOUND) {
                    throw e;
                }
                grants.end(id);
                tenants.keyring().forget(id);
            }
        }

        @Override
        public void key(String keyId) {
            credentials.changed(keyId);
        }

        @Override
        public void anything() {
            credentials.forgetAll();
            grants.live().forEach(grant -> tenant(grant.tenantId()));
        }
    }

    /**
     * Whoever shows this secret; null where it is nobody's. Constant time in the secret; forged keys die without I/O. A
     * suspended tenant is somebody; one that is being deleted is nobody.
     *
     * @param secret an API key, a token, or the environment's admin key
     */
    public @Nullable Caller caller(String secret) {
        return credentials.caller(secret);
    }

    /**
     * A tenant's call: the credential decides, the header must agree. Refuses with {@code unauthenticated} (alike for
     * an unknown tenant, a wrong key, none), {@code access-denied} (a disagreeing header, an administrator), {@code
     * tenant-suspended}.
     */
    public TenantCaller tenant(@Nullable String secret, @Nullable String tenantHeader) {
        return tenant(secret, tenantHeader, null);
    }

    /**
     * As {@link #tenant(String, String)}, for what is an operation on the cache.
     *
     * @param counted as which operation on the cache a refusal counts for the credential's tenant, or null for none
     */
    public TenantCaller tenant(
            @Nullable String secret, @Nullable String tenantHeader, @Nullable CacheOperation counted) {
        if (secret == null && withoutCredential != null) {
            return withoutCredential;
        }
        TenantCaller caller = switch (known(secret)) {
            case TenantCaller tenant -> tenant;
            case AdminCaller admin -> throw denied("An administrator's credential opens no tenant's routes.");
        };
        TenantGrant grant = caller.grant();
        if (tenantHeader != null && !tenantHeader.equals(grant.tenantId())) {
            Problem other = Problem.of(ProblemCode.ACCESS_DENIED, "X-Tenant-ID is not the tenant of this credential.");
            throw refused(grant, counted, 1, other);
        }
        try {
            grant.requireServed();
        } catch (RipTideException e) {
            throw refused(grant, counted, 1, e.problem());
        }
        return caller;
    }

    static RipTideException refused(TenantGrant grant, @Nullable CacheOperation counted, int keys, Problem problem) {
        if (counted != null) {
            grant.refused(counted, keys, problem);
        }
        return problem.asException();
    }

    /**
     * An administrator's call; {@code unauthenticated} without a valid credential, {@code access-denied} for a
     * tenant's.
     */
    public AdminCaller admin(@Nullable String secret) {
        return switch (known(secret)) {
            case AdminCaller admin -> admin;
            case TenantCaller tenant -> throw denied("A tenant's credential opens no administrator's routes.");
        };
    }

    private Caller known(@Nullable String secret) {
        Caller caller = secret == null ? null : caller(secret);
        if (caller == null) {
            throw Problem.of(ProblemCode.UNAUTHENTICATED, "A valid credential is needed.")
                    .asException();
        }
        return caller;
    }

    private static RipTideException denied(String detail) {
        return Problem.of(ProblemCode.ACCESS_DENIED, detail).asException();
    }

    /** The live grant of a tenant, for the figures that administrators see; {@code not-found} where there is none. */
    public TenantGrant grant(String tenantId) {
        return grants.of(tenantId);
    }

    /** Grants that are live now. */
    public List<TenantGrant> grants() {
        return grants.live();
    }

    /** Bounds what one address is answered for credentials that are nobody's. */
    public Attempts attempts() {
        return attempts;
    }

    /**
     * Erases tenants that were left half deleted, by a stop or by another process; called now and then by the process
     * that erases.
     */
    public void resumeErasures() {
        String after = null;
        List<TenantRecord> page;
        do {
            page = tenants.list(after, PAGE, TenantRecord.Status.DELETING, null);
            page.forEach(tenant -> erasures.begin(tenant.id()));
            after = page.isEmpty() ? null : page.getLast().id();
        } while (page.size() == PAGE);
    }

    /**
     * Housekeeping, about once a second by one thread: samples active meters, drops idle grants, notes last use of
     * keys, begins erasures again that failed, removes what a switch of encryption could not.
     */
    public void tick() {
        grants.tick();
        erasures.tick();
        credentials.tick();
        toEmpty.forEach(this::empty);
    }

    /** Writes what housekeeping would have written later; once, at a stop, when no round of it runs any more. */
    public void flush() {
        credentials.flush();
    }
}
