package io.riptide.server;

import io.riptide.audit.AuditKeys;
import io.riptide.problem.Problem;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the audit log is sealed with: the master key where one is configured, else {@code <data>/audit.key}, 32 random
 * bytes as hex digits, made at the first start with mode 0600. A file that is there goes on checking what it sealed
 * before there was a master key.
 */
final class AuditKeyFile {
    private static final String NAME = "audit.key";
    private static final int BYTES = 32;

    private AuditKeyFile() {}

    /** The keys; {@code store-unavailable} where the file is damaged, or can be neither read nor made. */
    static AuditKeys open(Path data, byte @Nullable [] masterKey, SecureRandom random) {
        List<byte[]> secrets = new ArrayList<>();
        if (masterKey != null) {
            secrets.add(masterKey);
        }
        Path file = data.resolve(NAME);
        try {
            if (Files.exists(file)) {
                secrets.add(read(file));
            } else if (masterKey == null) {
                byte[] made = new byte[BYTES];
                random.nextBytes(made);
                write(file, made);
                secrets.add(made);
            }
        } catch (IOException e) {
            throw refused("cannot be read or made (expected: a file of this user in a folder that is writable)");
        }
        return AuditKeys.of(secrets);
    }

    private static byte[] read(Path file) throws IOException {
        try {
            String digits = Files.readString(file, StandardCharsets.ISO_8859_1).strip();
            byte[] secret = HexFormat.of().parseHex(digits);
            if (secret.length == BYTES) {
                return secret;
            }
        } catch (IllegalArgumentException e) {
            // It is told below, without what the file holds.
        }
        throw refused("is damaged (expected: " + 2 * BYTES
                + " hex digits; restore it, or move it away to begin with a new key that cannot check older rows)");
    }

    private static RipTideException refused(String what) {
        return Problem.of(ProblemCode.STORE_UNAVAILABLE, NAME + " " + what + ".")
                .asException();
    }

    /** Written aside and then named, so that a stop in between leaves no half of it. */
    private static void write(Path file, byte[] secret) throws IOException {
        Path aside = file.resolveSibling(NAME + ".new");
        Files.deleteIfExists(aside);
        if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.createFile(aside, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        }
        byte[] text = (HexFormat.of().formatHex(secret) + "\n").getBytes(StandardCharsets.US_ASCII);
        Files.write(aside, text, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.SYNC);
        Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
