package io.riptide.door;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.riptide.cache.PersistentCacheManager;
import io.riptide.config.PersistenceConfig;
import io.riptide.grant.Action;
import io.riptide.grant.TenantGrant;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import io.riptide.spi.ControlStore;
import io.riptide.spi.KeyRecord;
import io.riptide.spi.Time;
import io.riptide.tenant.ApiKey;
import io.riptide.tenant.Role;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who shows which key. Known keys are remembered until they are not used for a while, and forgotten the moment they are
 * revoked: the row is read under the lock of its place in the cache, and forgetting waits for that lock, so that no row
 * read before a revocation outlives it.
 *
 * <p>Ids without a row are remembered for some seconds, so that a flood of them does not become a flood of reads. No
 * key is locked out by that: ids are random, and nobody can ask for one before it is made.
 */
final class Credentials {
    private static final int KNOWN = 100_000;
    private static final Duration KNOWN_IDLE = Duration.ofMinutes(10);
    private static final int UNKNOWN = 100_000;
    private static final Duration UNKNOWN_FOR = Duration.ofSeconds(10);
    private static final int HASH_LENGTH = 32;

    private final ControlStore store;
    private final Grants grants;
    private final PersistentCacheManager cache;
    private final Time time;
    private final Cache<String, Known> known;
    private final Cache<String, Boolean> unknown;
    private final LastUses lastUses;
    private final EnvironmentKey environment;
    private final Tokens tokens;
    /**
     * What the secret of an unknown id is compared with, so that it takes as long as a known one. No SHA-256 is all
     * zeros.
     */
    private final byte[] nobody = new byte[HASH_LENGTH];

    Credentials(
            ControlStore store,
            Grants grants,
            PersistentCacheManager cache,
            Time time,
            PersistenceConfig config,
            @Nullable String environmentAdminKey) {
        this.store = store;
        this.grants = grants;
        this.cache = cache;
        this.time = time;
        this.known = Caffeine.newBuilder()
                .maximumSize(KNOWN)
                .expireAfterAccess(KNOWN_IDLE)
                .ticker(time::nanoTime)
                .executor(Runnable::run)
                .build();
        this.unknown = Caffeine.newBuilder()
                .maximumSize(UNKNOWN)
                .expireAfterWrite(UNKNOWN_FOR)
                .ticker(time::nanoTime)
                .executor(Runnable::run)
                .build();
        this.lastUses = new LastUses(store, time);
        this.environment = new EnvironmentKey(store, time, environmentAdminKey);
        this.tokens = new Tokens(config.jwt(), config.adminJwt(), time, this::tenant);
    }

    @Nullable Caller caller(String secret) {
        ApiKey key = ApiKey.parse(secret);
        Caller caller = key == null ? tokens.caller(secret) : caller(key);
        return caller != null ? caller : environment.caller(secret);
    }

    private @Nullable Caller caller(ApiKey key) {
        byte[] shown = key.secretHash();
        Known entry = find(key.keyId());
        boolean genuine = MessageDigest.isEqual(entry == null ? nobody : entry.secretHash, shown);
        if (entry == null || !genuine) {
            return null;
        }
        long now = time.wallMillis();
        if (now >= entry.expiresMillis || entry.ended()) {
            return null;
        }
        lastUses.note(entry.mark, now);
        return entry.caller;
    }

    @SuppressWarnings(
            "NullAway") // Caffeine takes a null from the loader as "not there"; its annotations cannot say so.
    private @Nullable Known find(String keyId) {
        Known entry = known.getIfPresent(keyId);
        if (entry != null || unknown.getIfPresent(keyId) != null) {
            return entry;
        }
        Known read = known.get(keyId, this::read);
        if (read == null) {
            unknown.put(keyId, Boolean.TRUE);
        }
        return read;
    }

    private @Nullable Known read(String keyId) {
        KeyRecord row = store.key(keyId);
        if (row == null) {
            return null;
        }
        Caller caller = row.tenantId() == null ? administrator(row) : tenant(row, row.tenantId());
        return caller == null ? null : new Known(row, caller);
    }

    private static AdminCaller administrator(KeyRecord row) {
        String role = Objects.requireNonNull(row.role(), "an admin key has a role");
        return new AdminCaller(row.keyId(), Role.valueOf(role.toUpperCase(Locale.ROOT)));
    }

    private @Nullable TenantCaller tenant(KeyRecord row, String tenantId) {
        Set<Action> scopes = EnumSet.noneOf(Action.class);
        for (String scope : row.scopes()) {
            scopes.add(Action.of(scope).orElseThrow(() -> new IllegalStateException("A scope that no build knows")));
        }
        return tenant(new Tokens.Named(row.keyId(), tenantId), scopes);
    }

    /** Null where there is no such tenant, or it is being deleted. */
    private @Nullable TenantCaller tenant(Tokens.Named named, Set<Action> scopes) {
        TenantGrant grant;
        try {
            grant = grants.of(named.tenantId());
        } catch (RipTideException e) {
            if (e.problem().code() == ProblemCode.NOT_FOUND) {
                // Erased meanwhile, or never there.
                return null;
            }
            throw e;
        }
        return Grants.ended(grant) ? null : new TenantCaller(named.credentialId(), grant, cache.open(grant), scopes);
    }

    /** Forgets a key that is revoked; when this returns, nobody is let in by it any more. */
    void forget(String keyId) {
        known.invalidate(keyId);
        environment.forget(keyId);
    }

    /** A key was added, changed or revoked by another process: its row is read anew. */
    void changed(String keyId) {
        known.invalidate(keyId);
        unknown.invalidate(keyId);
        environment.changed(keyId);
    }

    /** Forgets all keys: their rows are read anew. */
    void forgetAll() {
        known.invalidateAll();
        unknown.invalidateAll();
    }

    void tick() {
        known.cleanUp();
        unknown.cleanUp();
        lastUses.tick();
        tokens.tick();
    }

    void flush() {
        lastUses.flush();
    }

    /** A key as its row says, with the caller that it stands for. */
    private static final class Known {
        private final byte[] secretHash;
        private final long expiresMillis;
        private final Caller caller;
        private final LastUses.Mark mark;

        Known(KeyRecord row, Caller caller) {
            this.secretHash = row.secretHash();
            this.expiresMillis = row.expiresMillis() == null ? Long.MAX_VALUE : row.expiresMillis();
            this.caller = caller;
            this.mark = new LastUses.Mark(row.keyId(), row.lastUsedMillis());
        }

        boolean ended() {
            return caller instanceof TenantCaller tenant && Grants.ended(tenant.grant());
        }
    }
}
