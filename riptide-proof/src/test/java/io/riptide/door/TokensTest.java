package io.riptide.door;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.riptide.config.PersistenceConfig;
import io.riptide.config.TokenConfig;
import io.riptide.grant.Action;
import io.riptide.problem.Problem;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import io.riptide.tenant.Role;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Signed tokens at the door. */
class TokensTest {
    private static final KeyPair RSA = SignedTokens.rsa(2048);
    private static final KeyPair ADMIN_RSA = SignedTokens.rsa(2048);
    private static final KeyPair EC = SignedTokens.ec("secp256r1");
    private static final KeyPair ED = SignedTokens.ed25519();
    private static final String RS256 = "{\"alg\":\"RS256\",\"typ\":\"JWT\"}";

    @TempDir
    Path folder;

    private DoorRig rig;

    @BeforeEach
    void open() {
        open(RSA);
    }

    private void open(KeyPair tenants) {
        if (rig != null) {
            rig.close();
        }
        rig = new DoorRig(
                folder,
                true,
                null,
                Runnable::run,
                "security.jwt.issuer=https://id.example",
                "security.jwt.audience=riptide",
                "security.jwt.public_key=" + SignedTokens.pem(tenants.getPublic()),
                "security.admin_jwt.issuer=https://id.example",
                "security.admin_jwt.audience=riptide-admin",
                "security.admin_jwt.public_key=" + SignedTokens.pem(ADMIN_RSA.getPublic()),
                "security.admin_jwt.roles.ops-team=operator",
                "security.admin_jwt.roles.owners=admin");
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private long seconds(long fromNow) {
        return rig.time.wallMillis() / 1000 + fromNow;
    }

    private String claims(String more) {
        return "{\"iss\":\"https://id.example\",\"aud\":\"riptide\",\"exp\":" + seconds(600)
                + ",\"sub\":\"ann\",\"tenant_id\":\"acme\"" + more + "}";
    }

    private static String signed(String claims) {
        return SignedTokens.sign(RS256, claims, RSA.getPrivate());
    }

    private static void refused(ThrowingCallable call, ProblemCode code) {
        RipTideException e = catchThrowableOfType(RipTideException.class, call);
        assertThat(e).isNotNull();
        assertThat(e.problem().code()).isEqualTo(code);
    }

    private void nobody(String token) {
        assertThat(rig.door.caller(token)).isNull();
        refused(() -> rig.door.tenant(token, null), ProblemCode.UNAUTHENTICATED);
        refused(() -> rig.door.admin(token), ProblemCode.UNAUTHENTICATED);
    }

    @Test
    void aTokenOfEachAlgorithmOpensItsTenantAlone() {
        rig.tenant("acme");
        rig.tenant("globex");
        for (KeyPair pair : List.of(RSA, EC, ED)) {
            open(pair);
            String algorithm = switch (pair.getPublic().getAlgorithm()) {
                case "RSA" -> "RS256";
                case "EC" -> "ES256";
                default -> "EdDSA";
            };
            String token = SignedTokens.sign("{\"alg\":\"" + algorithm + "\"}", claims(""), pair.getPrivate());
            TenantCaller caller = rig.door.tenant(token, "acme");
            assertThat(caller.grant().tenantId()).isEqualTo("acme");
            assertThat(rig.door.tenant(token, null)).isSameAs(caller);
            assertThat(caller.credentialId()).startsWith("jwt-").doesNotContain("ann");
            caller.require(Action.CACHE_DELETE);
            refused(() -> rig.door.tenant(token, "globex"), ProblemCode.ACCESS_DENIED);
            refused(() -> rig.door.admin(token), ProblemCode.ACCESS_DENIED);
        }
    }

    @Test
    void noneAndOtherAlgorithmsThanTheKeysAreRefused() {
        rig.tenant("acme");
        String none = SignedTokens.base64("{\"alg\":\"none\"}") + "." + SignedTokens.base64(claims("")) + ".";
        nobody(none);
        byte[] asSecret = RSA.getPublic().getEncoded();
        byte[] pemAsSecret = SignedTokens.pem(RSA.getPublic()).getBytes(StandardCharsets.UTF_8);
        nobody(SignedTokens.mac("{\"alg\":\"HS256\"}", claims(""), asSecret));
        nobody(SignedTokens.mac("{\"alg\":\"HS256\"}", claims(""), pemAsSecret));
        nobody(SignedTokens.mac(RS256, claims(""), asSecret));
        nobody(SignedTokens.sign("{\"alg\":\"RS512\"}", claims(""), RSA.getPrivate()));
        nobody(SignedTokens.sign("{\"alg\":\"PS256\"}", claims(""), RSA.getPrivate()));
        nobody(SignedTokens.sign(RS256, claims(""), EC.getPrivate()));
        nobody(SignedTokens.sign("{\"alg\":\"ES256\"}", claims(""), EC.getPrivate()));
        nobody(SignedTokens.sign("{\"alg\":\"RS256\",\"crit\":[\"x\"],\"x\":1}", claims(""), RSA.getPrivate()));
    }

    @Test
    void aTokenThatWasTouchedIsRefused() {
        rig.tenant("acme");
        String token = signed(claims(""));
        assertThat(rig.door.tenant(token, null)).isNotNull();
        String[] parts = token.split("\\.");
        nobody(parts[0] + "." + SignedTokens.base64(claims("").replace("ann", "bob")) + "." + parts[2]);
        nobody(parts[0] + "." + parts[1] + "." + parts[2].substring(0, parts[2].length() - 4) + "AAAA");
        nobody(parts[0] + "." + parts[1] + ".");
        nobody(token + ".x");
        nobody("a.b.c");
        nobody("..");
        nobody("e".repeat(9_000) + token);
    }

    @Test
    void aTokenHasUpTo8192Characters() {
        rig.tenant("acme");
        List<String> around = new ArrayList<>();
        for (int length = 5_700; around.size() < 2; length++) {
            String token = signed(claims(",\"x\":\"" + "y".repeat(length) + "\""));
            if (token.length() >= 8_192) {
                around.add(token);
            }
        }
        assertThat(around.getFirst()).hasSize(8_192);
        assertThat(rig.door.tenant(around.getFirst(), null)).isNotNull();
        nobody(around.getLast());
    }

    @Test
    void aCredentialIsNamedAfterItsSubjectAlone() {
        rig.tenant("acme");
        String ann = rig.door.tenant(signed(claims("")), null).credentialId();
        assertThat(rig.door.tenant(signed(claims(",\"scope\":\"*\"")), null).credentialId())
                .isEqualTo(ann);
        assertThat(rig.door
                        .tenant(signed(claims("").replace("\"ann\"", "\"bob\"")), null)
                        .credentialId())
                .isNotEqualTo(ann);
        String nobody = rig.door
                .tenant(signed(claims("").replace("\"sub\":\"ann\",", "")), null)
                .credentialId();
        assertThat(nobody).isNotEqualTo(ann);
        assertThat(rig.door
                        .tenant(signed(claims("").replace("\"ann\"", "\"\"")), null)
                        .credentialId())
                .as("of no subject")
                .isEqualTo(nobody);
    }

    private void openWith(String section, KeyPair pair) {
        rig.close();
        rig = new DoorRig(
                folder,
                true,
                null,
                Runnable::run,
                section + ".issuer=https://id.example",
                section + ".audience=" + (section.contains("admin") ? "riptide-admin" : "riptide"),
                section + ".public_key=" + SignedTokens.pem(pair.getPublic()));
    }

    @Test
    void tokensOfTenantsAloneOfAdministratorsAloneOrOfNobodyMayBeTaken() {
        rig.tenant("acme");
        String tenant = signed(claims(""));
        String admin = admin(",\"roles\":\"owners\"");
        openWith("security.jwt", RSA);
        assertThat(rig.door.tenant(tenant, null)).isNotNull();
        nobody(admin);
        openWith("security.admin_jwt", ADMIN_RSA);
        nobody(tenant);
        nobody(admin);
        rig.close();
        rig = new DoorRig(folder);
        nobody(tenant);
        nobody(admin);
    }

    @Test
    void aTokenIsCheckedAnewFiveMinutesAfterItWasFoundGood() {
        rig.tenant("acme");
        String token = signed(claims(""));
        TenantCaller first = rig.door.tenant(token, null);
        rig.time.advance(Duration.ofMinutes(5).minusNanos(1));
        rig.door.tick();
        assertThat(rig.door.tenant(token, null)).isSameAs(first);
        rig.time.advance(Duration.ofNanos(1));
        assertThat(rig.door.tenant(token, null)).isNotSameAs(first);
    }

    @Test
    void timeIssuerAndAudienceAreHeldTo() {
        rig.tenant("acme");
        nobody(signed(claims("").replace("\"exp\":" + seconds(600), "\"exp\":" + seconds(0))));
        nobody(signed(claims("").replace("\"exp\":" + seconds(600) + ",", "")));
        nobody(signed(claims(",\"nbf\":" + seconds(120))));
        nobody(signed(claims("").replace("https://id.example", "https://evil.example")));
        nobody(signed(claims("").replace("\"riptide\"", "\"another\"")));
        nobody(signed(claims("").replace("\"iss\":\"https://id.example\",", "")));
        nobody(signed(claims("").replace("\"aud\":\"riptide\",", "")));
        assertThat(rig.door.tenant(signed(claims(",\"nbf\":" + seconds(5))), null))
                .isNotNull();
        assertThat(rig.door.tenant(signed(claims("").replace("\"riptide\"", "[\"x\",\"riptide\"]")), null))
                .isNotNull();
    }

    @Test
    void aTokenThatIsRememberedEndsWhenItSays() {
        rig.tenant("acme");
        String token = signed(claims("").replace("\"exp\":" + seconds(600), "\"exp\":" + seconds(60)));
        assertThat(rig.door.tenant(token, null)).isNotNull();
        rig.time.advance(Duration.ofSeconds(59));
        assertThat(rig.door.tenant(token, null)).isNotNull();
        rig.time.advance(Duration.ofSeconds(1));
        nobody(token);
    }

    @Test
    void tenantsThatAreNotThereSuspendedOrErasedAreNotLetIn() {
        String token = signed(claims(""));
        nobody(token);
        rig.tenant("acme");
        assertThat(rig.door.tenant(token, null)).isNotNull();
        rig.tenants.suspend("acme", "r");
        refused(() -> rig.door.tenant(token, null), ProblemCode.TENANT_SUSPENDED);
        rig.tenants.delete("acme");
        nobody(token);
        nobody(signed(claims("").replace("\"acme\"", "7")));
        nobody(signed(claims("").replace("\"acme\"", "\"../x\"")));
    }

    @Test
    void scopesNarrowAndUnknownOnesAllowNothing() {
        rig.tenant("acme");
        TenantCaller reader = rig.door.tenant(signed(claims(",\"scope\":\"openid cache:read usage:read\"")), null);
        reader.require(Action.CACHE_READ);
        refused(() -> reader.require(Action.CACHE_WRITE), ProblemCode.ACCESS_DENIED);
        TenantCaller listed = rig.door.tenant(signed(claims(",\"scope\":[\"cache:write\"]")), null);
        listed.require(Action.CACHE_WRITE);
        refused(() -> listed.require(Action.CACHE_READ), ProblemCode.ACCESS_DENIED);
        nobody(signed(claims(",\"scope\":\"openid email\"")));
        nobody(signed(claims(",\"scope\":7")));
        TenantCaller mixed = rig.door.tenant(signed(claims(",\"scope\":[7,\"cache:read\"]")), null);
        mixed.require(Action.CACHE_READ);
        refused(() -> mixed.require(Action.CACHE_WRITE), ProblemCode.ACCESS_DENIED);
    }

    private String admin(String more) {
        return SignedTokens.sign(
                RS256,
                "{\"iss\":\"https://id.example\",\"aud\":\"riptide-admin\",\"exp\":" + seconds(600) + more + "}",
                ADMIN_RSA.getPrivate());
    }

    @Test
    void anAdministratorsTokenHasTheHighestOfItsRoles() {
        assertThat(rig.door.admin(admin(",\"roles\":[\"ops-team\"]")).role()).isEqualTo(Role.OPERATOR);
        assertThat(rig.door.admin(admin(",\"roles\":\"ops-team owners x\"")).role())
                .isEqualTo(Role.ADMIN);
        refused(() -> rig.door.tenant(admin(",\"roles\":\"owners\""), null), ProblemCode.ACCESS_DENIED);
        nobody(admin(",\"roles\":[\"admin\"]"));
        nobody(admin(""));
    }

    @Test
    void whatNamesATenantIsNeverAnAdministrators() {
        rig.tenant("acme");
        nobody(admin(",\"roles\":[\"owners\"],\"tenant_id\":\"acme\""));
        // Signed by tenants' issuer's key, for administrators.
        nobody(signed("{\"iss\":\"https://id.example\",\"aud\":\"riptide-admin\",\"exp\":" + seconds(600)
                + ",\"roles\":[\"owners\"]}"));
    }

    @Test
    void aKeyThatIsTooWeakOrNoneIsRefusedAtTheStart() {
        for (KeyPair weak : List.of(SignedTokens.rsa(1024), SignedTokens.ec("secp384r1"))) {
            TokenConfig config = new TokenConfig("i", "a", "", SignedTokens.pem(weak.getPublic()));
            assertThatThrownBy(() -> TokenCheck.of("security.jwt", config, rig.time))
                    .hasMessageContaining("security.jwt.public_key");
        }
    }

    private static String set(String... keys) {
        return "{\"keys\":[" + String.join(",", keys) + "]}";
    }

    private static String jwk(String id, KeyPair pair) {
        RSAPublicKey key = (RSAPublicKey) pair.getPublic();
        byte[] modulus = key.getModulus().toByteArray();
        return "{\"kty\":\"RSA\",\"kid\":\"" + id + "\",\"n\":\""
                + SignedTokens.base64(Arrays.copyOfRange(modulus, 1, modulus.length)) + "\",\"e\":\""
                + SignedTokens.base64(key.getPublicExponent().toByteArray()) + "\"}";
    }

    @Test
    void anUnknownKeyIsAskedForAtMostEveryThirtySeconds() {
        AtomicInteger reads = new AtomicInteger();
        AtomicReference<String> published = new AtomicReference<>(set(jwk("a", RSA)));
        RemoteKeys keys = new RemoteKeys(
                () -> {
                    reads.incrementAndGet();
                    return published.get();
                },
                rig.time);
        assertThat(keys.of("a")).hasSize(1);
        for (int i = 0; i < 100; i++) {
            assertThat(keys.of("b" + i)).isEmpty();
        }
        assertThat(reads).hasValue(1);
        published.set(set(jwk("a", RSA), jwk("b", ADMIN_RSA), "{\"kty\":\"oct\",\"k\":\"AAAA\"}"));
        rig.time.advance(Duration.ofSeconds(29));
        assertThat(keys.of("b")).isEmpty();
        rig.time.advance(Duration.ofSeconds(1));
        assertThat(keys.of("b")).hasSize(1);
        assertThat(keys.of(null)).as("none is a shared secret").hasSize(2);
        assertThat(reads).hasValue(2);
    }

    @Test
    void keysThatAreGoneStopWithinFiveMinutesAndAnIssuerThatIsAwayEndsNothing() {
        AtomicReference<String> published = new AtomicReference<>(set(jwk("a", RSA), jwk("b", ADMIN_RSA)));
        RemoteKeys keys = new RemoteKeys(
                () -> {
                    if (published.get() == null) {
                        throw Problem.of(ProblemCode.STORE_UNAVAILABLE, "away").asException();
                    }
                    return published.get();
                },
                rig.time);
        assertThat(keys.of("a")).hasSize(1);
        published.set(null);
        rig.time.advance(Duration.ofMinutes(11));
        assertThat(keys.of("a")).hasSize(1);
        published.set(set(jwk("b", ADMIN_RSA)));
        rig.time.advance(Duration.ofSeconds(31));
        assertThat(keys.of("a")).isEmpty();
        assertThat(keys.of("b")).hasSize(1);
    }

    @Test
    void keysThatWereNeverReadAreNoReasonToCallATokenBad() {
        RemoteKeys keys = new RemoteKeys(
                () -> {
                    throw Problem.of(ProblemCode.STORE_UNAVAILABLE, "away").asException();
                },
                rig.time);
        refused(() -> keys.of("a"), ProblemCode.STORE_UNAVAILABLE);
    }

    private Tokens administrators(RemoteKeys.Source published) {
        PersistenceConfig config = DoorRig.config(
                "security.admin_jwt.issuer=https://id.example",
                "security.admin_jwt.audience=riptide-admin",
                "security.admin_jwt.jwks_url=https://id.example/keys",
                "security.admin_jwt.roles.owners=admin");
        TokenCheck check = new TokenCheck(config.adminJwt().token(), new RemoteKeys(published, rig.time), rig.time);
        return new Tokens(config.jwt(), config.adminJwt(), null, check, rig.time, (named, scopes) -> null);
    }

    private String administrator(String keyId, KeyPair pair, String subject) {
        String claims = "{\"iss\":\"https://id.example\",\"aud\":\"riptide-admin\",\"exp\":" + seconds(86_400)
                + ",\"sub\":\"" + subject + "\",\"roles\":[\"owners\"]}";
        return SignedTokens.sign("{\"alg\":\"RS256\",\"kid\":\"" + keyId + "\"}", claims, pair.getPrivate());
    }

    @Test
    void aKeyThatWasTakenOutOpensNothingFiveMinutesLaterHoweverLateItsTokensWereRemembered() {
        AtomicReference<String> published = new AtomicReference<>(set(jwk("a", RSA)));
        Tokens tokens = administrators(published::get);
        String early = administrator("a", RSA, "early");
        String late = administrator("a", RSA, "late");
        assertThat(tokens.caller(early)).isNotNull();
        published.set(set());
        rig.time.advance(Duration.ofSeconds(299));
        assertThat(tokens.caller(late)).as("the set is not five minutes old").isNotNull();
        rig.time.advance(Duration.ofSeconds(1));
        assertThat(tokens.caller(early)).isNull();
        assertThat(tokens.caller(late)).isNull();
    }

    @Test
    void whatIsRememberedEndsWithItsKeyWhereTheSetIsReadSooner() {
        AtomicReference<String> published = new AtomicReference<>(set(jwk("a", RSA)));
        Tokens tokens = administrators(published::get);
        String token = administrator("a", RSA, "ann");
        assertThat(tokens.caller(token)).isNotNull();
        // Another key under the name of one that was lost.
        published.set(set(jwk("a", ADMIN_RSA), jwk("b", ADMIN_RSA)));
        rig.time.advance(Duration.ofSeconds(31));
        assertThat(tokens.caller(token)).isNotNull();
        assertThat(tokens.caller(administrator("b", ADMIN_RSA, "bob"))).isNotNull();
        assertThat(tokens.caller(token)).isNull();
    }

    @Test
    void whatIsRememberedLivesOnWhereTheSameKeysAreReadAgainOrCannotBe() {
        AtomicReference<String> published = new AtomicReference<>(set(jwk("a", RSA)));
        Tokens tokens = administrators(() -> {
            if (published.get() == null) {
                throw Problem.of(ProblemCode.STORE_UNAVAILABLE, "away").asException();
            }
            return published.get();
        });
        String token = administrator("a", RSA, "ann");
        Caller caller = tokens.caller(token);
        rig.time.advance(Duration.ofSeconds(200));
        String late = administrator("a", RSA, "late");
        Caller remembered = tokens.caller(late);
        rig.time.advance(Duration.ofSeconds(200));
        assertThat(tokens.caller(late)).as("remembered over a reading").isSameAs(remembered);
        published.set(null);
        rig.time.advance(Duration.ofMinutes(20));
        assertThat(tokens.caller(token)).isEqualTo(caller);
    }
}
