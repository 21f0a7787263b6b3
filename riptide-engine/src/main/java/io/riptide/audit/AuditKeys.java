package io.riptide.audit;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * What rows of the audit log are sealed with. A key is derived from a secret by HKDF with HMAC-SHA-256 (RFC 5869): salt
 * {@code riptide}, info {@code audit chain 1}, 32 bytes; its id, which stands in each row, likewise with info {@code
 * audit key id 1}, 8 bytes as 16 hex digits. So one secret may serve other ends too, and neither can be told from the
 * other.
 *
 * <p>The first one seals. Others are those that sealed before, or that other nodes seal with: they only check.
 */
public final class AuditKeys {
    private static final String HMAC = "HmacSHA256";
    private static final int LEAST_BYTES = 16;
    private static final int ID_BYTES = 8;

    private final String sealing;
    private final Map<String, SecretKeySpec> byId = new LinkedHashMap<>();

    private AuditKeys(List<byte[]> secrets) {
        for (byte[] secret : secrets) {
            byId.put(id(secret), new SecretKeySpec(derive(secret, "audit chain 1"), HMAC));
        }
        this.sealing = id(secrets.getFirst());
    }

    /**
     * Keys of these secrets; the first one seals.
     *
     * @param secrets at least one, each of at least 16 bytes that nobody can guess
     */
    public static AuditKeys of(List<byte[]> secrets) {
        for (byte[] secret : secrets) {
            if (secret.length < LEAST_BYTES) {
                throw new IllegalArgumentException(
                        "secret: " + secret.length + " bytes (expected: at least " + LEAST_BYTES + ")");
            }
        }
        return new AuditKeys(secrets);
    }

    /** A key that ends with this process: what it sealed links on, and nobody can check it later. */
    public static AuditKeys ofThisProcess(SecureRandom random) {
        byte[] secret = new byte[2 * LEAST_BYTES];
        random.nextBytes(secret);
        return of(List.of(secret));
    }

    private static String id(byte[] secret) {
        return HexFormat.of().formatHex(derive(secret, "audit key id 1"), 0, ID_BYTES);
    }

    private static byte[] derive(byte[] secret, String info) {
        byte[] salt = "riptide".getBytes(StandardCharsets.US_ASCII);
        byte[] extracted = mac(new SecretKeySpec(salt, HMAC), secret);
        return mac(new SecretKeySpec(extracted, HMAC), info.getBytes(StandardCharsets.US_ASCII), new byte[] {1});
    }

    /** Which key seals. */
    String sealing() {
        return sealing;
    }

    /** The seal of these bytes with that key, as 64 hex digits; null where the key is none of these. */
    @Nullable String seal(String keyId, byte[]... parts) {
        SecretKeySpec key = byId.get(keyId);
        return key == null ? null : HexFormat.of().formatHex(mac(key, parts));
    }

    private static byte[] mac(SecretKeySpec key, byte[]... parts) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(key);
            for (byte[] part : parts) {
                mac.update(part);
            }
            return mac.doFinal();
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException("Every Java has HMAC with SHA-256", e);
        }
    }
}
