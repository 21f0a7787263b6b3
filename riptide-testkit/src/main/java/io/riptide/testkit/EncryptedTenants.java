package io.riptide.testkit;

import io.riptide.entry.AesGcm;
import io.riptide.entry.Ciphers;
import io.riptide.entry.DataKey;
import io.riptide.entry.DataKeys;
import io.riptide.entry.EntryCipher;
import io.riptide.entry.StoreKey;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Tenants that are encrypted, all but those whose ids begin with {@value #IN_CLEAR}. Each has one data key and a name
 * secret that follow from its id alone, so that a store finds again what was there: they keep nothing secret.
 *
 * <p>Any number of threads.
 */
public final class EncryptedTenants implements Ciphers {
    /** What the ids begin with of tenants that are not encrypted. */
    public static final String IN_CLEAR = "other";

    private final AesGcm gcm = new AesGcm(new SecureRandom());
    private final ConcurrentHashMap<String, EntryCipher> ciphers = new ConcurrentHashMap<>();

    @Override
    public EntryCipher of(String tenantId) {
        return tenantId.startsWith(IN_CLEAR) ? EntryCipher.NONE : ciphers.computeIfAbsent(tenantId, this::made);
    }

    private EntryCipher made(String tenantId) {
        DataKey only = new DataKey(1, secret("data of " + tenantId));
        return EntryCipher.of(gcm, secret("names of " + tenantId), new DataKeys() {
            @Override
            public DataKey toSealWith(long nowMillis) {
                return only;
            }

            @Override
            public @Nullable DataKey byNumber(int number) {
                return number == only.number() ? only : null;
            }
        });
    }

    private static byte[] secret(String of) {
        String hash = StoreKey.of("tenant", "namespace", of).hash();
        return Arrays.copyOf(hash.getBytes(StandardCharsets.US_ASCII), DataKey.BYTES);
    }
}
