package io.riptide.server;

import io.riptide.problem.Problem;
import io.riptide.problem.ProblemCode;
import io.riptide.tenant.Role;
import io.riptide.tenant.TenantManager;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/** The first admin key of a data folder, for operators who did not bring one: {@code <data>/admin.key}, mode 0600. */
final class AdminKeyFile {
    private static final String NAME = "admin.key";

    private AdminKeyFile() {}

    /**
     * Makes a key where there is no admin key at all and none came from the environment; returns it, to be shown this
     * once, or null.
     */
    static @Nullable String makeFirst(Path data, TenantManager tenants, @Nullable String environmentKey) {
        if (environmentKey != null || !tenants.keys(null, null, 1).isEmpty()) {
            return null;
        }
        TenantManager.NewKey made = tenants.createAdminKey("first", Role.ADMIN, null);
        try {
            write(data.resolve(NAME), made.apiKey());
        } catch (IOException e) {
            // Without the file nobody would ever have the key: the next start makes another.
            tenants.revokeKey(null, made.key().keyId());
            throw Problem.of(
                            ProblemCode.STORE_UNAVAILABLE,
                            "admin.key cannot be written into the data folder (expected: a folder that is writable)")
                    .asException();
        }
        return made.apiKey();
    }

    private static void write(Path file, String key) throws IOException {
        Files.deleteIfExists(file);
        if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        }
        Files.write(
                file,
                (key + "\n").getBytes(StandardCharsets.US_ASCII),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.SYNC);
    }
}
