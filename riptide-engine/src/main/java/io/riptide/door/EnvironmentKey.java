package io.riptide.door;

import io.riptide.problem.FieldError;
import io.riptide.problem.Problem;
import io.riptide.problem.ProblemCode;
import io.riptide.spi.ControlStore;
import io.riptide.spi.KeyRecord;
import io.riptide.spi.Time;
import io.riptide.tenant.Role;
import io.riptide.tenant.TenantManager;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The admin key that the environment gives: any text of 24 to 256 printable characters. It has a row, so that it is
 * listed among the admin keys; what is compared with is this process's environment alone. Revoked, it is refused until
 * the next start, which takes it from the environment again; a start without one takes the row away.
 */
final class EnvironmentKey {
    private static final String ID = TenantManager.ENVIRONMENT_KEY;
    private static final int MIN_LENGTH = 24;
    private static final int MAX_LENGTH = 256;

    private final AdminCaller caller = new AdminCaller(ID, Role.ADMIN);
    private final ControlStore store;
    private volatile byte @Nullable [] hash;

    EnvironmentKey(ControlStore store, Time time, @Nullable String key) {
        this.store = store;
        this.hash = key == null ? null : sha256(checked(key));
        KeyRecord row = store.key(ID);
        if (key == null) {
            // Of several processes another may have one.
            if (row != null && !store.shared()) {
                store.removeKey(null, ID);
            }
        } else if (row == null || !MessageDigest.isEqual(row.secretHash(), sha256(key))) {
            store.putAdminKey(new KeyRecord(
                    ID,
                    null,
                    Role.ADMIN.text(),
                    "RIPTIDE_ADMIN_API_KEY",
                    List.of(),
                    sha256(key),
                    time.wallMillis(),
                    null,
                    null));
        }
    }

    private static String checked(String key) {
        boolean printable = key.codePoints()
                .noneMatch(c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE);
        if (key.length() < MIN_LENGTH || key.length() > MAX_LENGTH || !printable) {
            String message =
                    key.length() + " characters (expected: " + MIN_LENGTH + " to " + MAX_LENGTH + " printable ones)";
            throw new Problem(
                            ProblemCode.CONFIG_INVALID,
                            "RIPTIDE_ADMIN_API_KEY: " + message,
                            Map.of(),
                            List.of(new FieldError("RIPTIDE_ADMIN_API_KEY", message)))
                    .asException();
        }
        return key;
    }

    /** Its caller where the secret is this key, else null; by comparing hashes in constant time. */
    @Nullable AdminCaller caller(String secret) {
        byte[] expected = hash;
        if (expected == null || secret.length() > MAX_LENGTH) {
            return null;
        }
        return MessageDigest.isEqual(expected, sha256(secret)) ? caller : null;
    }

    /** Revoked where its row is gone; another process may have another key. */
    void changed(String keyId) {
        if (keyId.equals(ID) && store.key(ID) == null) {
            hash = null;
        }
    }

    void forget(String keyId) {
        if (keyId.equals(ID)) {
            hash = null;
        }
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }
}
