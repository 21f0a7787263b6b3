package io.riptide.spi;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Rows of who did what, to which others are only ever added, with a head that says where they end and an anchor that
 * says where they begin. What it acknowledges is durable. Rows are numbered from 1 on without a gap, over all processes
 * that share the store.
 *
 * <p>It neither makes nor judges what the rows are sealed with. Every method throws a {@code RipTideException} with
 * {@code store-unavailable} where the store cannot answer.
 */
public interface AuditStore {
    /** Where the log begins and ends, read in one instant. */
    State state();

    /**
     * Adds rows and moves the head, in one transaction that has the head to itself.
     *
     * @param sealing what is added to the head that it is given; it may be asked more than once, and then only the last
     *     answer counts
     * @return the head from then on
     */
    Mark append(Function<Mark, Batch> sealing);

    /**
     * Takes the oldest rows away up to the new anchor, and adds rows that say so, in one transaction. Does nothing
     * where the anchor is another one than expected.
     *
     * @return whether it was done
     */
    boolean cut(Mark expected, Mark anchor, Function<Mark, Batch> sealing);

    /** Rows behind that number, in the order of their numbers. */
    List<Row> after(Query query, long seq, int limit);

    /** Rows before that number, the newest first. */
    List<Row> before(Query query, long seq, int limit);

    /**
     * One row.
     *
     * @param seq its number
     * @param atMillis when it was written, epoch milliseconds
     * @param actor whose credential it was, by its id, or what did it
     * @param action what was done, dotted
     * @param tenantId whom it concerns, or null
     * @param resource to what it was done
     * @param result {@code ok}, or the code of the problem
     * @param requestId the request it was part of, or null
     * @param detail more, as the text of a JSON object
     * @param keyId which key it is sealed with
     * @param mac the seal, 64 hex digits
     */
    record Row(
            long seq,
            long atMillis,
            String actor,
            String action,
            @Nullable String tenantId,
            String resource,
            String result,
            @Nullable String requestId,
            String detail,
            String keyId,
            String mac) {}

    /**
     * A place between two rows.
     *
     * @param seq the row before it; 0 before the first
     * @param link what all rows up to it come to, 64 hex digits
     * @param keyId which key it is sealed with; empty before the first row
     * @param mac the seal, 64 hex digits; empty before the first row
     */
    record Mark(long seq, String link, String keyId, String mac) {
        /** Before the first row. */
        public static final Mark START = new Mark(0, "0".repeat(64), "", "");
    }

    /**
     * Where the log begins and ends.
     *
     * @param anchor behind the last row that was taken away
     * @param head behind the last row
     * @param newest the largest number of a row that is there, or 0
     */
    record State(Mark anchor, Mark head, long newest) {}

    /** Rows to add, and the head behind them. */
    record Batch(List<Row> rows, Mark head) {
        public Batch {
            rows = List.copyOf(rows);
        }
    }

    /**
     * Which rows.
     *
     * @param tenantId only of this tenant, or null
     * @param action only this action, or null
     * @param sinceMillis none written before that, epoch milliseconds
     */
    record Query(@Nullable String tenantId, @Nullable String action, long sinceMillis) {
        /** All of them. */
        public static final Query ALL = new Query(null, null, Long.MIN_VALUE);
    }
}
