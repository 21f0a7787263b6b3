package io.riptide.tenant;

import io.riptide.entry.AesGcm;
import io.riptide.spi.KeyWrapper;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Wraps with AES-256-GCM under a key that is derived from {@code security.master_key}. Immutable; any number of
 * threads.
 */
public final class MasterKey implements KeyWrapper {
    private final AesGcm gcm;
    private final byte[] master;
    private final SecretKeySpec wrapping;

    /** Of base64 of 32 bytes, as the configuration has checked it. */
    public MasterKey(String base64, AesGcm gcm) {
        this.gcm = gcm;
        this.master = Base64.getDecoder().decode(base64);
        this.wrapping = new SecretKeySpec(subkey("tenants"), "AES");
    }

    /** 32 bytes for one purpose: HMAC-SHA-256 of its name under the master key, which itself seals nothing. */
    private byte[] subkey(String purpose) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(master, "HmacSHA256"));
            return mac.doFinal(("riptide:" + purpose).getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HMAC-SHA-256", e);
        }
    }

    @Override
    public byte[] wrap(String tenantId, byte[] key) {
        return gcm.seal(wrapping, tenantId.getBytes(StandardCharsets.US_ASCII), key);
    }

    @Override
    public byte @Nullable [] unwrap(String tenantId, byte[] wrapped) {
        return gcm.open(wrapping, tenantId.getBytes(StandardCharsets.US_ASCII), wrapped);
    }

    @Override
    public String toString() {
        return "MasterKey[******]";
    }
}
