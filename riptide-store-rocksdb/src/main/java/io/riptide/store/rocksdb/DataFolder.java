package io.riptide.store.rocksdb;

import io.riptide.problem.Problem;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The folder that one process owns, with the stores in it. Owning it is an operating system's lock on the file {@code
 * lock} inside, which ends with the process however that ends; the file holds the owner's process id for those who are
 * refused.
 *
 * <p>The folder is made where it is not there, readable by its owner alone (mode 0700, where the file system knows
 * modes).
 */
public final class DataFolder implements AutoCloseable {
    private static final String LOCK = "lock";
    private static final int MAX_PID_DIGITS = 20;

    private final Path path;
    private final FileChannel channel;

    private DataFolder(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /**
     * Takes the folder.
     *
     * @throws RipTideException {@code conflict} where another process owns it, with that process's id; {@code
     *     store-unavailable} where it cannot be made or written. The detail tells an operator what to do
     */
    public static DataFolder own(Path path) {
        FileChannel channel;
        try {
            create(path);
            channel = FileChannel.open(
                    path.resolve(LOCK),
                    Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE));
        } catch (IOException e) {
            throw unusable(e);
        }
        try {
            if (!locked(channel)) {
                throw inUse(channel);
            }
            channel.truncate(0);
            channel.write(ByteBuffer.wrap(Rows.ascii(ProcessHandle.current().pid() + "\n")), 0);
            return new DataFolder(path, channel);
        } catch (IOException e) {
            close(channel);
            throw unusable(e);
        } catch (RipTideException e) {
            close(channel);
            throw e;
        }
    }

    /** Where it is. */
    public Path path() {
        return path;
    }

    /** Where the entry store lies in it. */
    public Path entries() {
        return path.resolve("entries");
    }

    /** Lets the folder go, after the stores in it are closed. Idempotent. */
    @Override
    public void close() {
        close(channel);
    }

    private static void create(Path path) throws IOException {
        if (Files.isDirectory(path)) {
            return;
        }
        boolean modes = path.getFileSystem().supportedFileAttributeViews().contains("posix");
        FileAttribute<?>[] mode = modes
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
                }
                : new FileAttribute<?>[0];
        Files.createDirectories(path, mode);
    }

    private static boolean locked(FileChannel channel) throws IOException {
        try {
            @Nullable FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            // This very process owns it. Closing this channel gives up the process's lock where locks are POSIX's, and
            // the
            // stores' own locks still guard what lies inside: to own a folder twice is a mistake in the embedding
            // program.
            return false;
        }
    }

    private static RipTideException inUse(FileChannel channel) throws IOException {
        ByteBuffer text = ByteBuffer.allocate(MAX_PID_DIGITS);
        channel.read(text, 0);
        String pid = new String(text.array(), 0, text.position(), StandardCharsets.US_ASCII).strip();
        String owner = pid.matches("\\d{1,19}") ? "process " + pid : "another process";
        return Problem.of(
                        ProblemCode.CONFLICT,
                        "The data folder is in use by " + owner + ". Stop it, or choose another folder with --data")
                .asException();
    }

    private static RipTideException unusable(IOException cause) {
        String why = cause instanceof AccessDeniedException
                ? "this user may not write there"
                : "it cannot be made or written";
        return new RipTideException(
                Problem.of(
                        ProblemCode.STORE_UNAVAILABLE,
                        "The data folder is not usable: " + why + ". Choose another folder with --data"),
                cause);
    }

    private static void close(FileChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // The lock is gone with the descriptor either way, and nothing is left to be written.
            return;
        }
    }
}
