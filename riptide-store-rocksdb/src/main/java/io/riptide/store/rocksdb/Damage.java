package io.riptide.store.rocksdb;

import io.riptide.problem.Problem;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/**
 * Turns what RocksDB reports into words for a caller (nothing internal) or for an operator (what is damaged, what to
 * do).
 */
final class Damage {
    /** The names RocksDB gives its files; an operator finds them in the folder, and they say nothing else. */
    private static final Pattern FILE =
            Pattern.compile("(\\d{6,}\\.(?:sst|blob|log)|MANIFEST-\\d+|CURRENT|OPTIONS-\\d+)");

    private Damage() {}

    /** A failure while the store runs; the cause is for the log. */
    static RipTideException unavailable(RocksDBException cause) {
        return new RipTideException(Problem.of(ProblemCode.STORE_UNAVAILABLE, reason(cause)), cause);
    }

    static boolean isCorruption(RocksDBException e) {
        Status status = e.getStatus();
        return status != null && status.getCode() == Status.Code.Corruption;
    }

    /** A failure to open, told to the operator in one sentence or two. */
    static RipTideException atOpen(RocksDBException cause) {
        String text = String.valueOf(cause.getMessage());
        String detail;
        if (text.contains("lock hold by") || text.contains("LOCK: ")) {
            detail =
                    "The entry store is open already. Stop the process that has it open, or choose another data folder";
        } else if (isNoSpace(cause)) {
            detail = "The disk that holds the entry store is full. Free some space and start again";
        } else if (text.contains("Permission denied")) {
            detail = "The entry store's files may not be read or written by this user. Give this user the data folder";
        } else {
            detail = damaged(text);
        }
        return new RipTideException(Problem.of(ProblemCode.STORE_UNAVAILABLE, detail), cause);
    }

    /** The store's own description does not fit this program. */
    static RipTideException otherFormat(long found) {
        return Problem.of(
                        ProblemCode.STORE_UNAVAILABLE,
                        "The entry store has format " + found + " (expected: " + Rows.FORMAT_VERSION
                                + "). Start the release that wrote it, or move its folder aside to begin empty")
                .asException();
    }

    /** Files without which RocksDB would begin anew over what is there, and say nothing. */
    static RipTideException missing(String file) {
        return Problem.of(ProblemCode.STORE_UNAVAILABLE, words("its file " + file + " is missing"))
                .asException();
    }

    /** The store opened, but empty over tables that held something. */
    static RipTideException emptied() {
        return Problem.of(ProblemCode.STORE_UNAVAILABLE, words("its MANIFEST has lost its end"))
                .asException();
    }

    /** The directory itself. */
    static RipTideException noDirectory(IOException cause) {
        return new RipTideException(
                Problem.of(
                        ProblemCode.STORE_UNAVAILABLE,
                        "The entry store's folder cannot be made or read. See that the data folder is a folder of this"
                                + " user, or choose another"),
                cause);
    }

    private static String damaged(String text) {
        Matcher file = FILE.matcher(text);
        return words(
                file.find()
                        ? "its file " + file.group(1) + " is missing or not as it was written"
                        : "it does not open");
    }

    private static String words(String what) {
        return "The entry store is damaged: " + what + ". Restore its folder from a backup, or move the folder aside to"
                + " begin empty: it is a cache and fills again";
    }

    private static String reason(RocksDBException cause) {
        if (isNoSpace(cause)) {
            return "The disk that holds the entries is full; writing goes on by itself when space is free again";
        }
        return isCorruption(cause) ? "The entry store found damaged bytes" : "The entry store did not answer";
    }

    private static boolean isNoSpace(RocksDBException cause) {
        Status status = cause.getStatus();
        return (status != null && status.getSubCode() == Status.SubCode.NoSpace)
                || String.valueOf(cause.getMessage()).contains("No space left");
    }
}
