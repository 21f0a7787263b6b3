package io.riptide.door;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.SignedJWT;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A public key with the one algorithm that it verifies: which that is, the key says, and never the token. RSA of at
 * least 2048 bits by RS256, P-256 by ES256, Ed25519 by EdDSA (RFC 7518, RFC 8037).
 */
record SigningKey(@Nullable String id, JWSAlgorithm algorithm, PublicKey key) {
    private static final int MIN_RSA_BITS = 2048;
    private static final int P256_BITS = 256;
    private static final String ED25519 = "Ed25519";
    /** What stands before the 32 bytes of a key in its X.509 form (RFC 8410). */
    private static final byte[] ED25519_PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");

    private static final int ED25519_BYTES = 32;

    /** A key of a set, or null where it is none that is taken. */
    static @Nullable SigningKey of(JWK jwk) {
        if (jwk.getKeyUse() != null && !jwk.getKeyUse().equals(KeyUse.SIGNATURE)) {
            return null;
        }
        try {
            PublicKey key = switch (jwk) {
                case RSAKey rsa -> rsa.toRSAPublicKey();
                case ECKey ec when Curve.P_256.equals(ec.getCurve()) -> ec.toECPublicKey();
                case OctetKeyPair pair
                when Curve.Ed25519.equals(pair.getCurve()) ->
                    ed25519(pair.getX().decode());
                default -> null;
            };
            SigningKey made = key == null ? null : of(jwk.getKeyID(), key);
            boolean other = made != null
                    && jwk.getAlgorithm() != null
                    && !jwk.getAlgorithm().equals(made.algorithm);
            return other ? null : made;
        } catch (JOSEException | GeneralSecurityException e) {
            return null;
        }
    }

    /** The key in PEM, or null where it is none that is taken. */
    static @Nullable SigningKey ofPem(String pem) {
        String base64 = pem.replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", "");
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            return null;
        }
        for (String algorithm : List.of("RSA", "EC", ED25519)) {
            try {
                return of(null, KeyFactory.getInstance(algorithm).generatePublic(new X509EncodedKeySpec(bytes)));
            } catch (GeneralSecurityException e) {
                // Not of this kind.
            }
        }
        return null;
    }

    private static @Nullable SigningKey of(@Nullable String id, PublicKey key) {
        return switch (key) {
            case RSAPublicKey rsa
            when rsa.getModulus().bitLength() >= MIN_RSA_BITS -> new SigningKey(id, JWSAlgorithm.RS256, key);
            case ECPublicKey ec
            when ec.getParams().getOrder().bitLength() == P256_BITS -> new SigningKey(id, JWSAlgorithm.ES256, key);
            case EdECPublicKey ed
            when ed.getParams().getName().equals(ED25519) -> new SigningKey(id, JWSAlgorithm.EdDSA, key);
            default -> null;
        };
    }

    private static PublicKey ed25519(byte[] x) throws GeneralSecurityException {
        byte[] encoded = Arrays.copyOf(ED25519_PREFIX, ED25519_PREFIX.length + ED25519_BYTES);
        System.arraycopy(x, 0, encoded, ED25519_PREFIX.length, Math.min(x.length, ED25519_BYTES));
        return KeyFactory.getInstance(ED25519).generatePublic(new X509EncodedKeySpec(encoded));
    }

    /** Whether this key signed the token, with its own algorithm. */
    boolean signed(SignedJWT token) {
        if (!algorithm.equals(token.getHeader().getAlgorithm())) {
            return false;
        }
        try {
            return switch (key) {
                case RSAPublicKey rsa -> token.verify(new RSASSAVerifier(rsa));
                case ECPublicKey ec -> token.verify(new ECDSAVerifier(ec));
                default -> edSigned(token);
            };
        } catch (JOSEException | GeneralSecurityException e) {
            return false;
        }
    }

    private boolean edSigned(SignedJWT token) throws GeneralSecurityException {
        Signature signature = Signature.getInstance(ED25519);
        signature.initVerify(key);
        signature.update(token.getSigningInput());
        return signature.verify(token.getSignature().decode());
    }
}
