package io.riptide.store.jdbc;

import static java.nio.file.attribute.PosixFilePermission.OWNER_READ;
import static java.nio.file.attribute.PosixFilePermission.OWNER_WRITE;

import io.riptide.problem.RipTideException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** A SQLite file: how it is opened, and what to tell an operator where that fails. */
final class Sqlite {
    private static final int BUSY_MILLIS = 3_000;
    private static final Set<PosixFilePermission> OWNER_ONLY = Set.of(OWNER_READ, OWNER_WRITE);

    private final Path file;

    Sqlite(Path file) {
        this.file = file;
    }

    /** Makes the file where it is not there, for its owner's eyes alone; SQLite gives its side files the same mode. */
    void prepare() {
        try {
            Path folder = file.toAbsolutePath().getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            boolean posix = Files.getFileStore(folder == null ? file : folder)
                    .supportsFileAttributeView(PosixFileAttributeView.class);
            try {
                if (posix) {
                    Files.createFile(file, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
                } else {
                    Files.createFile(file);
                }
            } catch (FileAlreadyExistsException e) {
                if (posix) {
                    Files.setPosixFilePermissions(file, OWNER_ONLY);
                }
            }
        } catch (IOException | UncheckedIOException e) {
            throw Lane.unavailable(
                    file + " cannot be made or opened: check that its folder is writable by this user and not full.",
                    e);
        }
    }

    String url() {
        return "jdbc:sqlite:" + file.toAbsolutePath();
    }

    /** A connection that writes: durable at each commit, and a transaction takes the one write lock when it begins. */
    Connection openWriter() throws SQLException {
        SQLiteConfig config = config();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
        return config.createConnection(url());
    }

    /** A connection that only reads. */
    Connection openReader() throws SQLException {
        SQLiteConfig config = config();
        config.setReadOnly(true);
        return config.createConnection(url());
    }

    private static SQLiteConfig config() {
        SQLiteConfig config = new SQLiteConfig();
        config.enforceForeignKeys(true);
        config.setBusyTimeout(BUSY_MILLIS);
        return config;
    }

    /** What an operator is to do about a file that did not open. */
    RipTideException opening(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLiteException sqlite) {
                return Lane.unavailable(file + ": " + advice(sqlite.getResultCode()), e);
            }
        }
        return Lane.unavailable(file + " does not open: see the log for the cause.", e);
    }

    private static String advice(SQLiteErrorCode code) {
        return switch (SQLiteErrorCode.getErrorCode(code.code & 0xff)) {
            case SQLITE_BUSY, SQLITE_LOCKED -> "another process holds this database: stop that one first.";
            case SQLITE_NOTADB, SQLITE_CORRUPT ->
                "this is damaged or no SQLite database: restore it from a backup, or, to begin without tenants, move it"
                        + " away together with its -wal and -shm files.";
            case SQLITE_FULL -> "the disk is full: make room and start again.";
            case SQLITE_READONLY, SQLITE_PERM, SQLITE_CANTOPEN, SQLITE_AUTH ->
                "it may not be read and written: check the permissions of the file and of its folder.";
            default -> "the database failed (" + code.name() + "): check the disk, or restore it from a backup.";
        };
    }
}
