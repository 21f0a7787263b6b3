package io.riptide.tenant;

import io.riptide.config.BillingConfig;
import io.riptide.config.BillingConfig.PlanConfig;
import io.riptide.config.BillingConfig.PlanQuotas;
import io.riptide.config.TenantConfig;
import io.riptide.grant.Action;
import io.riptide.problem.Problem;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import io.riptide.spi.AccessPolicy;
import io.riptide.spi.ControlStore;
import io.riptide.spi.KeyRecord;
import io.riptide.spi.Quotas;
import io.riptide.spi.TenantRecord;
import io.riptide.spi.Time;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Tenants and keys. Refuses with every field that is wrong at once, each by its name in HTTP.
 *
 * <p>Where tenants are switched off there is a tenant {@link #DEFAULT_ID} by configuration: it has the default quotas,
 * no row, and does not change.
 *
 * <p>Threads: any number. Changes of one tenant are ordered by its version; listeners are called by the changing
 * thread, may be called for several changes at once, and not in the order of their versions.
 */
public final class TenantManager {
    /** The tenant of callers without a credential, where tenants are switched off. */
    public static final String DEFAULT_ID = "default";

    /** The id of the admin key that the environment gives. */
    public static final String ENVIRONMENT_KEY = "environment";

    private static final int ID_LENGTH = 16;
    private static final int PAGE = 1_000;
    private static final int ATTEMPTS = 20;

    private final TenantConfig config;
    private final Map<String, PlanConfig> plans;
    private final ControlStore store;
    private final Time time;
    private final SecureRandom random;
    private final Keyring keyring;
    private final List<Consumer<TenantRecord>> switchListeners = new CopyOnWriteArrayList<>();
    private final @Nullable TenantRecord byConfiguration;
    private final List<Consumer<TenantRecord>> tenantListeners = new CopyOnWriteArrayList<>();
    private final List<Consumer<String>> keyListeners = new CopyOnWriteArrayList<>();
    private final List<Consumer<String>> erasedListeners = new CopyOnWriteArrayList<>();

    /** Over this store. */
    public TenantManager(
            TenantConfig config, BillingConfig billing, ControlStore store, Time time, SecureRandom random) {
        this(config, billing, store, time, random, Keyring.none(random, time));
    }

    /** The same with tenants that may be encrypted. */
    public TenantManager(
            TenantConfig config,
            BillingConfig billing,
            ControlStore store,
            Time time,
            SecureRandom random,
            Keyring keyring) {
        this.keyring = keyring;
        this.config = config;
        this.plans = billing.plans();
        this.store = store;
        this.time = time;
        this.random = random;
        this.byConfiguration = config.enabled() ? null : TenantRows.byConfiguration(defaultQuotas());
    }

    private Quotas defaultQuotas() {
        TenantConfig.QuotaConfig q = config.defaultQuotas();
        return new Quotas(q.memoryBytes(), q.operationsPerMinute(), q.storageBytes(), q.activeSessions());
    }

    /** What a tenant of a plan gets that says nothing else. */
    private Quotas quotasOf(String plan) {
        PlanQuotas own = Objects.requireNonNull(plans.get(plan), plan).quotas();
        return new QuotaPatch(own.memoryBytes(), own.operationsPerMinute(), own.storageBytes(), own.activeSessions())
                .over(defaultQuotas());
    }

    /**
     * What a new tenant is to be; nulls take the defaults.
     *
     * @param id null: one is made
     * @param quotas each member null: the plan's, or the default one
     * @param settings a JSON object as text, at most 64 KiB
     * @param accessPolicies at most 100; none of them allow all
     * @param encryptionEnabled whether what it stores is encrypted, which needs a master key
     */
    public record NewTenant(
            @Nullable String id,
            @Nullable String name,
            @Nullable String ownerName,
            @Nullable String ownerEmail,
            @Nullable String billingPlan,
            QuotaPatch quotas,
            @Nullable String settings,
            @Nullable List<AccessPolicy> accessPolicies,
            boolean encryptionEnabled) {
        /** One without policies, not encrypted. */
        public NewTenant(
                @Nullable String id,
                @Nullable String name,
                @Nullable String ownerName,
                @Nullable String ownerEmail,
                @Nullable String billingPlan,
                QuotaPatch quotas,
                @Nullable String settings) {
            this(id, name, ownerName, ownerEmail, billingPlan, quotas, settings, null, false);
        }
    }

    /** What a change replaces; null keeps what is there. */
    public record TenantPatch(
            @Nullable String name,
            @Nullable String ownerName,
            @Nullable String ownerEmail,
            @Nullable String billingPlan,
            QuotaPatch quotas,
            @Nullable String settings,
            @Nullable List<AccessPolicy> accessPolicies,
            @Nullable Boolean encryptionEnabled) {
        /** One that keeps the policies and the encryption. */
        public TenantPatch(
                @Nullable String name,
                @Nullable String ownerName,
                @Nullable String ownerEmail,
                @Nullable String billingPlan,
                QuotaPatch quotas,
                @Nullable String settings) {
            this(name, ownerName, ownerEmail, billingPlan, quotas, settings, null, null);
        }
    }

    /** Quotas of which each may be left out. */
    public record QuotaPatch(
            @Nullable Long memoryBytes,
            @Nullable Long operationsPerMinute,
            @Nullable Long storageBytes,
            @Nullable Long activeSessions) {
        /** Leaves all out. */
        public static final QuotaPatch NONE = new QuotaPatch(null, null, null, null);

        /** These quotas over others. */
        public Quotas over(Quotas base) {
            return new Quotas(
                    memoryBytes == null ? base.memoryBytes() : memoryBytes,
                    operationsPerMinute == null ? base.operationsPerMinute() : operationsPerMinute,
                    storageBytes == null ? base.storageBytes() : storageBytes,
                    activeSessions == null ? base.activeSessions() : activeSessions);
        }
    }

    /** A tenant with its first key, shown this once. */
    public record Created(TenantRecord tenant, NewKey key) {}

    /** A key, shown this once. */
    public record NewKey(KeyRecord key, String apiKey) {}

    /**
     * Creates a tenant; every wrong field is named at once; {@code conflict} where the id is taken, in whatever status,
     * and where {@code max_tenants} are there.
     */
    public Created create(NewTenant tenant) {
        TenantFields fields = new TenantFields();
        fields.id(tenant.id());
        fields.needed("name", tenant.name());
        fields.needed("owner_name", tenant.ownerName());
        fields.needed("owner_email", tenant.ownerEmail());
        fields.needed("billing_plan", tenant.billingPlan());
        check(fields, tenant.name(), tenant.ownerName(), tenant.ownerEmail(), tenant.billingPlan());
        fields.quotas(tenant.quotas());
        fields.settings(tenant.settings());
        fields.policies(tenant.accessPolicies());
        fields.encryption(tenant.encryptionEnabled(), keyring.canEncrypt());
        fields.refuse();

        long now = time.wallMillis();
        TenantRecord row = new TenantRecord(
                tenant.id() == null ? Base62.random(ID_LENGTH, random) : tenant.id(),
                Objects.requireNonNull(tenant.name()),
                Objects.requireNonNull(tenant.ownerName()),
                Objects.requireNonNull(tenant.ownerEmail()),
                Objects.requireNonNull(tenant.billingPlan()),
                TenantRecord.Status.ACTIVE,
                null,
                tenant.quotas().over(quotasOf(tenant.billingPlan())),
                tenant.settings() == null ? "{}" : tenant.settings(),
                tenant.accessPolicies() == null ? List.of() : tenant.accessPolicies(),
                tenant.encryptionEnabled(),
                now,
                now,
                1);
        if (isByConfiguration(row.id())) {
            throw taken(row.id());
        }
        NewKey key = newKey(row.id(), null, "first", List.of(), null);
        return switch (store.createTenant(row, key.key(), config.maxTenants())) {
            // Its data keys, where it is encrypted, are made with its first use.
            case CREATED -> new Created(row, key);
            case EXISTS -> throw taken(row.id());
            case LIMIT ->
                throw conflict("max_tenants: " + config.maxTenants() + " tenants are there, the most that may be.");
        };
    }

    private void check(
            TenantFields fields,
            @Nullable String name,
            @Nullable String ownerName,
            @Nullable String ownerEmail,
            @Nullable String plan) {
        fields.text("name", name, TenantFields.MAX_NAME);
        fields.text("owner_name", ownerName, TenantFields.MAX_NAME);
        fields.email(ownerEmail);
        fields.plan(plan, plans.keySet());
    }

    /** A tenant; {@code not-found} where there is none. */
    public TenantRecord tenant(String id) {
        if (byConfiguration != null && id.equals(DEFAULT_ID)) {
            return byConfiguration;
        }
        // What is no id is nobody's: it costs no I/O.
        TenantRecord tenant = TenantFields.isId(id) ? store.tenant(id) : null;
        if (tenant == null) {
            throw Problem.of(ProblemCode.NOT_FOUND, "There is no tenant of this id.")
                    .asException();
        }
        return tenant;
    }

    /** The tenant that is there by configuration, or null where tenants have rows. */
    public @Nullable TenantRecord byConfiguration() {
        return byConfiguration;
    }

    /** Tenants in the order of their ids, from after that id. The limit is 1 to 1,000. */
    public List<TenantRecord> list(
            @Nullable String after, int limit, TenantRecord.@Nullable Status status, @Nullable String plan) {
        checkLimit(limit);
        List<TenantRecord> rows = new ArrayList<>(store.tenants(after, limit, status, plan));
        TenantRecord virtual = byConfiguration;
        if (virtual != null) {
            rows.removeIf(row -> row.id().equals(DEFAULT_ID));
            boolean wanted = (after == null || after.compareTo(DEFAULT_ID) < 0)
                    && (status == null || status == virtual.status())
                    && (plan == null || plan.equals(virtual.billingPlan()));
            boolean inPage = rows.size() < limit || rows.getLast().id().compareTo(DEFAULT_ID) > 0;
            if (wanted && inPage) {
                rows.add(virtual);
                rows.sort(Comparator.comparing(TenantRecord::id));
            }
        }
        return List.copyOf(rows.subList(0, Math.min(limit, rows.size())));
    }

    private static void checkLimit(int limit) {
        if (limit < 1 || limit > PAGE) {
            throw Problem.invalid("limit", limit + " (expected: 1 to " + PAGE + ")")
                    .asException();
        }
    }

    /**
     * Changes a tenant; {@code precondition-failed} where {@code ifVersion} is not null and has moved; {@code conflict}
     * where it is being deleted.
     */
    public TenantRecord update(String id, TenantPatch patch, @Nullable Long ifVersion) {
        TenantFields fields = new TenantFields();
        check(fields, patch.name(), patch.ownerName(), patch.ownerEmail(), patch.billingPlan());
        fields.quotas(patch.quotas());
        fields.settings(patch.settings());
        fields.policies(patch.accessPolicies());
        fields.encryption(Boolean.TRUE.equals(patch.encryptionEnabled()), keyring.canEncrypt());
        fields.refuse();
        return change(id, ifVersion, row -> {
            refuseDeleting(row);
            return TenantRows.patched(row, patch);
        });
    }

    /**
     * Suspends; idempotent: suspended already, it stays so, with the newer reason where one is given.
     *
     * @param reason at most 500 printable characters, or null
     */
    public TenantRecord suspend(String id, @Nullable String reason) {
        TenantFields fields = new TenantFields();
        fields.text("reason", reason, TenantFields.MAX_REASON);
        fields.refuse();
        return change(id, null, row -> {
            refuseDeleting(row);
            boolean was = row.status() == TenantRecord.Status.SUSPENDED;
            return TenantRows.withStatus(
                    row, TenantRecord.Status.SUSPENDED, was && reason == null ? row.suspendedReason() : reason);
        });
    }

    /** Resumes; idempotent. */
    public TenantRecord resume(String id) {
        return change(id, null, row -> {
            refuseDeleting(row);
            return TenantRows.withStatus(row, TenantRecord.Status.ACTIVE, null);
        });
    }

    /** Turns a tenant to {@code deleting}; the door then erases it and calls {@link #erased}. Idempotent. */
    public TenantRecord delete(String id) {
        return change(id, null, row -> TenantRows.withStatus(row, TenantRecord.Status.DELETING, row.suspendedReason()));
    }

    /**
     * Reads, changes, writes where nobody else did in between, else again. A change that changes nothing writes
     * nothing.
     */
    private TenantRecord change(String id, @Nullable Long ifVersion, UnaryOperator<TenantRecord> how) {
        if (isByConfiguration(id)) {
            throw conflict("The tenant " + DEFAULT_ID + " is there by configuration and changes with it alone.");
        }
        for (int i = 0; i < ATTEMPTS; i++) {
            TenantRecord row = tenant(id);
            if (ifVersion != null && ifVersion != row.version()) {
                throw Problem.of(ProblemCode.PRECONDITION_FAILED, "The tenant has changed since that version.")
                        .asException();
            }
            TenantRecord changed = how.apply(row);
            if (changed.equals(row)) {
                tenantListeners.forEach(listener -> listener.accept(row));
                return row;
            }
            TenantRecord next = TenantRows.next(changed, time.wallMillis());
            if (store.updateTenant(next)) {
                tenantListeners.forEach(listener -> listener.accept(next));
                if (next.encryptionEnabled() != row.encryptionEnabled()) {
                    switchListeners.forEach(listener -> listener.accept(next));
                }
                return next;
            }
        }
        throw conflict("The tenant is being changed by others all the time; try again.");
    }

    /** Takes the row and keys of a tenant away whose data is gone. Does nothing unless it is {@code deleting}. */
    public void erased(String id) {
        TenantRecord row = store.tenant(id);
        if (row == null || row.status() != TenantRecord.Status.DELETING) {
            return;
        }
        // No key joins a tenant that is being deleted, so these are all.
        List<String> revoked = new ArrayList<>();
        List<KeyRecord> page;
        do {
            page = store.keys(id, revoked.isEmpty() ? null : revoked.getLast(), PAGE);
            page.forEach(key -> revoked.add(key.keyId()));
        } while (page.size() == PAGE);
        erasedListeners.forEach(listener -> listener.accept(id));
        store.removeTenant(id);
        revoked.forEach(key -> keyListeners.forEach(listener -> listener.accept(key)));
    }

    /**
     * A new API key of a tenant.
     *
     * @param name 1 to 200 printable characters
     * @param scopes what it may do; an empty set allows all
     * @param expiresIn from a second to ten years, or null for a key that does not end
     */
    public NewKey createKey(String tenantId, @Nullable String name, Set<Action> scopes, @Nullable Duration expiresIn) {
        String checked = checkKey(name, expiresIn);
        if (isByConfiguration(tenantId)) {
            throw conflict("The tenant " + DEFAULT_ID + " is there by configuration and has no keys.");
        }
        refuseDeleting(tenant(tenantId));
        List<String> texts = scopes.stream().map(Action::text).sorted().toList();
        NewKey key = newKey(tenantId, null, checked, texts, expiresIn);
        if (!store.createKey(key.key())) {
            refuseDeleting(tenant(tenantId));
            throw conflict("The tenant changed at the same time; try again.");
        }
        return key;
    }

    /** A new admin key; its name and end as those of {@link #createKey}. */
    public NewKey createAdminKey(@Nullable String name, Role role, @Nullable Duration expiresIn) {
        NewKey key = newKey(null, role, checkKey(name, expiresIn), List.of(), expiresIn);
        store.createKey(key.key());
        return key;
    }

    private static String checkKey(@Nullable String name, @Nullable Duration expiresIn) {
        TenantFields fields = new TenantFields();
        fields.needed("name", name);
        fields.text("name", name, TenantFields.MAX_NAME);
        fields.expiry(expiresIn);
        fields.refuse();
        return Objects.requireNonNull(name);
    }

    private NewKey newKey(
            @Nullable String tenantId,
            @Nullable Role role,
            String name,
            List<String> scopes,
            @Nullable Duration expiresIn) {
        ApiKey key = ApiKey.make(random);
        long now = time.wallMillis();
        KeyRecord row = new KeyRecord(
                key.keyId(),
                tenantId,
                role == null ? null : role.text(),
                name,
                scopes,
                key.secretHash(),
                now,
                expiresIn == null ? null : (Long) (now + expiresIn.toMillis()),
                null);
        return new NewKey(row, key.reveal());
    }

    /** Keys of a tenant, or admin keys where null, in the order of their ids. The limit is 1 to 1,000. */
    public List<KeyRecord> keys(@Nullable String tenantId, @Nullable String after, int limit) {
        checkLimit(limit);
        if (tenantId != null) {
            TenantRecord unused = tenant(tenantId);
        }
        return store.keys(tenantId, after, limit);
    }

    /** A tenant's key by its id, or null. */
    public @Nullable KeyRecord key(String tenantId, String keyId) {
        KeyRecord key = store.key(keyId);
        return key != null && tenantId.equals(key.tenantId()) ? key : null;
    }

    /** Revokes at once; {@code not-found} where there is none. */
    public void revokeKey(@Nullable String tenantId, String keyId) {
        if (tenantId != null) {
            TenantRecord unused = tenant(tenantId);
        }
        if (!store.removeKey(tenantId, keyId)) {
            throw noKey();
        }
        keyListeners.forEach(listener -> listener.accept(keyId));
    }

    /**
     * A new key in place of one, with its name, scopes or role, and length of life; the old one goes on opening for the
     * overlap, so that its holders can change over, then ends.
     *
     * @param tenantId whose key it is, or null for an admin key
     * @param overlap up to ten years; zero ends it at once
     */
    public NewKey rotateKey(@Nullable String tenantId, String keyId, Duration overlap) {
        TenantFields fields = new TenantFields();
        fields.overlap(overlap);
        fields.refuse();
        if (tenantId != null) {
            refuseDeleting(tenant(tenantId));
        }
        KeyRecord old = store.key(keyId);
        if (old == null || !Objects.equals(old.tenantId(), tenantId)) {
            throw noKey();
        }
        if (keyId.equals(ENVIRONMENT_KEY)) {
            throw conflict("This key is the environment's and changes with it alone.");
        }
        Role role = old.role() == null ? null : Role.valueOf(old.role().toUpperCase(Locale.ROOT));
        Long expires = old.expiresMillis();
        Duration life = expires == null ? null : Duration.ofMillis(Math.max(1, expires - old.createdMillis()));
        NewKey made = newKey(tenantId, role, old.name(), old.scopes(), life);
        if (!store.createKey(made.key())) {
            throw conflict("The tenant changed at the same time; try again.");
        }
        // Last: a crash before it leaves the old key as it was, and a key that nobody was shown.
        if (!store.endKey(tenantId, keyId, time.wallMillis() + overlap.toMillis())) {
            store.removeKey(tenantId, made.key().keyId());
            throw noKey();
        }
        keyListeners.forEach(listener -> listener.accept(keyId));
        return made;
    }

    private static RipTideException noKey() {
        return Problem.of(ProblemCode.NOT_FOUND, "There is no key of this id.").asException();
    }

    /**
     * Called with each tenant that changed, after it was stored and before the change is acknowledged. Who asks later
     * is called earlier: it then finds what the change takes away.
     */
    public void onTenantChange(Consumer<TenantRecord> listener) {
        tenantListeners.addFirst(listener);
    }

    /** Called with each tenant whose encryption was switched on or off here, after those of {@link #onTenantChange}. */
    public void onEncryptionSwitch(Consumer<TenantRecord> listener) {
        switchListeners.add(listener);
    }

    /** The keys of encrypted tenants. */
    public Keyring keyring() {
        return keyring;
    }

    /**
     * Has a fresh data key of an encrypted tenant used from here on; its number. {@code conflict} where the tenant is
     * not encrypted or is being deleted.
     */
    public int rotateDataKey(String id) {
        TenantRecord row = tenant(id);
        refuseDeleting(row);
        return keyring.rotate(row);
    }

    /** Called with the id of each key that was revoked, or whose end changed, likewise. */
    public void onKeyRevoked(Consumer<String> listener) {
        keyListeners.add(listener);
    }

    /**
     * Called with the id of each tenant whose data is gone, before its row and keys go too; where that fails, they stay
     * until the erasure is tried again.
     */
    public void onErased(Consumer<String> listener) {
        erasedListeners.add(listener);
    }

    private boolean isByConfiguration(String id) {
        return byConfiguration != null && id.equals(DEFAULT_ID);
    }

    private static void refuseDeleting(TenantRecord tenant) {
        if (tenant.status() == TenantRecord.Status.DELETING) {
            throw conflict("The tenant is being deleted and does not change any more.");
        }
    }

    private static RipTideException taken(String id) {
        return conflict("id: " + id + " is taken (expected: an id of no tenant, whatever its status).");
    }

    private static RipTideException conflict(String detail) {
        return Problem.of(ProblemCode.CONFLICT, detail).asException();
    }
}
