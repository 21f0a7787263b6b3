package io.riptide.door;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.riptide.config.AdminJwtConfig;
import io.riptide.config.JwtConfig;
import io.riptide.grant.Action;
import io.riptide.spi.Time;
import io.riptide.tenant.Role;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.text.ParseException;
import java.time.Duration;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Who shows which signed token (JWT). One that was found good is remembered by its digest until it ends, or for five
 * minutes, and not longer than the key that signed it is known as one of the issuer's; what its tenant may do is asked
 * of the tenant's live grant each time.
 *
 * <p>Tokens of tenants and of administrators are apart by issuer and audience, and one that names a tenant is never an
 * administrator's.
 */
final class Tokens {
    private static final int MAX_CHARS = 8_192;
    private static final int REMEMBERED = 100_000;
    private static final Duration REMEMBERED_FOR = Duration.ofMinutes(5);
    private static final int ID_BYTES = 12;

    private final JwtConfig tenants;
    private final AdminJwtConfig admins;
    private final @Nullable TokenCheck tenantCheck;
    private final @Nullable TokenCheck adminCheck;
    private final BiFunction<Named, Set<Action>, @Nullable TenantCaller> caller;
    private final Time time;
    private final Cache<ByteBuffer, Good> remembered;

    /** A credential's public part and the tenant that it names. */
    record Named(String credentialId, String tenantId) {}

    private record Good(Caller caller, long expiresMillis, TokenCheck by, SigningKey key) {
        boolean holds(long nowMillis) {
            boolean ended = caller instanceof TenantCaller tenant && Grants.ended(tenant.grant());
            return nowMillis < expiresMillis && !ended && by.has(key);
        }
    }

    /**
     * Over what is configured.
     *
     * @param caller a tenant's caller with these scopes, none of them: all; null where there is no such tenant
     */
    Tokens(
            JwtConfig tenants,
            AdminJwtConfig admins,
            Time time,
            BiFunction<Named, Set<Action>, @Nullable TenantCaller> caller) {
        this(
                tenants,
                admins,
                tenants.token().enabled() ? TokenCheck.of("security.jwt", tenants.token(), time) : null,
                admins.token().enabled() ? TokenCheck.of("security.admin_jwt", admins.token(), time) : null,
                time,
                caller);
    }

    Tokens(
            JwtConfig tenants,
            AdminJwtConfig admins,
            @Nullable TokenCheck tenantCheck,
            @Nullable TokenCheck adminCheck,
            Time time,
            BiFunction<Named, Set<Action>, @Nullable TenantCaller> caller) {
        this.tenants = tenants;
        this.admins = admins;
        this.tenantCheck = tenantCheck;
        this.adminCheck = adminCheck;
        this.time = time;
        this.caller = caller;
        this.remembered = Caffeine.newBuilder()
                .maximumSize(REMEMBERED)
                .expireAfterWrite(REMEMBERED_FOR)
                .ticker(time::nanoTime)
                .executor(Runnable::run)
                .build();
    }

    /** Whose token this is, or null where it is none that is good. */
    @Nullable Caller caller(String text) {
        if (tenantCheck == null && adminCheck == null) {
            return null;
        }
        int first = text.indexOf('.');
        if (first < 0 || text.indexOf('.', first + 1) < 0 || text.length() > MAX_CHARS) {
            return null;
        }
        byte[] digest = sha256(text);
        ByteBuffer name = ByteBuffer.wrap(digest);
        Good good = remembered.getIfPresent(name);
        if (good != null && !good.holds(time.wallMillis())) {
            remembered.invalidate(name);
            good = null;
        }
        if (good == null) {
            good = check(text);
            if (good != null) {
                remembered.put(name, good);
            }
        }
        return good == null ? null : good.caller;
    }

    private @Nullable Good check(String text) {
        SignedJWT token = TokenCheck.parse(text);
        JWTClaimsSet claims = token == null ? null : claims(token);
        if (token == null || claims == null) {
            return null;
        }
        if (tenantCheck != null && tenantCheck.concerns(claims)) {
            return good(tenantCheck, token, claims, this::tenant);
        }
        return adminCheck != null && adminCheck.concerns(claims)
                ? good(adminCheck, token, claims, this::administrator)
                : null;
    }

    private static @Nullable Good good(
            TokenCheck by, SignedJWT token, JWTClaimsSet claims, Function<JWTClaimsSet, @Nullable Caller> named) {
        SigningKey key = by.signer(token, claims);
        Caller caller = key == null ? null : named.apply(claims);
        return key == null || caller == null ? null : new Good(caller, TokenCheck.expires(claims), by, key);
    }

    private static @Nullable JWTClaimsSet claims(SignedJWT token) {
        try {
            return token.getJWTClaimsSet();
        } catch (ParseException e) {
            return null;
        }
    }

    private @Nullable TenantCaller tenant(JWTClaimsSet claims) {
        if (!(claims.getClaim(tenants.tenantClaim()) instanceof String tenantId)) {
            return null;
        }
        Set<Action> scopes = EnumSet.noneOf(Action.class);
        List<String> texts = TokenCheck.texts(claims, tenants.scopesClaim());
        if (texts != null) {
            texts.forEach(text -> Action.of(text).ifPresent(scopes::add));
            if (scopes.isEmpty()) {
                // No scopes at all would stand for all.
                return null;
            }
        }
        return caller.apply(new Named(credentialId(claims), tenantId), scopes);
    }

    private @Nullable AdminCaller administrator(JWTClaimsSet claims) {
        List<String> texts = TokenCheck.texts(claims, admins.rolesClaim());
        if (texts == null || claims.getClaim(tenants.tenantClaim()) != null) {
            return null;
        }
        return texts.stream()
                .map(text -> admins.roles().get(text))
                .filter(Objects::nonNull)
                .map(role -> Role.valueOf(role.toUpperCase(Locale.ROOT)))
                .max(Comparator.naturalOrder())
                .map(role -> new AdminCaller(credentialId(claims), role))
                .orElse(null);
    }

    /** The same for all tokens of one subject; no name of a person. */
    private static String credentialId(JWTClaimsSet claims) {
        String subject = claims.getSubject() == null ? "" : claims.getSubject();
        byte[] digest = sha256(claims.getIssuer() + "\n" + subject);
        return "jwt-" + HexFormat.of().formatHex(digest, 0, ID_BYTES);
    }

    void tick() {
        remembered.cleanUp();
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }
}
