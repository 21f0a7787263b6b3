package io.riptide.door;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jwt.SignedJWT;
import io.riptide.config.TokenConfig;
import io.riptide.problem.Problem;
import io.riptide.problem.ProblemCode;
import io.riptide.testkit.ManualTime;
import java.security.KeyPair;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.text.ParseException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Which keys of a set are taken, what they have signed, and until when a token holds to the millisecond. */
class SigningKeyTest {
    private static final KeyPair RSA = SignedTokens.rsa(2048);
    private static final KeyPair EC = SignedTokens.ec("secp256r1");
    private static final KeyPair ED = SignedTokens.ed25519();
    private static final String CLAIMS = "{\"iss\":\"i\",\"aud\":\"a\"}";

    private final ManualTime time = new ManualTime();

    private static String number(byte[] bytes, int length) {
        byte[] fixed = new byte[length];
        int some = Math.min(length, bytes.length);
        System.arraycopy(bytes, bytes.length - some, fixed, length - some, some);
        return SignedTokens.base64(fixed);
    }

    private static String rsa(KeyPair pair, int bytes, String more) {
        RSAPublicKey key = (RSAPublicKey) pair.getPublic();
        return "{\"kty\":\"RSA\",\"kid\":\"r\",\"n\":\""
                + number(key.getModulus().toByteArray(), bytes) + "\",\"e\":\""
                + SignedTokens.base64(key.getPublicExponent().toByteArray()) + "\"" + more + "}";
    }

    private static String rsa(String more) {
        return rsa(RSA, 256, more);
    }

    private static String ec(KeyPair pair, String curve, int bytes) {
        ECPublicKey key = (ECPublicKey) pair.getPublic();
        return "{\"kty\":\"EC\",\"kid\":\"e\",\"crv\":\"" + curve + "\",\"x\":\""
                + number(key.getW().getAffineX().toByteArray(), bytes) + "\",\"y\":\""
                + number(key.getW().getAffineY().toByteArray(), bytes) + "\"}";
    }

    /** The last 32 bytes of its X.509 form are the key. */
    private static String okp(String curve) {
        byte[] encoded = ED.getPublic().getEncoded();
        return "{\"kty\":\"OKP\",\"kid\":\"o\",\"crv\":\"" + curve + "\",\"x\":\""
                + SignedTokens.base64(Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length)) + "\"}";
    }

    private static SigningKey of(String jwk) throws ParseException {
        return SigningKey.of(JWK.parse(jwk));
    }

    private static SignedJWT signed(String algorithm, KeyPair pair) {
        String token = SignedTokens.sign("{\"alg\":\"" + algorithm + "\"}", CLAIMS, pair.getPrivate());
        return Objects.requireNonNull(TokenCheck.parse(token));
    }

    @Test
    void aKeyOfEachKindVerifiesWhatItSignedByItsOwnAlgorithmAlone() throws ParseException {
        SigningKey rsa = of(rsa(""));
        SigningKey ec = of(ec(EC, "P-256", 32));
        SigningKey ed = of(okp("Ed25519"));
        assertThat(List.of(rsa.algorithm(), ec.algorithm(), ed.algorithm()))
                .containsExactly(JWSAlgorithm.RS256, JWSAlgorithm.ES256, JWSAlgorithm.EdDSA);
        assertThat(List.of(rsa.id(), ec.id(), ed.id())).containsExactly("r", "e", "o");
        assertThat(ed.key()).isEqualTo(ED.getPublic());
        assertThat(rsa.signed(signed("RS256", RSA))).isTrue();
        assertThat(ec.signed(signed("ES256", EC))).isTrue();
        assertThat(ed.signed(signed("EdDSA", ED))).isTrue();
        assertThat(rsa.signed(signed("RS512", RSA))).isFalse();
        assertThat(rsa.signed(signed("RS256", SignedTokens.rsa(2048)))).isFalse();
        assertThat(ec.signed(signed("ES256", SignedTokens.ec("secp256r1")))).isFalse();
        assertThat(ed.signed(signed("EdDSA", SignedTokens.ed25519()))).isFalse();
        assertThat(ed.signed(signed("ES256", EC))).isFalse();
        assertThat(ec.signed(signed("ES256", RSA)))
                .as("no signature of that form")
                .isFalse();
        assertThat(ed.signed(signed("EdDSA", RSA)))
                .as("no signature of that form")
                .isFalse();
    }

    @Test
    void aKeyIsTakenForItsUseAndAlgorithmAlone() throws ParseException {
        assertThat(of(rsa(",\"use\":\"sig\""))).isNotNull();
        assertThat(of(rsa(",\"use\":\"enc\""))).isNull();
        assertThat(of(rsa(",\"alg\":\"RS256\""))).isNotNull();
        assertThat(of(rsa(",\"alg\":\"RS512\""))).isNull();
    }

    @Test
    void otherKindsOfKeysAreNotTaken() throws ParseException {
        assertThat(of("{\"kty\":\"oct\",\"k\":\"AAAA\"}")).isNull();
        assertThat(of(rsa(SignedTokens.rsa(1024), 128, ""))).isNull();
        assertThat(of(ec(SignedTokens.ec("secp384r1"), "P-384", 48))).isNull();
        assertThat(of(okp("X25519"))).isNull();
    }

    @Test
    void pemIsTakenOfEachKindAndNothingElse() {
        for (KeyPair pair : List.of(RSA, EC, ED)) {
            SigningKey key = Objects.requireNonNull(SigningKey.ofPem(SignedTokens.pem(pair.getPublic())));
            assertThat(key.key()).isEqualTo(pair.getPublic());
            assertThat(key.id()).isNull();
        }
        assertThat(SigningKey.ofPem("not base64!")).isNull();
        assertThat(SigningKey.ofPem(Base64.getEncoder().encodeToString(new byte[64])))
                .isNull();
        assertThat(SigningKey.ofPem(SignedTokens.pem(SignedTokens.rsa(1024).getPublic())))
                .isNull();
    }

    private TokenCheck check() {
        return TokenCheck.of("security.jwt", new TokenConfig("i", "a", "", SignedTokens.pem(EC.getPublic())), time);
    }

    private boolean holds(String times) throws ParseException {
        String claims = "{\"iss\":\"i\",\"aud\":\"a\"" + times + "}";
        SignedJWT token = Objects.requireNonNull(
                TokenCheck.parse(SignedTokens.sign("{\"alg\":\"ES256\"}", claims, EC.getPrivate())));
        return check().signer(token, token.getJWTClaimsSet()) != null;
    }

    @Test
    void aTokenHoldsUntilItsEndAndFromThirtySecondsBeforeItsBeginning() throws ParseException {
        long now = time.wallMillis() / 1000;
        assertThat(holds(",\"exp\":" + (now + 1))).isTrue();
        assertThat(holds(",\"exp\":" + now)).isFalse();
        assertThat(holds(",\"exp\":" + (now + 1) + ",\"nbf\":" + (now + 30))).isTrue();
        assertThat(holds(",\"exp\":" + (now + 1) + ",\"nbf\":" + (now + 31))).isFalse();
        assertThat(holds("")).isFalse();
    }

    private static String set(List<String> keys) {
        return "{\"keys\":[" + String.join(",", keys) + "]}";
    }

    @Test
    void ofASetAHundredKeysAreTaken() {
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < 101; i++) {
            keys.add(ec(EC, "P-256", 32).replace("\"kid\":\"e\"", "\"kid\":\"e" + i + "\""));
        }
        RemoteKeys remote = new RemoteKeys(() -> set(keys), time);
        assertThat(remote.of(null)).hasSize(100);
        assertThat(remote.of("e99")).hasSize(1);
        assertThat(remote.of("e100")).isEmpty();
    }

    @Test
    void aSetIsReadAgainAtFiveMinutesAndOneThatCannotBeReadAfterThirtySeconds() {
        time.advance(Duration.ofHours(1));
        AtomicInteger reads = new AtomicInteger();
        boolean[] away = {false};
        RemoteKeys remote = new RemoteKeys(
                () -> {
                    reads.incrementAndGet();
                    if (away[0]) {
                        throw Problem.of(ProblemCode.STORE_UNAVAILABLE, "away").asException();
                    }
                    return set(List.of(ec(EC, "P-256", 32)));
                },
                time);
        assertThat(remote.of("e")).hasSize(1);
        time.advance(Duration.ofMinutes(5).minusNanos(1));
        assertThat(remote.of("e")).hasSize(1);
        assertThat(reads).hasValue(1);
        away[0] = true;
        time.advance(Duration.ofNanos(1));
        assertThat(remote.of("e")).as("known from before").hasSize(1);
        assertThat(reads).hasValue(2);
        time.advance(Duration.ofSeconds(30).minusNanos(1));
        assertThat(remote.of("e")).hasSize(1);
        assertThat(reads).hasValue(2);
        time.advance(Duration.ofNanos(1));
        assertThat(remote.of("e")).hasSize(1);
        assertThat(reads).hasValue(3);
    }
}
