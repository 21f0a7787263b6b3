package io.riptide.server;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** An identity provider: one key, and tokens that are signed by hand, so that they can be wrong in any way. */
final class Issuer {
    static final String NAME = "https://id.example";
    static final String TENANTS = "riptide";
    static final String ADMINISTRATORS = "riptide-admin";

    private static final String RS256 = "{\"alg\":\"RS256\",\"typ\":\"JWT\"}";
    private static final int BITS = 2048;
    private static final long LIFE_SECONDS = 3600;

    private final KeyPair pair;

    Issuer() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(BITS);
            pair = generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /** Its key, as configurations have it. */
    String pem() {
        return "-----BEGIN PUBLIC KEY-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'})
                        .encodeToString(pair.getPublic().getEncoded())
                + "\n-----END PUBLIC KEY-----\n";
    }

    /** Claims that hold for the next hour; {@code more} begins with a comma or is empty. */
    static String claims(String issuer, String audience, String more) {
        return claims(issuer, audience, LIFE_SECONDS, more);
    }

    static String claims(String issuer, String audience, long lifeSeconds, String more) {
        long expires = System.currentTimeMillis() / 1000 + lifeSeconds;
        return "{\"iss\":\"" + issuer + "\",\"aud\":\"" + audience + "\",\"exp\":" + expires + ",\"sub\":\"ann\"" + more
                + "}";
    }

    /** A tenant's. */
    String tenant(String id, String more) {
        return signed(claims(NAME, TENANTS, ",\"tenant_id\":\"" + id + "\"" + more));
    }

    /** An administrator's, with these roles of the issuer's. */
    String administrator(String roles) {
        return signed(claims(NAME, ADMINISTRATORS, ",\"roles\":\"" + roles + "\""));
    }

    String signed(String claims) {
        return signed(RS256, claims);
    }

    /** Signed by RSA with SHA-256, whatever the header says. */
    String signed(String header, String claims) {
        try {
            Signature signature = Signature.getInstance("SHA256withRSA");
            signature.initSign(pair.getPrivate());
            signature.update(input(header, claims).getBytes(StandardCharsets.US_ASCII));
            return input(header, claims) + "." + base64(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /** What needs no secret: no signature. */
    static String unsigned(String claims) {
        return input("{\"alg\":\"none\"}", claims) + ".";
    }

    /** What needs no secret: what is public taken for a shared secret. */
    String bySecret(String claims, boolean asPem) {
        byte[] secret = asPem
                ? pem().getBytes(StandardCharsets.US_ASCII)
                : pair.getPublic().getEncoded();
        String input = input("{\"alg\":\"HS256\"}", claims);
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            Key key = new SecretKeySpec(secret, "HmacSHA256");
            mac.init(key);
            return input + "." + base64(mac.doFinal(input.getBytes(StandardCharsets.US_ASCII)));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static String input(String header, String claims) {
        return base64(header.getBytes(StandardCharsets.UTF_8)) + "." + base64(claims.getBytes(StandardCharsets.UTF_8));
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
